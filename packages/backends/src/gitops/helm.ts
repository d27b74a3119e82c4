import { isRecord } from '../record.js';
import { asCount, asEntries, asList, asText, at, type Place } from './document.js';
import { type Draft, restartAnnotations } from './manifest-draft.js';

/**
 * Adds what a Helm values file says under the names that `helm create` gives: `image`,
 * `replicaCount`, `autoscaling`, `resources`, `podAnnotations`, and maps `env` and `config`.
 * Values of a chart used as a dependency stand under the service's name.
 */
export function readHelmValues(draft: Draft, document: unknown, file: Omit<Place, 'keys'>): void {
  const nested = at(document, draft.service);
  const keys = isRecord(nested) && at(nested, 'image') !== undefined ? [draft.service] : [];
  const values = keys.length > 0 ? nested : document;
  if (!isRecord(values)) return;
  const place = (...rest: readonly (string | number)[]): Place => ({ ...file, keys: [...keys, ...rest] });

  readImage(draft, values, place);
  const replicas = asCount(values.replicaCount);
  if (replicas !== undefined) {
    draft.replicas = replicas;
    draft.replicasPlace = place('replicaCount');
  }
  const autoscaling = values.autoscaling;
  const max = asCount(at(autoscaling, 'maxReplicas'));
  if (at(autoscaling, 'enabled') === true && max !== undefined)
    draft.autoscaler = { min: asCount(at(autoscaling, 'minReplicas')) ?? 1, max };
  draft.podAnnotations ??= place('podAnnotations');
  Object.assign(draft.restarts, restartAnnotations(values.podAnnotations));
  for (const kind of ['requests', 'limits']) {
    for (const [resource, amount] of asEntries(at(values, 'resources', kind)))
      draft.resources.set(`${draft.service}.${kind}.${resource}`, asText(amount) ?? '');
  }
  readConfiguration(draft, values, place);
}

type MakePlace = (...keys: readonly (string | number)[]) => Place;

function readImage(draft: Draft, values: Readonly<Record<string, unknown>>, place: MakePlace): void {
  const whole = asText(values.image);
  if (whole !== undefined) {
    draft.image = { value: whole, place: place('image') };
    return;
  }
  const before = draft.image?.value;
  const repository =
    asText(at(values, 'image', 'repository')) ?? (before?.replace(/(?::[^:/@]+)?(?:@.*)?$/, '') || undefined);
  if (repository === undefined) return;
  const registry = asText(at(values, 'image', 'registry'));
  const name = registry === undefined ? repository : `${registry}/${repository}`;
  const tag = asText(at(values, 'image', 'tag'));
  const digest = asText(at(values, 'image', 'digest'));
  if (tag === undefined && digest === undefined && before !== undefined) return;
  const suffix = `${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;
  draft.image = { value: `${name}${suffix}`, place: place('image', 'tag') };
}

function readConfiguration(draft: Draft, values: Readonly<Record<string, unknown>>, place: MakePlace): void {
  for (const map of ['env', 'config']) {
    for (const [key, raw] of asEntries(values[map])) {
      const value = asText(raw);
      if (value !== undefined) draft.configuration.set(key, { value, place: place(map, key) });
    }
  }
  for (const [index, variable] of asList(values.env).entries()) {
    const name = asText(at(variable, 'name'));
    const value = asText(at(variable, 'value'));
    if (name !== undefined && value !== undefined)
      draft.configuration.set(name, { value, place: place('env', index, 'value') });
  }
  for (const [key, raw] of asEntries(values.featureFlags ?? values.flags)) {
    const value = asText(raw);
    const map = values.featureFlags === undefined ? 'flags' : 'featureFlags';
    if (value !== undefined) draft.flags.set(key, { value, place: place(map, key) });
  }
  if (isRecord(values.config) || isRecord(values.env))
    draft.configurationMap ??= place(isRecord(values.config) ? 'config' : 'env');
}

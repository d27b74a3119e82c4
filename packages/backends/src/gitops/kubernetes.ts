import { asCount, asEntries, asList, asText, at, type Place } from './document.js';
import { type Draft, restartAnnotations } from './manifest-draft.js';

const podTemplates: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Rollout: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

type FilePlace = Omit<Place, 'keys'>;
type Keys = readonly (string | number)[];

/** Names of the workloads that a document declares. */
export function workloadNames(document: unknown): readonly string[] {
  const items = at(document, 'kind') === 'List' ? asList(at(document, 'items')) : [document];
  return items.flatMap((item) => {
    const name = asText(at(item, 'metadata', 'name'));
    return name !== undefined && Object.hasOwn(podTemplates, kindOf(item)) ? [name] : [];
  });
}

/** Adds what one Kubernetes object says. Unknown kinds say nothing. */
export function readKubernetes(draft: Draft, object: unknown, file: FilePlace, keys: Keys): void {
  const kind = kindOf(object);
  if (Object.hasOwn(podTemplates, kind)) readWorkload(draft, object, file, keys);
  else if (kind === 'ConfigMap') readConfigMap(draft, object, file, keys);
  else if (kind === 'HorizontalPodAutoscaler')
    setAutoscaler(
      draft,
      object,
      ['spec', 'minReplicas'],
      ['spec', 'maxReplicas'],
      ['spec', 'scaleTargetRef', 'name'],
    );
  else if (kind === 'ScaledObject')
    setAutoscaler(
      draft,
      object,
      ['spec', 'minReplicaCount'],
      ['spec', 'maxReplicaCount'],
      ['spec', 'scaleTargetRef', 'name'],
    );
  else if (/Secret$/.test(kind)) readSecret(draft, object);
}

function kindOf(object: unknown): string {
  return asText(at(object, 'kind')) ?? '';
}

function readWorkload(draft: Draft, object: unknown, file: FilePlace, keys: Keys): void {
  const name = asText(at(object, 'metadata', 'name')) ?? '';
  const isMain = name === draft.workload;
  const templateKeys = podTemplates[kindOf(object)] ?? [];
  const template = at(object, ...templateKeys);
  if (isMain) {
    const replicas = asCount(at(object, 'spec', 'replicas'));
    const hasReplicas = kindOf(object) !== 'DaemonSet' && kindOf(object) !== 'CronJob';
    if (replicas !== undefined) draft.replicas = replicas;
    // A patch in an overlay that does not name the number leaves its place where it was.
    if (hasReplicas && (replicas !== undefined || draft.replicasPlace === undefined))
      draft.replicasPlace = { ...file, keys: [...keys, 'spec', 'replicas'] };
    draft.podAnnotations ??= { ...file, keys: [...keys, ...templateKeys, 'metadata', 'annotations'] };
    Object.assign(draft.restarts, restartAnnotations(at(template, 'metadata', 'annotations')));
  }
  const prefix = isMain ? '' : `${name}/`;
  const containers = asList(at(template, 'spec', 'containers'));
  const main = mainContainer(containers, draft);
  for (const [index, container] of containers.entries()) {
    const place = { ...file, keys: [...keys, ...templateKeys, 'spec', 'containers', index] };
    readContainer(draft, container, place, prefix, isMain && index === main);
  }
  for (const volume of asList(at(template, 'spec', 'volumes'))) {
    const secret = asText(at(volume, 'secret', 'secretName'));
    if (secret !== undefined) draft.secretReferences.add(secret);
  }
}

function mainContainer(containers: readonly unknown[], draft: Draft): number {
  const names = containers.map((container) => asText(at(container, 'name')));
  const named = names.findIndex((name) => name === draft.service || name === draft.workload);
  return named < 0 ? 0 : named;
}

function readContainer(
  draft: Draft,
  container: unknown,
  place: Place,
  prefix: string,
  isMain: boolean,
): void {
  const name = asText(at(container, 'name')) ?? 'container';
  const image = asText(at(container, 'image'));
  if (image !== undefined && isMain)
    draft.image = { value: image, place: { ...place, keys: [...place.keys, 'image'] } };
  else if (image !== undefined) draft.resources.set(`${prefix}${name}.image`, image);
  for (const kind of ['requests', 'limits']) {
    for (const [resource, amount] of asEntries(at(container, 'resources', kind)))
      draft.resources.set(`${prefix}${name}.${kind}.${resource}`, asText(amount) ?? '');
  }
  for (const [index, variable] of asList(at(container, 'env')).entries())
    readVariable(draft, variable, { ...place, keys: [...place.keys, 'env', index, 'value'] }, prefix);
  for (const source of asList(at(container, 'envFrom'))) {
    const secret = asText(at(source, 'secretRef', 'name'));
    if (secret !== undefined) draft.secretReferences.add(secret);
  }
}

function readVariable(draft: Draft, variable: unknown, place: Place, prefix: string): void {
  const name = asText(at(variable, 'name'));
  const value = asText(at(variable, 'value'));
  const secret = asText(at(variable, 'valueFrom', 'secretKeyRef', 'name'));
  if (name !== undefined && value !== undefined)
    draft.configuration.set(`${prefix}${name}`, { value, place });
  if (secret !== undefined)
    draft.secretReferences.add(
      `${secret}/${asText(at(variable, 'valueFrom', 'secretKeyRef', 'key')) ?? '*'}`,
    );
}

function readConfigMap(draft: Draft, object: unknown, file: FilePlace, keys: Keys): void {
  const isFlags = asText(at(object, 'metadata', 'labels', 'devops-mcp/kind')) === 'flags';
  const target = isFlags ? draft.flags : draft.configuration;
  const name = asText(at(object, 'metadata', 'name')) ?? 'config';
  if (!isFlags) draft.configurationMap ??= { ...file, keys: [...keys, 'data'] };
  for (const [key, raw] of asEntries(at(object, 'data'))) {
    const value = asText(raw);
    if (value === undefined) continue;
    const place = { ...file, keys: [...keys, 'data', key] };
    // The same key in an overlay's copy of the map replaces it; in another map it stands beside it.
    const owner = draft.owners.get(`${isFlags}/${key}`) ?? name;
    draft.owners.set(`${isFlags}/${key}`, owner);
    target.set(owner === name ? key : `${name}/${key}`, { value, place });
  }
}

function readSecret(draft: Draft, object: unknown): void {
  const target = at(object, 'spec', 'target', 'name') ?? at(object, 'metadata', 'name');
  const name = asText(target) ?? 'secret';
  const keys = ['data', 'stringData'].flatMap((field) => asEntries(at(object, field)).map(([key]) => key));
  if (keys.length === 0) draft.secretReferences.add(name);
  for (const key of keys) draft.secretReferences.add(`${name}/${key}`);
}

function setAutoscaler(draft: Draft, object: unknown, min: Keys, max: Keys, target: Keys): void {
  const workload = asText(at(object, ...target));
  const upper = asCount(at(object, ...max));
  if (upper === undefined || (draft.workload !== undefined && workload !== draft.workload)) return;
  draft.autoscaler = { min: asCount(at(object, ...min)) ?? 1, max: upper };
}

import type { DiffSummary, FieldChange } from '@devops-mcp/domain';
import { isSecretKey, masked, maskValue } from '../../gitops/masking.js';
import { type Container, containersOf, mainContainer, type PodTemplate } from '../model/pod-template.js';

const longestValue = 200;
const mostFields = 100;
const restartedAt = 'kubectl.kubernetes.io/restartedAt';

/** What lies between two pod templates. Secret values are masked; references show names only. */
export function templateDiff(service: string, before: PodTemplate, after: PodTemplate): DiffSummary {
  const [from, to] = [imageOf(before, service), imageOf(after, service)];
  return {
    ...{ commits: 0, authors: [], pullRequests: [], filesByArea: {}, migrations: [], flags: [] },
    configuration: changes(configurationOf(before), configurationOf(after)),
    image: from === to ? null : { from, to },
    resources: changes(resourceFacts(before, service), resourceFacts(after, service)),
    replicas: null,
  };
}

export function isEmptyDiff({ configuration, image, resources }: DiffSummary): boolean {
  return configuration.length === 0 && image === null && resources.length === 0;
}

/** When pods were last made anew on demand; null when they never were. */
export function restartOf(template: PodTemplate): string | null {
  return template.metadata?.annotations?.[restartedAt] ?? null;
}

export function imageOf(template: PodTemplate, service: string): string | null {
  return mainContainer(template, service)?.image ?? null;
}

/** Arguments as they may be shown: values of secret-like names are replaced, also as the next argument. */
export function maskArguments(list: readonly string[]): readonly string[] {
  return list.map((one, index) => {
    const flag = /^-{1,2}([A-Za-z][\w.-]{0,100})$/.exec(list[index - 1] ?? '')?.[1];
    if (flag !== undefined && isSecretKey(flag) && !one.startsWith('-')) return masked;
    const assigned = one.replaceAll(
      /([A-Za-z][\w.-]{0,100})=("[^"]*"|'[^']*'|[^\s"']+)/g,
      (whole, key: string) => (isSecretKey(key) ? `${key}=${masked}` : whole),
    );
    return maskValue('argument', assigned);
  });
}

/** A value, and what may be shown of it: a secret that changed is a change too. */
interface Fact {
  readonly raw: string;
  readonly shown: string;
}
type Facts = Map<string, Fact>;

function plain(raw: string): Fact {
  return { raw, shown: raw };
}

function hiding(key: string, raw: string): Fact {
  return { raw, shown: maskValue(key, raw) };
}

function configurationOf(template: PodTemplate): Facts {
  const facts: Facts = new Map();
  const all = containersOf(template);
  for (const one of all) readContainer(facts, one, all.length > 1 ? `${one.name}.` : '');
  for (const { name, secret, configMap } of template.spec?.volumes ?? []) {
    if (secret?.secretName) facts.set(`volume:${name}`, plain(`secret:${secret.secretName}`));
    if (configMap?.name) facts.set(`volume:${name}`, plain(`configmap:${configMap.name}`));
  }
  const account = template.spec?.serviceAccountName;
  if (account) facts.set('serviceAccountName', plain(account));
  for (const [key, value] of Object.entries(template.metadata?.annotations ?? {}))
    if (key !== restartedAt) facts.set(`annotation:${key}`, hiding(key, value));
  return facts;
}

function readContainer(facts: Facts, container: Container, prefix: string): void {
  for (const { name, value, valueFrom } of container.env ?? []) {
    const { secretKeyRef: secret, configMapKeyRef: map } = valueFrom ?? {};
    const at = `${prefix}${name}`;
    if (secret) facts.set(at, plain(`secret:${secret.name ?? ''}/${secret.key ?? ''}`));
    else if (map) facts.set(at, plain(`configmap:${map.name ?? ''}/${map.key ?? ''}`));
    else if (typeof value === 'string') facts.set(at, hiding(name, value));
  }
  for (const { secretRef, configMapRef } of container.envFrom ?? []) {
    if (secretRef?.name) facts.set(`${prefix}secret:${secretRef.name}`, plain('referenced'));
    if (configMapRef?.name) facts.set(`${prefix}configmap:${configMapRef.name}`, plain('referenced'));
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    if (container[probe] != null)
      facts.set(`${prefix}${probe}`, hiding(probe, JSON.stringify(container[probe])));
  for (const key of ['command', 'args'] as const) {
    const list = container[key] ?? [];
    if (list.length > 0)
      facts.set(`${prefix}${key}`, { raw: JSON.stringify(list), shown: maskArguments(list).join(' ') });
  }
}

function resourceFacts(template: PodTemplate, service: string): Facts {
  const main = mainContainer(template, service);
  const facts: Facts = new Map();
  for (const one of [...containersOf(template), ...(template.spec?.initContainers ?? [])]) {
    if (one !== main && one.image) facts.set(`${one.name}.image`, plain(one.image));
    for (const kind of ['requests', 'limits'] as const)
      for (const [resource, amount] of Object.entries(one.resources?.[kind] ?? {}))
        facts.set(`${one.name}.${kind}.${resource}`, plain(amount));
  }
  return facts;
}

function changes(before: Facts, after: Facts): readonly FieldChange[] {
  const fields = [...new Set([...before.keys(), ...after.keys()])].sort();
  return fields
    .flatMap((field) => {
      const [from, to] = [before.get(field), after.get(field)];
      return from?.raw === to?.raw ? [] : [{ field, from: cut(from?.shown), to: cut(to?.shown) }];
    })
    .slice(0, mostFields);
}

function cut(value: string | undefined): string | null {
  if (value === undefined) return null;
  return value.length <= longestValue ? value : `${value.slice(0, longestValue)}...`;
}

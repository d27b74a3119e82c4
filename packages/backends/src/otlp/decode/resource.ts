import { anyText, bounded, isFields, list, mostAttributes } from './values.js';

/** Who produced a record, from the resource's attributes. */
export interface Origin {
  readonly service: string;
  readonly instance: string | null;
  readonly version: string | null;
}

const longestName = 200;

/** In order of preference: the orchestrator's name of an instance is the one that people act on. */
const instanceKeys = [
  'k8s.pod.name',
  'service.instance.id',
  'container.name',
  'container.id',
  'host.name',
] as const;
const serviceKeys = [
  'service.name',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
  'k8s.container.name',
  'app',
] as const;
const versionKeys = ['service.version', 'container.image.tag', 'container.image.tags'] as const;

/** What telemetry without a service name belongs to, as the conventions write it. */
export const unknownService = 'unknown_service';

export function originOf(resource: unknown): Origin {
  const attributes: Record<string, string> = {};
  let count = 0;
  for (const pair of list(isFields(resource) ? resource.attributes : undefined)) {
    if (!isFields(pair) || typeof pair.key !== 'string' || count >= mostAttributes) continue;
    count += 1;
    if (wanted.has(pair.key)) attributes[pair.key] = anyText(pair.value);
  }
  return {
    service: first(attributes, serviceKeys) ?? unknownService,
    instance: first(attributes, instanceKeys),
    version: first(attributes, versionKeys),
  };
}

const wanted: ReadonlySet<string> = new Set([...serviceKeys, ...instanceKeys, ...versionKeys]);

export function first(attributes: Readonly<Record<string, string>>, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = attributes[key];
    if (value !== undefined && value !== '') return bounded(value, longestName);
  }
  return null;
}

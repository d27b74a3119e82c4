import type { DesiredState } from '@devops-mcp/domain';
import { maskValue } from '../../gitops/masking.js';
import type { Autoscaler } from './surroundings.js';
import type { PodTemplate } from './workload.js';

/** What a template makes a service run, in the words of the port. */
export function desiredFrom(facts: {
  readonly service: string;
  readonly revision: string;
  readonly template: PodTemplate;
  readonly replicas: number | null;
  readonly autoscaler: Autoscaler | null;
}): DesiredState {
  const { service, revision, template, replicas, autoscaler } = facts;
  const { containers } = template.spec;
  const main = containers.find(({ name }) => name === service) ?? containers[0];
  const variables = containers.flatMap((container) => listIn(container, 'env'));
  const values = variables.flatMap((variable) => {
    const { name, value } = variable;
    return typeof name === 'string' && typeof value === 'string'
      ? [[name, maskValue(name, value)] as const]
      : [];
  });
  return {
    ...{ service, revision, replicas },
    image: main?.image ?? null,
    autoscaler: autoscaler === null ? null : { min: autoscaler.min, max: autoscaler.max },
    configuration: Object.fromEntries(values),
    secretReferences: references(template).secrets,
    flags: {},
  };
}

/** Names of the secrets and configuration maps that the template needs, in order. */
export function references(template: PodTemplate): {
  readonly secrets: readonly string[];
  readonly configMaps: readonly string[];
} {
  const found = { secrets: new Set<string>(), configMaps: new Set<string>() };
  collect(template.spec, found);
  return { secrets: [...found.secrets].sort(), configMaps: [...found.configMaps].sort() };
}

/** The fields of a pod's spec that name one. Source: the API reference, "PodSpec". */
function collect(value: unknown, found: { secrets: Set<string>; configMaps: Set<string> }): void {
  if (Array.isArray(value)) {
    for (const one of value) collect(one, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const kind = referenceKind(key);
    if (kind !== undefined) for (const one of namesIn(inner)) found[kind].add(one);
    collect(inner, found);
  }
}

function referenceKind(key: string): 'secrets' | 'configMaps' | undefined {
  if (/^(secret|secretRef|secretKeyRef|imagePullSecrets)$/.test(key)) return 'secrets';
  return /^(configMap|configMapRef|configMapKeyRef)$/.test(key) ? 'configMaps' : undefined;
}

function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { name, secretName } = value as { readonly name?: unknown; readonly secretName?: unknown };
  return [name, secretName].filter((one) => typeof one === 'string');
}

function listIn(
  container: Readonly<Record<string, unknown>>,
  key: string,
): readonly Readonly<Record<string, unknown>>[] {
  const list = container[key];
  if (!Array.isArray(list)) return [];
  return list.filter((one) => typeof one === 'object' && one !== null);
}

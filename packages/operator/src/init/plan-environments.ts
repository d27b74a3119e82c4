import { type EnvironmentClass, noEnvironment } from '@devops-mcp/contract';
import type { KubeContext } from '../doctor/exposure/kube-contexts.js';
import type { GivenChoices } from './given-choices.js';

/** An environment of the configuration to be written. */
export interface PlannedEnvironment {
  readonly name: string;
  readonly class: EnvironmentClass;
  readonly context: KubeContext | null;
  readonly prometheus: string | null;
  readonly alertmanager: string | null;
}

const order = ['production', 'staging', 'development'] as const;

/**
 * One environment for each cluster, named by its class, or by its context where there are several.
 * Addresses go to the clusters of their class: in order where there are several, else to each.
 */
export function planEnvironments(
  chosen: GivenChoices,
  contexts: readonly KubeContext[],
): readonly PlannedEnvironment[] {
  const taken = new Set<string>();
  return order.flatMap((kind) => {
    const clusters = contexts.filter(({ name }) => chosen.contexts.get(name) === kind);
    const prometheus = ofClass(chosen.prometheus, kind);
    const alertmanager = ofClass(chosen.alertmanager, kind);
    const count = Math.max(clusters.length, prometheus.length, alertmanager.length);
    return Array.from({ length: count }, (_, index) => {
      const context = clusters[index] ?? null;
      return {
        name: nameOf(kind, index, context, taken),
        class: kind,
        context,
        prometheus: shared(prometheus, index),
        alertmanager: shared(alertmanager, index),
      };
    });
  });
}

function ofClass(chosen: GivenChoices['prometheus'], kind: EnvironmentClass): readonly string[] {
  return [...chosen].filter(([, choice]) => choice === kind).map(([address]) => address);
}

function shared(addresses: readonly string[], index: number): string | null {
  return (addresses.length === 1 ? addresses[0] : addresses[index]) ?? null;
}

function nameOf(
  kind: EnvironmentClass,
  index: number,
  context: KubeContext | null,
  taken: Set<string>,
): string {
  const own = slug(context?.name ?? '') || `${kind}-${index + 1}`;
  const wanted = index === 0 ? kind : own;
  // Calls without an environment are called `none`.
  const name = taken.has(wanted) || wanted === noEnvironment ? `${kind}-${index + 1}` : wanted;
  taken.add(name);
  return name;
}

/** The last part of long names such as those of EKS, in the letters that an environment's name may have. */
function slug(context: string): string {
  return (context.split('/').at(-1) ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
}

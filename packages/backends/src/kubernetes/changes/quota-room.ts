import { quantity } from '../model/quantity.js';
import type { Quota } from './surroundings.js';
import type { PodTemplate } from './workload.js';

/** A warning for each quota that leaves no room for so many more pods of the template. */
export function quotaWarnings(
  quotas: readonly Quota[],
  template: PodTemplate,
  pods: number,
): readonly string[] {
  if (pods <= 0) return [];
  return quotas.flatMap(({ metadata, status }) => {
    const blocked = Object.entries(status?.hard ?? {}).flatMap(([resource, hard]) => {
      const [most, used] = [amountOf(hard), amountOf(status?.used?.[resource] ?? 0)];
      const each = needOf(template, resource);
      if (each === undefined || !(each > 0)) return [];
      // Fractions of quantities must not make a pod that fits exactly one that does not.
      const fit = Math.max(0, Math.floor((most - used) / each + 1e-9));
      return fit < pods ? [{ resource, fit }] : [];
    });
    const worst = blocked.toSorted((a, b) => a.fit - b.fit)[0];
    if (worst === undefined) return [];
    return [
      `The quota ${metadata.name} leaves room for ${worst.fit} of ${pods} new pods (${worst.resource}); the others would not be created.`,
    ];
  });
}

/** What one pod takes of a quota's resource; undefined when the template does not say. */
function needOf(template: PodTemplate, resource: string): number | undefined {
  if (resource === 'pods' || resource === 'count/pods') return 1;
  const found = /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.exec(resource);
  if (!found) return undefined;
  const [, side = 'requests', name = ''] = found;
  const needs = template.spec.containers.map((container) => {
    const resources = recordOf(container.resources);
    const limit = recordOf(resources.limits)[name];
    // A request that is left out is that of the limit.
    const value = side === 'limits' ? limit : (recordOf(resources.requests)[name] ?? limit);
    return amountOf(typeof value === 'string' || typeof value === 'number' ? value : 0);
  });
  return needs.reduce((sum, need) => sum + need, 0);
}

function amountOf(value: string | number): number {
  return quantity(String(value));
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  // Boundary: any object may be read by its keys; what lies under them is checked by its reader.
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

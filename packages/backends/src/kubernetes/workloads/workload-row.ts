import type { WorkloadStatus } from '@devops-mcp/domain';
import type { Workload } from '../model/objects.js';
import { mainContainer, resourcesOf, versionOf } from '../model/pod-template.js';
import type { PodTally } from './pod-tally.js';
import { rolloutOf, shownRollout, type WorkloadKind } from './rollout.js';

/** A workload and its pods as the port says them, without what has to be asked for beside them. */
export function workloadRow(
  service: string,
  kind: WorkloadKind,
  object: Workload,
  tally: PodTally,
): WorkloadStatus {
  const { metadata, spec } = object;
  const found = rolloutOf(kind, object);
  const { desired, ready, updated, waitsFor, cannotCreate } = found;
  return {
    ...{ service, kind, name: `${metadata.namespace}/${metadata.name}` },
    ...{ desired, ready, updated, rollout: shownRollout(found) },
    reason: reasonOf(waitsFor, cannotCreate, tally),
    version: versionOf(mainContainer(spec.template, metadata.name, service)?.image),
    pods: tally.pods,
    podCount: tally.count,
    events: [],
    limits: resourcesOf(spec.template),
  };
}

/** Rows in trouble before rows that are well; the worst first. */
export function byTrouble(a: WorkloadStatus, b: WorkloadStatus): number {
  return troubleOf(b) - troubleOf(a) || ((a.name ?? '') < (b.name ?? '') ? -1 : 1);
}

/** Above 0 for a workload that is not well. */
export function troubleOf({ rollout, desired, ready, reason }: WorkloadStatus): number {
  const missing = Math.max(0, desired - ready);
  const down = desired > 0 && ready === 0 ? 4 : 0;
  const stuck = rollout === 'stalled' ? 3 : 0;
  const some = missing > 0 || rollout === 'progressing' ? 1 : 0;
  return down + stuck + some + (reason == null ? 0 : 1) + missing / (desired + 1);
}

function reasonOf(waitsFor: string | null, cannotCreate: boolean, { illness }: PodTally): string | null {
  const parts = [
    ...(cannotCreate ? ['pods cannot be created (a quota or an admission rule)'] : []),
    ...(illness === null ? [] : [illness]),
  ];
  if (parts.length === 0) return waitsFor;
  return parts.join('; ');
}

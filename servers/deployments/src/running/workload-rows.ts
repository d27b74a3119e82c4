import { cutText, knownFields, oneLine, type PodStatus, type WorkloadStatus } from '@devops-mcp/domain';
import type { WorkloadsAnswer } from '../tools/get-workload-status.js';

type Data = WorkloadsAnswer['data'];

const longestMessage = 240;
const longestReason = 200;
const mostLimits = 12;

/** `checkout: 2 of 3 ready, rollout stalled: 1 pod CrashLoopBackOff, last exit OOMKilled (137)`. */
export function headline({ service, desired, ready, rollout, reason }: WorkloadStatus): string {
  const why = reason ? `: ${reason}` : '';
  return oneLine(cutText(`${service}: ${ready} of ${desired} ready, rollout ${rollout}${why}`, 300));
}

export function workloadRow(one: WorkloadStatus, withLimits: boolean): Data['workloads'][number] {
  const { service, kind, name, desired, ready, updated, rollout, reason, version, disruptionBudget } = one;
  const limits = Object.entries(one.limits).slice(0, mostLimits);
  return knownFields({
    ...{ service, kind, name, desired, ready, updated, rollout, version },
    reason: reason == null ? undefined : cutText(reason, longestReason),
    limits: withLimits && limits.length > 0 ? Object.fromEntries(limits) : undefined,
    autoscaler: one.autoscaler == null ? undefined : knownFields(one.autoscaler),
    disruptionBudget: disruptionBudget == null ? undefined : { ...disruptionBudget },
  });
}

/** `place` stands before the name where pods of several namespaces are listed. */
export function podRow(pod: PodStatus, place: string, full: boolean): Data['pods'][number] {
  const { name, phase, ready, restarts, reason, lastTermination, node, started } = pod;
  const detailed = full && (reason !== null || !ready);
  return knownFields({
    ...{ name: `${place}${name}`, ready, restarts, reason },
    phase: phase === 'Running' ? undefined : phase,
    lastTermination: lastTermination && {
      ...lastTermination,
      time: lastTermination.time.toISOString(),
    },
    node: detailed ? node : undefined,
    started: detailed ? started?.toISOString() : undefined,
  });
}

export function eventRow(event: WorkloadStatus['events'][number]): Data['events'][number] {
  const { time, reason, message, count, object } = event;
  return knownFields({
    ...{ reason, count, object },
    time: time.toISOString(),
    message: cutText(message, longestMessage),
  });
}

export function quotaRows(workloads: readonly WorkloadStatus[]): NonNullable<Data['quotas']> {
  const rows = new Map<string, NonNullable<Data['quotas']>[number]>();
  for (const { name, resource, used, hard } of workloads.flatMap((one) => one.quotas ?? []))
    rows.set(`${name} ${resource}`, { name, resource, used, hard });
  return [...rows.values()].slice(0, 6);
}

/** Those in trouble first: not ready, then often restarted. */
export function byTrouble(a: PodStatus, b: PodStatus): number {
  return trouble(b) - trouble(a);
}

function trouble(pod: PodStatus): number {
  const ill = (pod.reason === null ? 0 : 2_000_000) + (pod.ready ? 0 : 1_000_000);
  return ill + Math.min(pod.restarts, 1_000);
}

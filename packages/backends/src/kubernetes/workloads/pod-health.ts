import type { PodStatus } from '@devops-mcp/domain';
import type { ContainerStatus, Pod, Terminated } from '../model/objects.js';

/** A pod that restarted this short a time ago is not well, though it is ready at the moment. */
const flappingMs = 10 * 60_000;
/** Pulling an image and starting take this long without anything being wrong. */
const startingMs = 3 * 60_000;
const starting = /^(ContainerCreating|PodInitializing|Pending|Init:\d+\/\d+)$/;

/** How ill a pod is: 0 is well, more is worse. */
export type Severity = 0 | 1 | 2 | 3;

export interface PodHealth {
  readonly status: PodStatus;
  readonly severity: Severity;
}

/**
 * What kubectl shows as the pod's status, and whether that is an illness.
 * Source of the reasons: kubectl's printer of pods (`printPod`, pkg/printers/internalversion).
 */
export function podHealth(pod: Pod, now: Date): PodHealth {
  const shown = shownReason(pod);
  const ready = isTrue(pod, 'Ready');
  const containers = pod.status.containerStatuses ?? [];
  const restarts = [...containers, ...(pod.status.initContainerStatuses ?? [])].reduce(
    (sum, one) => sum + one.restartCount,
    0,
  );
  const last = lastTermination(pod);
  const flapping =
    ready && last !== null && last.exitCode !== 0 && now.getTime() - last.time.getTime() < flappingMs;
  const { reason, severity } = judge(pod, shown, { ready, flapping, now });
  const started = date(pod.status.startTime ?? pod.metadata.creationTimestamp);
  return {
    severity,
    status: {
      ...{ name: pod.metadata.name, phase: pod.status.phase ?? 'Unknown', ready, restarts, reason },
      ...{ lastTermination: last, node: pod.spec.nodeName ?? null, started },
    },
  };
}

function judge(
  pod: Pod,
  shown: string,
  { ready, flapping, now }: { readonly ready: boolean; readonly flapping: boolean; readonly now: Date },
): { readonly reason: string | null; readonly severity: Severity } {
  const { phase } = pod.status;
  if (shown === 'Terminating') {
    // The time is when it should be gone at the latest.
    const due = date(pod.metadata.deletionTimestamp)?.getTime() ?? 0;
    return { reason: shown, severity: now.getTime() > due + 60_000 ? 2 : 0 };
  }
  if (phase === 'Succeeded' || shown === 'Completed') return { reason: null, severity: 0 };
  // What was left behind by an eviction or a job; whoever owns it has made another.
  if (phase === 'Failed') return { reason: shown, severity: 1 };
  if (shown === 'Running') {
    if (!ready) return { reason: 'NotReady', severity: 2 };
    return flapping ? { reason: 'Restarting', severity: 2 } : { reason: null, severity: 0 };
  }
  if (shown === 'Pending' && isUnschedulable(pod)) return { reason: 'Unschedulable', severity: 3 };
  if (starting.test(shown)) {
    const made = date(pod.metadata.creationTimestamp)?.getTime() ?? 0;
    return { reason: shown, severity: now.getTime() - made > startingMs ? 2 : 0 };
  }
  return { reason: shown, severity: 3 };
}

function shownReason(pod: Pod): string {
  const { deletionTimestamp } = pod.metadata;
  const { phase = 'Unknown', reason } = pod.status;
  if (deletionTimestamp && reason === 'NodeLost') return 'Unknown';
  if (deletionTimestamp && phase !== 'Failed' && phase !== 'Succeeded') return 'Terminating';
  const base = reason || (phase ?? 'Unknown');
  const init = initReason(pod);
  if (init !== undefined && !isTrue(pod, 'Initialized')) return init;
  const found = containerReason(pod.status.containerStatuses ?? []) ?? base;
  const running = (pod.status.containerStatuses ?? []).some((one) => one.ready && one.state?.running);
  // One of several containers has ended and the others go on.
  return found === 'Completed' && running ? 'Running' : found;
}

function initReason(pod: Pod): string | undefined {
  const declared = pod.spec.initContainers ?? [];
  for (const [index, one] of (pod.status.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = one.state ?? {};
    const isSidecar = declared.find(({ name }) => name === one.name)?.restartPolicy === 'Always';
    if (terminated ? terminated.exitCode === 0 : isSidecar && one.started) continue;
    if (terminated) return `Init:${terminationWord(terminated)}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${index}/${declared.length}`;
  }
  return undefined;
}

/** Of several containers the first that has one, as kubectl shows it. */
function containerReason(containers: readonly ContainerStatus[]): string | undefined {
  for (const { state } of containers) {
    if (state?.waiting?.reason) return state.waiting.reason;
    if (state?.terminated) return terminationWord(state.terminated);
  }
  return undefined;
}

function terminationWord({ reason, signal, exitCode }: Terminated): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

/** The latest end of any of its containers. */
function lastTermination(pod: Pod): PodStatus['lastTermination'] {
  let latest: PodStatus['lastTermination'] = null;
  const all = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
  for (const { state, lastState } of all) {
    for (const ended of [state?.terminated, lastState?.terminated]) {
      const time = date(ended?.finishedAt);
      if (!ended || time === null || (ended.exitCode === 0 && ended.reason === 'Completed')) continue;
      if (latest === null || time > latest.time)
        latest = { reason: terminationWord(ended), exitCode: ended.exitCode, time };
    }
  }
  return latest;
}

function isUnschedulable(pod: Pod): boolean {
  return (pod.status.conditions ?? []).some(
    ({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
  );
}

function isTrue(pod: Pod, type: string): boolean {
  return (pod.status.conditions ?? []).some((one) => one.type === type && one.status === 'True');
}

/** Null for what is no time. */
export function date(text: string | null | undefined): Date | null {
  const time = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time);
}

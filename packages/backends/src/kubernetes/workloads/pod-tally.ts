import type { PodStatus } from '@devops-mcp/domain';
import type { Pod } from '../model/objects.js';
import { type PodHealth, podHealth } from './pod-health.js';

/** What is kept of a workload's pods: numbers, and a few of the worst. */
export interface PodTally {
  readonly count: number;
  readonly ill: number;
  /** Worst first. */
  readonly pods: readonly PodStatus[];
  /** Our words for the most frequent illness: `2 pods CrashLoopBackOff, last exit OOMKilled (137)`. */
  readonly illness: string | null;
  /** How ill the worst one is. */
  readonly severity: number;
}

export interface Tallying {
  add(pod: Pod): void;
  result(): PodTally;
}

/** Counts pods as they come and keeps the `most` worst, so that memory does not grow with the cluster. */
export function tallyPods(most: number, now: Date, keepWell: boolean): Tallying {
  let count = 0;
  let worst: PodHealth[] = [];
  const reasons = new Map<string, number>();
  let ill = 0;
  return {
    add(pod) {
      count += 1;
      const health = podHealth(pod, now);
      if (health.severity > 0) {
        ill += 1;
        const reason = health.status.reason ?? 'NotReady';
        // Reasons are words of Kubernetes; a lying cluster could send many.
        if (reasons.has(reason) || reasons.size < 50) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      } else if (!keepWell) return;
      worst.push(health);
      if (worst.length >= 2 * most + 10) worst = worstFirst(worst).slice(0, most);
    },
    result() {
      const kept = worstFirst(worst).slice(0, most);
      return {
        ...{ count, ill, severity: kept[0]?.severity ?? 0, illness: illnessOf(kept, reasons) },
        pods: kept.map(({ status }) => status),
      };
    },
  };
}

function worstFirst(pods: readonly PodHealth[]): PodHealth[] {
  return pods.toSorted(
    (a, b) =>
      b.severity - a.severity ||
      Number(a.status.ready) - Number(b.status.ready) ||
      b.status.restarts - a.status.restarts ||
      (a.status.name < b.status.name ? -1 : 1),
  );
}

function illnessOf(kept: readonly PodHealth[], reasons: ReadonlyMap<string, number>): string | null {
  const worst = kept.find(({ severity }) => severity > 0);
  if (worst === undefined) return null;
  const named = [...reasons].toSorted(
    ([a, countA], [b, countB]) =>
      Number(b === worst.status.reason) - Number(a === worst.status.reason) || countB - countA,
  );
  const parts = named
    .slice(0, 3)
    .map(([reason, count]) => `${count} ${count === 1 ? 'pod' : 'pods'} ${reason}`);
  const more = named.length > 3 ? [`${named.length - 3} other reasons`] : [];
  const last = worst.status.lastTermination;
  const exit = last === null ? [] : [`last exit ${last.reason} (${last.exitCode})`];
  return [...parts, ...more, ...exit].join(', ');
}

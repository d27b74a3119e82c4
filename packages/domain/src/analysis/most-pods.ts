import type { DesiredState } from '../deployments.js';

/** How many pods may run: an autoscaler may go up to its limit, whatever the manifest says; at least 1. */
export function mostPods({ replicas, autoscaler }: DesiredState): number {
  return Math.max(replicas ?? 1, autoscaler?.max ?? 0, 1);
}

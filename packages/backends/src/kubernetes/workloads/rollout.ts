import type { WorkloadStatus } from '@devops-mcp/domain';
import type { Workload } from '../model/objects.js';

export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

export type Counts = Pick<WorkloadStatus, 'desired' | 'ready' | 'updated' | 'rollout'> & {
  /** Why it is not complete; null when it is. */
  readonly waitsFor: string | null;
  /** The newest template was once rolled out whole: what is missing now fell ill, or was scaled, after that. */
  readonly wasComplete: boolean;
  /** The controller could not make pods, for a quota or an admission rule. */
  readonly cannotCreate: boolean;
};

/**
 * The state of a rollout as `kubectl rollout status` decides it: a Deployment that missed its
 * progress deadline is stalled.
 * Source: kubectl, pkg/polymorphichelpers/rollout_status.go.
 */
export function rolloutOf(kind: WorkloadKind, object: Workload): Counts {
  const { spec, status, metadata } = object;
  const daemon = kind === 'DaemonSet';
  const desired = (daemon ? status.desiredNumberScheduled : (spec.replicas ?? 1)) ?? 0;
  const counts = {
    desired,
    ready: (daemon ? status.numberReady : status.readyReplicas) ?? 0,
    updated: (daemon ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0,
    wasComplete: false,
    cannotCreate: hasCondition(object, 'ReplicaFailure', 'True'),
  };
  const seen = (status.observedGeneration ?? 0) >= metadata.generation;
  if (!seen) return { ...counts, rollout: 'progressing', waitsFor: 'the controller has not seen it yet' };
  if (kind === 'Deployment' && hasCondition(object, 'Progressing', 'False', 'ProgressDeadlineExceeded'))
    return { ...counts, rollout: 'stalled', waitsFor: deploymentWaits(object, counts) ?? 'no progress' };
  const waits = { Deployment: deploymentWaits, StatefulSet: statefulSetWaits, DaemonSet: daemonSetWaits };
  const waitsFor = waits[kind](object, counts);
  const wasComplete =
    kind === 'Deployment' && hasCondition(object, 'Progressing', 'True', 'NewReplicaSetAvailable');
  return { ...counts, wasComplete, rollout: waitsFor === null ? 'complete' : 'progressing', waitsFor };
}

/** What people call the rollout: one that ended is not going on because pods fell ill later. */
export function shownRollout({ rollout, wasComplete }: Counts): Counts['rollout'] {
  return wasComplete ? 'complete' : rollout;
}

interface Seen {
  readonly desired: number;
  readonly ready: number;
  readonly updated: number;
}

function deploymentWaits({ spec, status }: Workload, { desired, updated }: Seen): string | null {
  const paused = spec.paused ? 'the rollout is paused: ' : '';
  if (updated < desired) return `${paused}${updated} of ${desired} updated`;
  const old = (status.replicas ?? 0) - updated;
  if (old > 0) return `${paused}${old} old pods have not ended`;
  const available = status.availableReplicas ?? 0;
  return available < updated ? `${available} of ${updated} updated pods available` : null;
}

function statefulSetWaits({ spec, status }: Workload, { desired, ready, updated }: Seen): string | null {
  if (ready < desired) return `${ready} of ${desired} pods ready`;
  if (spec.updateStrategy?.type === 'OnDelete') return null;
  const wanted = desired - (spec.updateStrategy?.rollingUpdate?.partition ?? 0);
  if (updated < wanted) return `${updated} of ${wanted} updated`;
  const partitioned = (spec.updateStrategy?.rollingUpdate?.partition ?? 0) > 0;
  const same = status.updateRevision === status.currentRevision;
  return same || partitioned ? null : 'the new revision is not the current one yet';
}

function daemonSetWaits({ spec, status }: Workload, { desired, updated }: Seen): string | null {
  if (spec.updateStrategy?.type !== 'OnDelete' && updated < desired)
    return `${updated} of ${desired} updated`;
  const available = status.numberAvailable ?? 0;
  return available < desired ? `${available} of ${desired} pods available` : null;
}

function hasCondition({ status }: Workload, type: string, value: string, reason?: string): boolean {
  return (status.conditions ?? []).some(
    (one) => one.type === type && one.status === value && (reason === undefined || one.reason === reason),
  );
}

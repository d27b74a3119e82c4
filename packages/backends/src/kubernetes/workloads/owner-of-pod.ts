import type { Pod } from '../model/objects.js';

export interface PodOwner {
  readonly kind: string;
  readonly name: string;
}

/**
 * The workload that a pod belongs to, told by the pod alone: a ReplicaSet is named after its Deployment
 * and the hash of the pod template, which the pod carries as a label. A pod without a controller owns itself.
 */
export function ownerOfPod({ metadata }: Pod): PodOwner {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return { kind: 'Pod', name: metadata.name };
  const hash = metadata.labels?.['pod-template-hash'];
  if (owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(`-${hash}`))
    return { kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) };
  // The job of a CronJob is named after it and the minute that it was due.
  const due = owner.kind === 'Job' ? /^(.+)-\d{8,10}$/.exec(owner.name)?.[1] : undefined;
  return due === undefined ? { kind: owner.kind, name: owner.name } : { kind: 'CronJob', name: due };
}

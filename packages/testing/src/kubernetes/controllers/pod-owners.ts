import { type KubeObject, numberAt, recordAt, textsAt, withAt } from '../object.js';
import { resourceOfKind } from '../resources.js';
import { keyOf, type Store } from '../store.js';
import { isReady } from '../subresources.js';
import { randomSuffix } from '../writes.js';
import { createObject, type Owned, ownerOf, tellEvent, writeIfChanged } from './owned-objects.js';

const kinds = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController'] as const;

/** As many pods as each workload wants, and its status from those that it has. */
export function stepPodOwners(store: Store, owned: Owned): void {
  for (const kind of kinds)
    for (const owner of store.all(resourceOfKind(kind))) {
      const pods = owned.of('Pod', owner);
      const living = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
      const wanted = wantedPods(store, owner);
      if (kind === 'Job' && living.some((pod) => recordAt(pod, 'status').phase === 'Succeeded')) continue;
      if (living.length < wanted) add(store, owner, living, wanted);
      for (const pod of surplus(living, wanted)) store.remove(resourceOfKind('Pod'), keyOf(pod.metadata));
      writeStatus(store, owner, living, wanted);
    }
}

function wantedPods(store: Store, owner: KubeObject): number {
  if (owner.kind === 'DaemonSet') return store.all(resourceOfKind('Node')).length;
  return numberAt(owner, 'spec', owner.kind === 'Job' ? 'parallelism' : 'replicas') ?? 1;
}

/** Pods that are not ready go before ready ones. */
function surplus(pods: readonly KubeObject[], wanted: number): readonly KubeObject[] {
  return [...pods]
    .sort((a, b) => Number(isReady(a)) - Number(isReady(b)))
    .slice(0, Math.max(0, pods.length - wanted));
}

function add(store: Store, owner: KubeObject, living: readonly KubeObject[], wanted: number): void {
  const { name = '', namespace = 'default' } = owner.metadata;
  const taken = new Set(living.map((pod) => pod.metadata.name));
  const ordinals = Array.from({ length: wanted }, (_, index) => `${name}-${index}`).filter(
    (each) => !taken.has(each),
  );
  const template = recordAt(owner, 'spec', 'template');
  for (let missing = wanted - living.length; missing > 0; missing -= 1) {
    const own = owner.kind === 'StatefulSet' ? (ordinals.shift() ?? '') : `${name}-${randomSuffix()}`;
    createObject(store, {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: {
        ...{
          name: own,
          generateName: `${name}-`,
          namespace,
          labels: textsAt(template, 'metadata', 'labels'),
        },
        ...{ annotations: textsAt(template, 'metadata', 'annotations'), ownerReferences: [ownerOf(owner)] },
      },
      spec: recordAt(template, 'spec'),
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    });
    tellEvent(store, owner, 'Normal', 'SuccessfulCreate', `Created pod: ${own}`);
  }
}

function writeStatus(store: Store, owner: KubeObject, pods: readonly KubeObject[], wanted: number): void {
  const live = store.read(resourceOfKind(owner.kind), keyOf(owner.metadata));
  if (live === undefined) return;
  const ready = pods.filter(isReady).length;
  const observedGeneration = live.metadata.generation ?? 1;
  const counts = {
    ReplicaSet: {
      replicas: pods.length,
      fullyLabeledReplicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      observedGeneration,
    },
    ReplicationController: {
      replicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      observedGeneration,
    },
    StatefulSet: {
      replicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      currentReplicas: pods.length,
      updatedReplicas: pods.length,
      observedGeneration,
      currentRevision: `${owner.metadata.name}-1`,
      updateRevision: `${owner.metadata.name}-1`,
    },
    DaemonSet: {
      desiredNumberScheduled: wanted,
      currentNumberScheduled: pods.length,
      numberReady: ready,
      numberAvailable: ready,
      updatedNumberScheduled: pods.length,
      numberMisscheduled: 0,
      observedGeneration,
    },
    Job: { active: pods.length, ready },
  };
  const status = Object.entries(counts).find(([kind]) => kind === owner.kind)?.[1];
  if (status === undefined) return;
  writeIfChanged(store, live, withAt(live, ['status'], { ...recordAt(live, 'status'), ...status }));
}

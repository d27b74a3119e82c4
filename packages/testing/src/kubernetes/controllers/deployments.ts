import { createHash } from 'node:crypto';
import { at, type KubeObject, listAt, numberAt, recordAt, sameJson, textAt, withAt } from '../object.js';
import { resourceOfKind } from '../resources.js';
import { keyOf, type Store } from '../store.js';
import { isReady } from '../subresources.js';
import { now } from '../writes.js';
import { createObject, type Owned, ownerOf, tellEvent, writeIfChanged } from './owned-objects.js';
import { bounds, recreateStep, rollingStep, type Sizes } from './rollout.js';

const revision = 'deployment.kubernetes.io/revision';
const history = 'deployment.kubernetes.io/revision-history';

/** One step of every Deployment towards its template and its number of replicas. */
export function stepDeployments(store: Store, owned: Owned): void {
  for (const deployment of store.all(resourceOfKind('Deployment'))) {
    if (deployment.metadata.deletionTimestamp === undefined) step(store, owned, deployment);
  }
}

function step(store: Store, owned: Owned, deployment: KubeObject): void {
  const sets = owned.of('ReplicaSet', deployment);
  const paused = at(deployment, 'spec', 'paused') === true;
  const same = sets.find((each) => sameJson(templateOf(each), templateOf(deployment)));
  const next = same ?? (paused ? undefined : createSet(store, deployment, sets));
  const current = next ?? newest(sets);
  if (current === undefined) return;
  const revised = paused ? current : withLatestRevision(store, current, sets);
  const old = sets.filter(
    (each) => each.metadata.uid !== current.metadata.uid && (numberAt(each, 'spec', 'replicas') ?? 0) > 0,
  );
  const sizes = sizesOf(owned, deployment, revised, old, paused);
  const sized = resize(store, deployment, revised, sizes.next);
  old.forEach((each, index) => void resize(store, deployment, each, sizes.old[index] ?? 0));
  trimHistory(store, deployment, sets, sized);
  writeStatus(store, owned, deployment, sized, sets);
}

/** The template without the label that tells sets apart. */
function templateOf(object: KubeObject): unknown {
  const template = recordAt(object, 'spec', 'template');
  return withAt(template, ['metadata', 'labels', 'pod-template-hash'], undefined);
}

function createSet(store: Store, deployment: KubeObject, sets: readonly KubeObject[]): KubeObject {
  const hash = hashOf(templateOf(deployment));
  const label = { 'pod-template-hash': hash };
  const { name = '', namespace = 'default', annotations = {} } = deployment.metadata;
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...copied } = annotations;
  const template = recordAt(deployment, 'spec', 'template');
  const labels = { ...recordAt(template, 'metadata', 'labels'), ...label };
  const matchLabels = { ...recordAt(deployment, 'spec', 'selector', 'matchLabels'), ...label };
  return createObject(store, {
    ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet' },
    metadata: {
      ...{ name: `${name}-${hash}`, namespace, ownerReferences: [ownerOf(deployment)] },
      labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)])),
      annotations: { ...copied, [revision]: String(highest(sets) + 1) },
    },
    spec: {
      replicas: 0,
      selector: { matchLabels },
      template: withAt(template, ['metadata', 'labels'], labels),
    },
    status: { replicas: 0 },
  });
}

const hashLetters = 'bcdfghjklmnpqrstvwxz2456789';

function hashOf(template: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(template)).digest();
  return [...digest.subarray(0, 10)].map((byte) => hashLetters[byte % hashLetters.length]).join('');
}

/** A set that is used again, as after an undo, gets the next revision and remembers the one it had. */
function withLatestRevision(store: Store, set: KubeObject, sets: readonly KubeObject[]): KubeObject {
  const others = sets.filter((each) => each.metadata.uid !== set.metadata.uid);
  const own = revisionOf(set);
  if (own > highest(others)) return set;
  const past = textAt(set, 'metadata', 'annotations', history);
  const annotations = {
    ...set.metadata.annotations,
    [revision]: String(highest(others) + 1),
    [history]: past === '' ? String(own) : `${past},${own}`,
  };
  return writeIfChanged(store, set, withAt(set, ['metadata', 'annotations'], annotations));
}

export function revisionOf(object: KubeObject): number {
  return Number(object.metadata.annotations?.[revision] ?? 0);
}

function highest(sets: readonly KubeObject[]): number {
  return Math.max(0, ...sets.map(revisionOf));
}

function newest(sets: readonly KubeObject[]): KubeObject | undefined {
  return [...sets].sort((a, b) => revisionOf(b) - revisionOf(a))[0];
}

function sizesOf(
  owned: Owned,
  deployment: KubeObject,
  next: KubeObject,
  old: readonly KubeObject[],
  paused: boolean,
): Sizes {
  const wanted = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const facts = (set: KubeObject) => {
    const pods = owned.of('Pod', set);
    return {
      replicas: numberAt(set, 'spec', 'replicas') ?? 0,
      available: pods.filter(isReady).length,
      pods: pods.length,
    };
  };
  const before = old.map(facts);
  const oldTotal = before.reduce((sum, each) => sum + each.replicas, 0);
  if (paused) return { next: Math.max(0, wanted - oldTotal), old: before.map(({ replicas }) => replicas) };
  if (textAt(deployment, 'spec', 'strategy', 'type') === 'Recreate') return recreateStep(wanted, before);
  return rollingStep({ wanted, next: facts(next), old: before, ...bounds(deployment) });
}

function resize(store: Store, deployment: KubeObject, set: KubeObject, replicas: number): KubeObject {
  const present = numberAt(set, 'spec', 'replicas') ?? 0;
  if (present === replicas) return set;
  const sized = withAt(set, ['spec', 'replicas'], replicas);
  const direction = replicas > present ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${set.metadata.name} from ${present} to ${replicas}`;
  tellEvent(store, deployment, 'Normal', 'ScalingReplicaSet', message);
  return writeIfChanged(
    store,
    set,
    withAt(sized, ['metadata', 'generation'], (set.metadata.generation ?? 0) + 1),
  );
}

function trimHistory(
  store: Store,
  deployment: KubeObject,
  sets: readonly KubeObject[],
  next: KubeObject,
): void {
  const kept = numberAt(deployment, 'spec', 'revisionHistoryLimit') ?? 10;
  const idle = sets.filter(
    (each) =>
      each.metadata.uid !== next.metadata.uid &&
      numberAt(each, 'spec', 'replicas') === 0 &&
      (numberAt(each, 'status', 'replicas') ?? 0) === 0,
  );
  const oldestFirst = idle.sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const each of oldestFirst.slice(0, Math.max(0, idle.length - kept)))
    store.remove(resourceOfKind('ReplicaSet'), keyOf(each.metadata));
}

function writeStatus(
  store: Store,
  owned: Owned,
  deployment: KubeObject,
  next: KubeObject,
  sets: readonly KubeObject[],
): void {
  const live = store.read(resourceOfKind('Deployment'), keyOf(deployment.metadata));
  if (live === undefined) return;
  const all = [...sets.filter((each) => each.metadata.uid !== next.metadata.uid), next]
    .flatMap((each) => owned.of('Pod', each))
    .filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const updated = owned.of('Pod', next).filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const wanted = numberAt(live, 'spec', 'replicas') ?? 1;
  const ready = all.filter(isReady).length;
  const unavailable = Math.max(0, wanted - ready);
  const enough = ready >= wanted - bounds(live).maxUnavailable;
  const complete = updated.filter(isReady).length === wanted && all.length === wanted;
  const status = withoutZeros({
    observedGeneration: live.metadata.generation ?? 1,
    ...{ replicas: all.length, updatedReplicas: updated.length, readyReplicas: ready },
    ...{ availableReplicas: ready, unavailableReplicas: unavailable },
  });
  const before = listAt(live, 'status', 'conditions');
  const stuck = !complete && updated.some(isBroken);
  const conditions = [
    condition(
      before,
      'Available',
      enough,
      enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      `Deployment ${enough ? 'has' : 'does not have'} minimum availability.`,
    ),
    condition(
      before,
      'Progressing',
      !stuck,
      stuck ? 'ProgressDeadlineExceeded' : complete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
      progressMessage(next.metadata.name ?? '', stuck, complete),
    ),
  ];
  const annotations = { ...live.metadata.annotations, [revision]: String(revisionOf(next)) };
  writeIfChanged(store, live, {
    ...withAt(live, ['metadata', 'annotations'], annotations),
    status: { ...status, conditions },
  });
}

function progressMessage(set: string, stuck: boolean, complete: boolean): string {
  if (stuck) return `ReplicaSet "${set}" has timed out progressing.`;
  return `ReplicaSet "${set}" ${complete ? 'has successfully progressed' : 'is progressing'}.`;
}

/** A pod that will never be ready; the fake does not wait out the deadline in seconds. */
function isBroken(pod: KubeObject): boolean {
  return listAt(pod, 'status', 'containerStatuses').some(
    (each) => textAt(each, 'state', 'waiting', 'reason') === 'ImagePullBackOff',
  );
}

function condition(
  before: readonly unknown[],
  type: string,
  holds: boolean,
  reason: string,
  message: string,
): unknown {
  const old = before.find((each) => textAt(each, 'type') === type);
  const status = holds ? 'True' : 'False';
  const unchanged = textAt(old, 'status') === status;
  const lastTransitionTime = unchanged ? textAt(old, 'lastTransitionTime') : now();
  const lastUpdateTime =
    unchanged && textAt(old, 'reason') === reason && textAt(old, 'message') === message
      ? textAt(old, 'lastUpdateTime')
      : now();
  return { type, status, lastUpdateTime, lastTransitionTime, reason, message };
}

function withoutZeros(status: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0));
}

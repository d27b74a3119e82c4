import { type Fields, type KubeObject, listAt, recordAt, textAt, withAt } from '../object.js';
import { resourceOfKind } from '../resources.js';
import { keyOf, type Store } from '../store.js';
import { now } from '../writes.js';
import { writeIfChanged } from './owned-objects.js';

/** Starts pods that nothing runs yet, and ends those that were deleted. Pods with a state of their own stay. */
export function stepKubelet(store: Store): void {
  const nodes = store.all(resourceOfKind('Node')).map((each) => each.metadata.name ?? '');
  store.all(resourceOfKind('Pod')).forEach((pod, index) => {
    if (pod.metadata.deletionTimestamp !== undefined) {
      if ((pod.metadata.finalizers ?? []).length === 0)
        store.remove(resourceOfKind('Pod'), keyOf(pod.metadata));
      return;
    }
    if (isWaiting(pod)) writeIfChanged(store, pod, started(pod, nodes[index % nodes.length] ?? 'node-1'));
  });
}

function isWaiting(pod: KubeObject): boolean {
  return textAt(pod, 'status', 'phase') === 'Pending' && listAt(pod, 'status', 'conditions').length === 0;
}

/** The image says what becomes of a container: a tag with `crash` crashes, an image with `broken` cannot be pulled. */
function started(pod: KubeObject, node: string): KubeObject {
  const statuses = listAt(pod, 'spec', 'containers').map(containerStatus);
  const ready = statuses.every((each) => each.ready === true);
  const pulled = statuses.every((each) => textAt(each, 'state', 'waiting', 'reason') !== 'ImagePullBackOff');
  const times = { lastProbeTime: null, lastTransitionTime: now() };
  const conditions = [
    { type: 'Initialized', status: 'True', ...times },
    unless(ready, 'Ready', times),
    unless(ready, 'ContainersReady', times),
    { type: 'PodScheduled', status: 'True', ...times },
  ];
  const status = {
    ...recordAt(pod, 'status'),
    ...{ phase: pulled ? 'Running' : 'Pending', conditions, containerStatuses: statuses },
    ...{ startTime: now(), hostIP: '10.0.0.1', podIP: '10.1.0.2' },
  };
  return withAt(
    withAt(pod, ['spec', 'nodeName'], textAt(pod, 'spec', 'nodeName') || node),
    ['status'],
    status,
  );
}

function unless(ready: boolean, type: string, times: Fields): Fields {
  if (ready) return { type, status: 'True', ...times };
  return {
    type,
    status: 'False',
    ...times,
    reason: 'ContainersNotReady',
    message: 'containers with unready status',
  };
}

function containerStatus(container: unknown): Fields {
  const [name, image] = [textAt(container, 'name'), textAt(container, 'image')];
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1] ?? '';
  const facts = { name, image, imageID: '', started: false };
  if (image.includes('broken')) {
    const waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` };
    return { ...facts, ready: false, restartCount: 0, state: { waiting }, lastState: {} };
  }
  if (tag.includes('crash')) {
    const waiting = {
      reason: 'CrashLoopBackOff',
      message: `back-off 5m0s restarting failed container=${name}`,
    };
    const terminated = { exitCode: 1, reason: 'Error', startedAt: now(), finishedAt: now() };
    return { ...facts, ready: false, restartCount: 5, state: { waiting }, lastState: { terminated } };
  }
  return {
    ...facts,
    started: true,
    ready: true,
    restartCount: 0,
    state: { running: { startedAt: now() } },
    lastState: {},
  };
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { event, pod } from '../../src/kubernetes/model/objects.js';
import { quantity } from '../../src/kubernetes/model/quantity.js';
import { ownerOfPod } from '../../src/kubernetes/workloads/owner-of-pod.js';
import { podHealth } from '../../src/kubernetes/workloads/pod-health.js';
import { mergeEvents } from '../../src/kubernetes/workloads/recent-events.js';

const now = new Date('2026-11-20T12:00:00Z');
const recorded = (name: string): readonly unknown[] =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')).items;

function health(status: object, metadata: object = {}, spec: object = {}) {
  const made = { name: 'x', creationTimestamp: '2026-11-20T11:59:00Z', ...metadata };
  const { severity, status: shown } = podHealth(pod.parse({ metadata: made, spec, status }), now);
  return [shown.reason, severity];
}

const ready = [{ type: 'Ready', status: 'True' }];
const ended = { reason: 'Error', exitCode: 1, finishedAt: '2026-11-20T11:58:00Z' };

describe('pods that a real API server told of', () => {
  const pods = recorded('pods').map((one) => pod.parse(one));

  it('say why they are ill, and how they ended last', () => {
    const { status } = podHealth(pods[0] ?? pod.parse({}), now);
    expect(status).toMatchObject({
      name: 'web-56c7b48797-7shmp',
      ready: false,
      restarts: 7,
      reason: 'CrashLoopBackOff',
      node: 'node1',
      lastTermination: { reason: 'OOMKilled', exitCode: 137, time: new Date('2026-11-20T10:05:00Z') },
    });
  });

  it('belong to the Deployment of their ReplicaSet', () => {
    expect(pods.map((one) => ownerOfPod(one))).toEqual(
      Array.from({ length: 3 }, () => ({ kind: 'Deployment', name: 'web' })),
    );
  });

  it('and their events are told once for alike ones', () => {
    const events = mergeEvents(recorded('events').map((one) => event.parse(one)));
    expect(events.map(({ reason, count }) => [reason, count])).toEqual([
      ['SuccessfulCreate', 3],
      ['ScalingReplicaSet', 2],
    ]);
  });
});

describe('what kubectl shows as the status of a pod', () => {
  it('is the reason of a waiting or ended container', () => {
    const waiting = (reason: string) => [{ name: 'a', state: { waiting: { reason } } }];
    expect(health({ phase: 'Pending', containerStatuses: waiting('ImagePullBackOff') })).toEqual([
      'ImagePullBackOff',
      3,
    ]);
    expect(
      health({
        phase: 'Running',
        containerStatuses: [{ name: 'a', state: { terminated: { exitCode: 2 } } }],
      }),
    ).toEqual(['ExitCode:2', 3]);
  });

  it('counts init containers, and not a sidecar that has started', () => {
    const spec = { initContainers: [{ name: 'copy' }, { name: 'wait' }] };
    const done = { name: 'copy', state: { terminated: { exitCode: 0 } } };
    const failing = { name: 'wait', state: { terminated: { exitCode: 1, reason: 'Error' } } };
    const running = { name: 'wait', state: { running: {} } };
    expect(health({ phase: 'Pending', initContainerStatuses: [done, failing] }, {}, spec)).toEqual([
      'Init:Error',
      3,
    ]);
    expect(health({ phase: 'Pending', initContainerStatuses: [done, running] }, {}, spec)).toEqual([
      'Init:1/2',
      0,
    ]);
    const sidecar = { initContainers: [{ name: 'wait', restartPolicy: 'Always' }] };
    const started = [{ name: 'wait', started: true, state: { running: {} } }];
    const waiting = [{ name: 'a', state: { waiting: { reason: 'ErrImagePull' } } }];
    expect(
      health({ phase: 'Pending', initContainerStatuses: started, containerStatuses: waiting }, {}, sidecar),
    ).toEqual(['ErrImagePull', 3]);
  });

  it('tells what starts from what hangs', () => {
    const creating = {
      phase: 'Pending',
      containerStatuses: [{ name: 'a', state: { waiting: { reason: 'ContainerCreating' } } }],
    };
    expect(health(creating)).toEqual(['ContainerCreating', 0]);
    expect(health(creating, { creationTimestamp: '2026-11-20T11:00:00Z' })).toEqual(['ContainerCreating', 2]);
    const unschedulable = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }];
    expect(health({ phase: 'Pending', conditions: unschedulable })).toEqual(['Unschedulable', 3]);
  });

  it('tells a pod that ends from one that cannot', () => {
    const running = { phase: 'Running', conditions: ready };
    expect(health(running, { deletionTimestamp: '2026-11-20T12:00:10Z' })).toEqual(['Terminating', 0]);
    expect(health(running, { deletionTimestamp: '2026-11-20T11:00:00Z' })).toEqual(['Terminating', 2]);
  });

  it('knows pods that are well, done, not ready, evicted, or only just restarted', () => {
    expect(health({ phase: 'Running', conditions: ready })).toEqual([null, 0]);
    expect(health({ phase: 'Succeeded' })).toEqual([null, 0]);
    expect(health({ phase: 'Running' })).toEqual(['NotReady', 2]);
    expect(health({ phase: 'Failed', reason: 'Evicted' })).toEqual(['Evicted', 1]);
    const again = [
      { name: 'a', ready: true, restartCount: 1, state: { running: {} }, lastState: { terminated: ended } },
    ];
    expect(health({ phase: 'Running', conditions: ready, containerStatuses: again })).toEqual([
      'Restarting',
      2,
    ]);
  });
});

describe('quantities', () => {
  it('are numbers in base units', () => {
    expect(['500m', '2', '1.5Gi', '1e3', '10k', 'many'].map((text) => quantity(text))).toEqual([
      0.5,
      2,
      1_610_612_736,
      1000,
      10_000,
      Number.NaN,
    ]);
  });
});

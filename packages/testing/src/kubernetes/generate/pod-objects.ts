import { type Fields, isRecord, type KubeObject, listAt, recordAt, textAt, textsAt } from '../object.js';
import { at, type ClusterPlan, type Illness, type PlannedWorkload } from './plan.js';
import { podTemplate } from './pod-template.js';
import { managed, replicaSetUid } from './workload-objects.js';

/** The pods of a workload, the ill ones first. */
export function podObjects(workload: PlannedWorkload, plan: ClusterPlan): readonly KubeObject[] {
  return Array.from({ length: workload.replicas }, (_, index) => {
    const illness = index < workload.ill ? workload.illness : undefined;
    return podOf(workload, plan, illness);
  });
}

function podOf(
  workload: PlannedWorkload,
  { random, nodes, now }: ClusterPlan,
  illness: Illness | undefined,
): KubeObject {
  const { name, namespace, hash, versions, deployedAt } = workload;
  const template = podTemplate(workload, versions[1], hash);
  const created = new Date(
    Math.min(now.getTime() - 60_000, deployedAt.getTime() + random.between(0, 60) * 1_000),
  );
  const unscheduled = illness === 'Unschedulable';
  const volume = `kube-api-access-${random.letters(5)}`;
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `${name}-${hash}`,
    uid: replicaSetUid(workload),
    controller: true,
    blockOwnerDeletion: true,
  };
  const node = nodes[random.between(0, nodes.length - 1)] ?? 'node-001';
  const object: KubeObject = {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...{
        name: `${name}-${hash}-${random.letters(5)}`,
        generateName: `${name}-${hash}-`,
        namespace,
        uid: random.uid(),
      },
      ...{ creationTimestamp: at(created), labels: textsAt(template, 'metadata', 'labels') },
      ...{ annotations: textsAt(template, 'metadata', 'annotations'), ownerReferences: [owner] },
    },
    spec: { ...specOf(template, volume), ...(unscheduled ? {} : { nodeName: node }) },
    status: unscheduled
      ? pendingStatus(created, plan(nodes.length))
      : runningStatus(template, created, now, illness, random.between(1, 250)),
  };
  return managed(object, 'kube-controller-manager', at(created), {
    manager: 'kubelet',
    time: at(created, 12),
  });
}

function plan(nodes: number): string {
  return `0/${nodes} nodes are available: ${nodes} Insufficient memory. preemption: 0/${nodes} nodes are available: ${nodes} No preemption victims found for incoming pod.`;
}

function specOf(template: Fields, volume: string): Fields {
  const mount = { name: volume, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const containers = listAt(template, 'spec', 'containers').map((each) => ({
    ...recordAt(each),
    volumeMounts: [mount],
  }));
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ];
  const toleration = (key: string) => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  });
  return {
    volumes: [{ name: volume, projected: { sources, defaultMode: 420 } }],
    ...recordAt(template, 'spec'),
    containers,
    tolerations: [toleration('not-ready'), toleration('unreachable')],
    ...{ priority: 0, enableServiceLinks: true, preemptionPolicy: 'PreemptLowerPriority' },
  };
}

function pendingStatus(created: Date, message: string): Fields {
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: at(created),
    reason: 'Unschedulable',
    message,
  };
  return { phase: 'Pending', conditions: [condition], qosClass: 'Burstable' };
}

function runningStatus(
  template: Fields,
  created: Date,
  now: Date,
  illness: Illness | undefined,
  host: number,
): Fields {
  const containers = listAt(template, 'spec', 'containers').filter(isRecord);
  const statuses = containers.map((each, index) =>
    containerStatus(each, created, now, index === 0 ? illness : undefined),
  );
  const ready = illness === undefined;
  const condition = (type: string, status: boolean) => ({
    type,
    status: status ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: at(created, 10),
  });
  const unready = {
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${textAt(containers[0], 'name')}]`,
  };
  return {
    phase: illness === 'ImagePullBackOff' ? 'Pending' : 'Running',
    conditions: [
      condition('PodReadyToStartContainers', true),
      condition('Initialized', true),
      { ...condition('Ready', ready), ...(ready ? {} : unready) },
      { ...condition('ContainersReady', ready), ...(ready ? {} : unready) },
      condition('PodScheduled', true),
    ],
    ...{
      hostIP: `10.0.0.${host}`,
      podIP: `10.244.${host}.17`,
    },
    ...{ startTime: at(created), containerStatuses: statuses, qosClass: 'Burstable' },
  };
}

function containerStatus(container: Fields, created: Date, now: Date, illness: Illness | undefined): Fields {
  const name = textAt(container, 'name');
  const image = textAt(container, 'image');
  const pulled = {
    imageID: `${image.split(':')[0]}@sha256:${'4f9c1be2'.repeat(4)}`,
    containerID: `containerd://${'8ab0d5e3'.repeat(4)}`,
  };
  const facts = { name, image, lastState: {}, restartCount: 0, ...pulled };
  const ended = (reason: string, exitCode: number) => ({
    terminated: {
      exitCode,
      reason,
      startedAt: at(now, -420),
      finishedAt: at(now, -300),
      containerID: pulled.containerID,
    },
  });
  const backOff = {
    reason: 'CrashLoopBackOff',
    message: `back-off 5m0s restarting failed container=${name}`,
  };
  if (illness === 'CrashLoopBackOff')
    return {
      ...facts,
      state: { waiting: backOff },
      lastState: ended('Error', 1),
      ready: false,
      started: false,
      restartCount: 14,
    };
  if (illness === 'OOMKilled')
    return {
      ...facts,
      state: { waiting: backOff },
      lastState: ended('OOMKilled', 137),
      ready: false,
      started: false,
      restartCount: 7,
    };
  if (illness === 'ImagePullBackOff') {
    const waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` };
    return {
      name,
      image,
      imageID: '',
      state: { waiting },
      lastState: {},
      ready: false,
      started: false,
      restartCount: 0,
    };
  }
  const running = { running: { startedAt: at(created, 8) } };
  return { ...facts, state: running, ready: illness === undefined, started: true };
}

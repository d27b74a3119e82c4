import { updatedManagers } from '../managed-fields.js';
import type { KubeObject, ObjectMeta } from '../object.js';
import { withAt } from '../object.js';
import type { ClusterPlan, PlannedWorkload } from './plan.js';
import { at } from './plan.js';
import { labelsOf, podTemplate, selectorOf } from './pod-template.js';

const revisionKey = 'deployment.kubernetes.io/revision';

/** The Deployment, its ReplicaSets of two revisions, and its Service. */
export function workloadObjects(workload: PlannedWorkload, { random }: ClusterPlan): readonly KubeObject[] {
  const { hash, oldHash, deployedAt } = workload;
  const before = at(deployedAt, -7 * 86_400);
  return [
    deploymentOf(workload, before),
    replicaSet(workload, oldHash, random.uid(), before, 0),
    replicaSet(workload, hash, replicaSetUid(workload), at(deployedAt), workload.replicas),
    serviceOf(workload, random.uid(), before),
  ];
}

export function replicaSetUid({ uid }: PlannedWorkload): string {
  return `${uid.slice(0, -2)}rs`;
}

/** With managers of its fields, as an object has that tools and controllers wrote. */
export function managed(
  object: KubeObject,
  manager: string,
  time: string,
  status?: { manager: string; time: string },
): KubeObject {
  const { status: reported, ...rest } = object;
  const bare: KubeObject = {
    ...rest,
    metadata: object.metadata,
    apiVersion: object.apiVersion,
    kind: object.kind,
  };
  const { apiVersion } = object;
  const written = withAt(
    bare,
    ['metadata', 'managedFields'],
    updatedManagers(undefined, bare, { manager, subresource: '', apiVersion, now: time }),
  );
  if (status === undefined || reported === undefined)
    return reported === undefined ? written : { ...written, status: reported };
  const whole = { ...written, status: reported };
  const managers = updatedManagers(written, whole, {
    manager: status.manager,
    subresource: 'status',
    apiVersion,
    now: status.time,
  });
  return withAt(whole, ['metadata', 'managedFields'], managers);
}

function deploymentOf(workload: PlannedWorkload, created: string): KubeObject {
  const { name, namespace, replicas, ill, illness, revision, versions, deployedAt, uid } = workload;
  const ready = replicas - ill;
  const available = ready >= replicas - Math.floor(replicas / 4);
  const stuck = illness === 'ImagePullBackOff' || illness === 'CrashLoopBackOff';
  const times = { lastUpdateTime: at(deployedAt, 90), lastTransitionTime: at(deployedAt, 90) };
  const conditions = [
    {
      type: 'Available',
      status: available ? 'True' : 'False',
      ...times,
      reason: available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: `Deployment ${available ? 'has' : 'does not have'} minimum availability.`,
    },
    {
      type: 'Progressing',
      status: stuck ? 'False' : 'True',
      ...times,
      reason: stuck ? 'ProgressDeadlineExceeded' : 'NewReplicaSetAvailable',
      message: `ReplicaSet "${name}-${workload.hash}" ${stuck ? 'has timed out progressing' : 'has successfully progressed'}.`,
    },
  ];
  const counts = {
    replicas,
    updatedReplicas: replicas,
    readyReplicas: ready,
    availableReplicas: ready,
    ...(ill > 0 ? { unavailableReplicas: ill } : {}),
  };
  const annotations = {
    [revisionKey]: String(revision),
    'meta.helm.sh/release-name': name,
    'meta.helm.sh/release-namespace': namespace,
  };
  const object: KubeObject = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    metadata: {
      name,
      namespace,
      uid,
      generation: revision,
      creationTimestamp: created,
      labels: labelsOf(workload),
      annotations,
    },
    spec: {
      ...{
        replicas,
        selector: { matchLabels: selectorOf(workload) },
        template: podTemplate(workload, versions[1]),
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      ...{ revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
    },
    status: { observedGeneration: revision, ...counts, conditions },
  };
  return managed(object, 'helm', at(deployedAt), {
    manager: 'kube-controller-manager',
    time: at(deployedAt, 90),
  });
}

function replicaSet(
  workload: PlannedWorkload,
  hash: string,
  uid: string,
  created: string,
  replicas: number,
): KubeObject {
  const { name, namespace, revision, versions, ill } = workload;
  const present = replicas > 0;
  const template = podTemplate(workload, present ? versions[1] : versions[0], hash);
  const ready = Math.max(0, replicas - ill);
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name,
    uid: workload.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  const metadata: ObjectMeta = {
    ...{ name: `${name}-${hash}`, namespace, uid, generation: present ? 1 : 2, creationTimestamp: created },
    labels: { ...labelsOf(workload), 'pod-template-hash': hash },
    annotations: {
      'deployment.kubernetes.io/desired-replicas': String(workload.replicas),
      'deployment.kubernetes.io/max-replicas': String(Math.ceil(workload.replicas * 1.25)),
      [revisionKey]: String(present ? revision : revision - 1),
    },
    ownerReferences: [owner],
  };
  const selector = { matchLabels: { ...selectorOf(workload), 'pod-template-hash': hash } };
  const status = present
    ? {
        replicas,
        fullyLabeledReplicas: replicas,
        readyReplicas: ready,
        availableReplicas: ready,
        observedGeneration: 1,
      }
    : { replicas: 0, observedGeneration: 2 };
  const object: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata,
    spec: { replicas, selector, template },
    status,
  };
  return managed(object, 'kube-controller-manager', created, {
    manager: 'kube-controller-manager',
    time: created,
  });
}

function serviceOf(workload: PlannedWorkload, uid: string, created: string): KubeObject {
  const { name, namespace } = workload;
  const ports = [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'http' }];
  return {
    ...{ apiVersion: 'v1', kind: 'Service' },
    metadata: { name, namespace, uid, creationTimestamp: created, labels: labelsOf(workload) },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.10',
      selector: selectorOf(workload),
      ports,
      sessionAffinity: 'None',
    },
    status: { loadBalancer: {} },
  };
}

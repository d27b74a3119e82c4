import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendContext, CallContext } from '@devops-mcp/contract';
import { backendContext } from '@devops-mcp/testing';
import { type FakeCluster, startFakeCluster } from '@devops-mcp/testing/kubernetes';
import { afterEach } from 'vitest';
import { type KubernetesConfig, kubernetesConfig } from '../../src/kubernetes/kubernetes-config.js';

type Objects = NonNullable<Parameters<typeof startFakeCluster>[0]>['objects'];
type Config = Parameters<typeof kubernetesConfig.parse>[0] & object;

export interface Opened {
  readonly cluster: FakeCluster;
  readonly folder: string;
  /** The backend's context for a user of the cluster; `config` adds to the kubeconfig. */
  context(config?: Config, user?: string): BackendContext<KubernetesConfig>;
}

const open: FakeCluster[] = [];

/** Ends the clusters of a test when it has ended. */
export function closeClusters(): void {
  afterEach(async () => {
    for (const cluster of open.splice(0)) await cluster.close();
  });
}

export async function openedCluster(objects: Objects = [], controllers = false): Promise<Opened> {
  const cluster = await startFakeCluster({ objects, controllers });
  open.push(cluster);
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
  return {
    cluster,
    folder,
    context(config = {}, user = 'admin') {
      writeFileSync(join(folder, `${user}.yaml`), cluster.kubeconfig(user));
      return backendContext({
        config: kubernetesConfig.parse({ kubeconfig: `${user}.yaml`, ...config }),
        folder,
      });
    },
  };
}

export function callContext(now: Date = new Date()): CallContext {
  return { signal: AbortSignal.timeout(150_000), progress: () => undefined, now };
}

interface Facts {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A template with one container; `env` in the form `NAME: value`. */
export function template(
  app: string,
  image: string,
  env: Readonly<Record<string, string>> = {},
  more: object = {},
) {
  const list = Object.entries(env).map(([name, value]) => ({ name, value }));
  return {
    metadata: { labels: { app } },
    spec: { containers: [{ name: app, image, env: list, ...more }] },
  };
}

export function deployment(
  { name, namespace = 'shop', labels = { app: name }, annotations = {} }: Facts,
  spec: object = {},
  status: object = {},
) {
  const counts = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels, annotations, uid: `uid-${namespace}-${name}`, generation: 1 },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: template(name, `registry.example.com/${name}:1.0`),
      ...spec,
    },
    status: { observedGeneration: 1, ...counts, ...status },
  };
}

/** A ReplicaSet of a Deployment made by `deployment`. */
export function replicaSet(
  owner: string,
  hash: string,
  facts: {
    readonly revision: number;
    readonly history?: string;
    readonly created: string;
    readonly template: object;
    readonly cause?: string;
    readonly replicas?: number;
  },
  namespace = 'shop',
) {
  const { revision, history, created, cause, replicas = 0 } = facts;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${owner}-${hash}`,
      namespace,
      uid: `uid-${owner}-${hash}`,
      creationTimestamp: created,
      labels: { app: owner, 'pod-template-hash': hash },
      annotations: {
        'deployment.kubernetes.io/revision': String(revision),
        ...(history ? { 'deployment.kubernetes.io/revision-history': history } : {}),
        ...(cause ? { 'kubernetes.io/change-cause': cause } : {}),
      },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: owner,
          uid: `uid-${namespace}-${owner}`,
          controller: true,
        },
      ],
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: owner, 'pod-template-hash': hash } },
      template: facts.template,
    },
    status: { replicas },
  };
}

/** A pod of a ReplicaSet; well unless `status` says otherwise. */
export function pod(owner: string, hash: string, name: string, status: object = {}, namespace = 'shop') {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${owner}-${hash}-${name}`,
      namespace,
      uid: `uid-${owner}-${hash}-${name}`,
      labels: { app: owner, 'pod-template-hash': hash },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${owner}-${hash}`,
          uid: `uid-${owner}-${hash}`,
          controller: true,
        },
      ],
    },
    spec: { nodeName: 'node-1', containers: [{ name: owner, image: `registry.example.com/${owner}:1.0` }] },
    status: {
      phase: 'Running',
      startTime: '2026-05-04T08:00:00Z',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        { name: owner, ready: true, restartCount: 0, state: { running: {} }, image: 'x', imageID: 'x' },
      ],
      ...status,
    },
  };
}

/** The status of a pod whose container is killed for its memory again and again. */
export function crashing(container: string, ended: string) {
  const terminated = { reason: 'OOMKilled', exitCode: 137, startedAt: ended, finishedAt: ended };
  return {
    conditions: [{ type: 'Ready', status: 'False' }],
    containerStatuses: [
      {
        ...{ name: container, ready: false, restartCount: 7, image: 'x', imageID: 'x' },
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
        lastState: { terminated },
      },
    ],
  };
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallContext } from '@devops-mcp/contract';
import { backendContext } from '@devops-mcp/testing';
import { type FakeCluster, type KubeObject, startFakeCluster } from '@devops-mcp/testing/kubernetes';
import { expect, onTestFinished } from 'vitest';
import { deploymentsWriting, plansOver } from '../../../src/kubernetes/changes/changes.js';
import { executorRules } from '../../../src/kubernetes/changes/executor-rules.js';
import { openKubeClient } from '../../../src/kubernetes/connection/open-kube-client.js';
import { kubernetesConfig } from '../../../src/kubernetes/kubernetes-config.js';
import { readerRules } from '../../../src/kubernetes/rbac-rules.js';
import { type Gate, startGate } from './gate.js';

export const namespace = 'shop';
/** Fast enough for a test, patient enough for the fake's controllers. */
const times = { everyMs: 10, longestMs: 10_000, patience: 10 };

interface WorkloadFacts {
  readonly name?: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly pod?: Readonly<Record<string, unknown>>;
  readonly container?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function deployment(facts: WorkloadFacts = {}): KubeObject {
  return workload('Deployment', {
    ...facts,
    spec: {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      ...facts.spec,
    },
  });
}

export function workload(kind: string, facts: WorkloadFacts = {}): KubeObject {
  const { name = 'checkout', image = 'registry.example.com/checkout:1', replicas = 3 } = facts;
  const labels = { app: name };
  return {
    ...{ apiVersion: 'apps/v1', kind },
    metadata: {
      ...{ name, namespace, labels: { ...labels, ...facts.labels } },
      ...(facts.annotations ? { annotations: facts.annotations } : {}),
    },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name, image, ...facts.container }], ...facts.pod },
      },
      ...facts.spec,
    },
  };
}

export function autoscaler(min: number, max: number): KubeObject {
  return {
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
    metadata: { name: 'checkout', namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
      ...{ minReplicas: min, maxReplicas: max },
    },
  };
}

export function budget(minAvailable: number, name = 'checkout'): KubeObject {
  return {
    ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, namespace } },
    spec: { minAvailable, selector: { matchLabels: { app: 'checkout' } } },
  };
}

export interface Shop {
  readonly cluster: FakeCluster;
  readonly plans: ReturnType<typeof plansOver>;
  readonly context: CallContext;
  /** Applies as the executor, whose rights are exactly those of its manifest. */
  apply(change: { readonly plan: { readonly change: object } }, key?: string): Promise<Outcome>;
  /** Another process with the same credential. */
  executor(): { apply: Shop['apply'] };
  /** Waits until the cluster shows something. */
  until(seen: () => boolean): Promise<void>;
  replicasOf(name?: string): unknown;
  imageOf(): unknown;
  podNames(): readonly string[];
  /** Requests that changed something, dry runs left out. */
  writes(): readonly string[];
  readonly progress: readonly string[];
}

type Outcome = Awaited<ReturnType<ReturnType<typeof deploymentsWriting>['applyChange']>>;

export interface ShopOptions {
  /** `admin` may dry-run while planning, `reader` may not. */
  readonly planner?: 'admin' | 'reader';
  readonly controllers?: boolean;
  /** How long a rollout is watched; default long enough for all. */
  readonly watch?: Partial<typeof times>;
  /** Stands between the executor and the cluster. */
  readonly gate?: Gate;
}

/** A cluster with these objects, settled, with a planner and an executor. */
export async function openShop(objects: readonly KubeObject[], options: ShopOptions = {}): Promise<Shop> {
  const { planner = 'reader', controllers = true, gate } = options;
  const cluster = await startFakeCluster({ objects, controllers });
  const folder = await mkdtemp(join(tmpdir(), 'devops-mcp-changes-'));
  const progress: string[] = [];
  const context: CallContext = {
    signal: new AbortController().signal,
    progress: (done, total) => progress.push(`${done} of ${total}`),
    now: new Date('2026-05-04T12:00:00Z'),
  };
  const through = gate && (await startGate(cluster.address, gate));
  for (const user of ['admin', 'reader', 'executor']) {
    const kubeconfig = cluster.kubeconfig(user);
    // Reading and writing must name one address, so that the gate stands before both.
    await writeFile(
      join(folder, user),
      through ? kubeconfig.replace(cluster.address, through.address) : kubeconfig,
    );
  }
  cluster.allow('reader', readerRules);
  cluster.allow('executor', executorRules);
  const config = kubernetesConfig.parse({ kubeconfig: planner, write: { kubeconfig: 'executor' } });
  const facts = backendContext({ config, folder });
  const client = await openKubeClient(facts, 'read');
  onTestFinished(async () => {
    client.close();
    through?.close();
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });
  const executor = () => {
    const write = deploymentsWriting(facts, { ...times, ...options.watch });
    const apply: Shop['apply'] = ({ plan }, key = 'key-12345678') =>
      // Boundary: what a plan holds is plain JSON.
      write.applyChange({ change: plan.change as never, idempotencyKey: key, message: 'test' }, context);
    return { apply };
  };
  const field = (name: string, ...path: readonly string[]) =>
    path.reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined,
      cluster.get('Deployment', namespace, name),
    );
  const shop: Shop = {
    ...{ cluster, context, progress, executor, apply: executor().apply },
    plans: plansOver({ client: async () => client, services: facts.services }),
    until: (seen) => expect.poll(seen, { interval: 5, timeout: 5_000 }).toBe(true),
    replicasOf: (name = 'checkout') => field(name, 'spec', 'replicas'),
    imageOf: () => JSON.stringify(field('checkout', 'spec', 'template')).match(/checkout:[\w-]+/)?.[0],
    podNames: () => cluster.list('Pod', namespace).map(({ metadata }) => metadata.name ?? ''),
    writes: () =>
      cluster.requests
        .filter(({ method, query }) => method !== 'GET' && query.dryRun === undefined)
        .filter(({ path }) => !path.includes('selfsubjectaccessreviews'))
        .map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`),
  };
  return shop;
}

/** The same service after a second version was rolled out, both revisions kept. */
export async function openSecondVersion(
  objects: readonly KubeObject[] = [],
  options: ShopOptions & { readonly second?: string; readonly facts?: WorkloadFacts } = {},
): Promise<Shop> {
  const shop = await openShop([deployment(options.facts), ...objects], options);
  await shop.until(() => statusOf(shop, 'availableReplicas') === 3);
  const live = shop.cluster.get('Deployment', namespace, 'checkout');
  const second = deployment({
    ...options.facts,
    image: `registry.example.com/checkout:${options.second ?? '2'}`,
  });
  // Boundary: the fake keeps what it is given.
  shop.cluster.put({ ...second, metadata: { ...live?.metadata }, status: live?.status });
  await shop.until(() => shop.cluster.list('ReplicaSet', namespace).length === 2);
  if (options.second === undefined)
    await shop.until(() => statusOf(shop, 'updatedReplicas') === 3 && statusOf(shop, 'replicas') === 3);
  return shop;
}

export async function settled(shop: Shop, replicas = 3): Promise<void> {
  await shop.until(() => statusOf(shop, 'availableReplicas') === replicas);
}

export function statusOf({ cluster }: Shop, key: string): unknown {
  const status = cluster.get('Deployment', namespace, 'checkout')?.status;
  return typeof status === 'object' && status !== null ? new Map(Object.entries(status)).get(key) : undefined;
}

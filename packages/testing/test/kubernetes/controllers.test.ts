import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeCluster, type KubeObject, startFakeCluster } from '../../src/kubernetes/index.js';
import { ask, deployment, deployments, pods, strategic, until } from './api-client.js';

let cluster: FakeCluster;
beforeEach(async () => {
  cluster = await startFakeCluster({ controllers: true, objects: [deployment('web', 'nginx:1.0', 4)] });
  await until(() => status().readyReplicas === 4);
});
afterEach(() => cluster.close());

const status = (): Record<string, unknown> =>
  (cluster.get('Deployment', 'shop', 'web')?.status ?? {}) as Record<string, unknown>;
const condition = (type: string) =>
  ((status().conditions ?? []) as { type: string; status: string; reason: string }[]).find(
    (each) => each.type === type,
  );
const images = () =>
  cluster
    .list('Pod', 'shop')
    .map((each) => (each.spec as { containers: { image: string }[] }).containers[0]?.image);
const deploy = (image: string) =>
  ask(cluster, `${deployments}/web`, {
    method: 'PATCH',
    type: strategic,
    body: { spec: { template: { spec: { containers: [{ name: 'server', image }] } } } },
  });
const revisions = () =>
  cluster
    .list('ReplicaSet', 'shop')
    .map(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'])
    .sort();

describe('a deployment', () => {
  it('has a ReplicaSet with its pods, and says that it is complete', () => {
    const [set] = cluster.list('ReplicaSet', 'shop');
    expect(set?.metadata.labels?.['pod-template-hash']).toMatch(/^[a-z0-9]{10}$/);
    expect(cluster.list('Pod', 'shop')).toHaveLength(4);
    expect(condition('Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
    expect(status()).toMatchObject({ observedGeneration: 1, availableReplicas: 4 });
  });

  it('rolls on without going below what must stay available or above the surge', async () => {
    const counts: { all: number; ready: number }[] = [];
    const watcher = setInterval(() => {
      const all = cluster.list('Pod', 'shop');
      const ready = all.filter(isReady).length;
      counts.push({ all: all.length, ready });
    }, 1);
    await deploy('nginx:2.0');
    await until(
      () =>
        images().length === 4 &&
        images().every((each) => each === 'nginx:2.0') &&
        status().readyReplicas === 4,
    );
    clearInterval(watcher);
    expect(Math.max(...counts.map(({ all }) => all))).toBe(5);
    expect(Math.min(...counts.map(({ ready }) => ready))).toBeGreaterThanOrEqual(3);
    expect(revisions()).toEqual(['1', '2']);
  });

  it('that goes back to a template uses its set again under a new revision', async () => {
    const revision = () =>
      cluster.get('Deployment', 'shop', 'web')?.metadata.annotations?.['deployment.kubernetes.io/revision'];
    const runs = (image: string) => images().length === 4 && images().every((each) => each === image);
    await deploy('nginx:2.0');
    await until(() => runs('nginx:2.0') && revision() === '2');
    await deploy('nginx:1.0');
    await until(() => runs('nginx:1.0') && revision() === '3');
    expect(revisions()).toEqual(['2', '3']);
  });

  it('with an image that cannot be pulled exceeds its deadline and keeps the old pods', async () => {
    await deploy('broken:2.0');
    await until(() => condition('Progressing')?.reason === 'ProgressDeadlineExceeded');
    expect(condition('Available')?.status).toBe('True');
    expect(cluster.list('Pod', 'shop').filter(isReady).length).toBeGreaterThanOrEqual(3);
  });

  it('with an image that crashes has pods that wait to be started again', async () => {
    await deploy('nginx:2.0-crash');
    await until(() => JSON.stringify(cluster.list('Pod', 'shop')).includes('CrashLoopBackOff'));
    expect(status().unavailableReplicas ?? 0).toBeLessThanOrEqual(1);
  });
});

describe('a pod', () => {
  it('that is deleted ends and another takes its place', async () => {
    const name = cluster.list('Pod', 'shop')[0]?.metadata.name ?? '';
    expect(
      (await ask(cluster, `${pods}/${name}`, { method: 'DELETE' })).body.metadata.deletionTimestamp,
    ).toEqual(expect.any(String));
    await until(() => cluster.get('Pod', 'shop', name) === undefined && status().readyReplicas === 4);
    expect(cluster.list('Pod', 'shop')).toHaveLength(4);
  });

  it('is evicted while its budget lasts, and is 429 after that', async () => {
    cluster.put({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { minAvailable: 3, selector: { matchLabels: { app: 'web' } } },
    });
    await until(
      () =>
        (
          cluster.get('PodDisruptionBudget', 'shop', 'web') as KubeObject & {
            status?: { disruptionsAllowed?: number };
          }
        ).status?.disruptionsAllowed === 1,
    );
    const [one, two] = cluster.list('Pod', 'shop').map(({ metadata }) => metadata.name ?? '');
    const evict = (name = '', dryRun: readonly string[] = []) =>
      ask(cluster, `${pods}/${name}/eviction`, {
        method: 'POST',
        body: {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name, namespace: 'shop' },
          deleteOptions: { dryRun },
        },
      });
    expect((await evict(one, ['All'])).code).toBe(201);
    const [first, second] = await Promise.all([evict(one), evict(two)]);
    expect(first).toMatchObject({ code: 201, body: { status: 'Success' } });
    expect(second).toMatchObject({
      code: 429,
      body: {
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: expect.stringMatching(
                /^The disruption budget web needs 3 healthy pods and has \d currently$/,
              ),
            },
          ],
        },
      },
    });
  });
});

it('a stateful set numbers its pods and a daemon set has one for each node', async () => {
  const { spec } = deployment('db');
  cluster.put({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'data' },
    spec,
  });
  for (const name of ['n1', 'n2', 'n3']) cluster.put({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
  cluster.put({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'data' },
    spec: deployment('agent').spec,
  });
  await until(() => cluster.list('Pod', 'data').filter(isReady).length === 5);
  expect(cluster.list('Pod', 'data').map(({ metadata }) => metadata.name)).toEqual(
    expect.arrayContaining(['db-0', 'db-1']),
  );
});

function isReady(each: KubeObject): boolean {
  const { conditions = [] } = (each.status ?? {}) as { conditions?: { type: string; status: string }[] };
  return conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

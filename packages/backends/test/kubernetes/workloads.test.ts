import { generateCluster } from '@devops-mcp/testing/kubernetes';
import { describe, expect, it } from 'vitest';
import { clientOnce } from '../../src/kubernetes/connection/client-once.js';
import { kubernetesWorkloads } from '../../src/kubernetes/workloads/workloads.js';
import {
  callContext,
  closeClusters,
  crashing,
  deployment,
  type Opened,
  openedCluster,
  pod,
  replicaSet,
  template,
} from './cluster-fixture.js';

closeClusters();

const now = new Date('2026-05-04T12:00:00Z');
const call = () => callContext(now);

function workloadsOf({ context }: Opened, config = {}, settings: Readonly<Record<string, string>> = {}) {
  const given = context(config);
  const services = {
    ...given.services,
    services: () => [...new Set(Object.keys(settings).map((key) => key.split(' ')[0] ?? ''))],
    setting: (service: string, path: string) => settings[`${service} ${path}`],
  };
  return kubernetesWorkloads(clientOnce({ ...given, services }, 'read'), services);
}

const crashed = crashing('checkout', '2026-05-04T11:50:00Z');
const stalled = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' };
const event = (name: string, about: string, reason: string, message: string, time: string) => ({
  ...{ apiVersion: 'v1', kind: 'Event', type: 'Warning', reason, message, count: 12 },
  metadata: { name, namespace: 'shop' },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: about },
  ...{ firstTimestamp: time, lastTimestamp: time },
});
const shop = [
  deployment(
    { name: 'checkout', labels: { 'app.kubernetes.io/name': 'checkout' } },
    {
      template: template(
        'checkout',
        'registry.example.com/checkout:1.4',
        {},
        { resources: { limits: { memory: '256Mi' } } },
      ),
    },
    { readyReplicas: 2, availableReplicas: 2, conditions: [stalled] },
  ),
  pod('checkout', 'aa11', 'one'),
  pod('checkout', 'aa11', 'two', crashed),
  pod('checkout', 'aa11', 'three'),
  event('e1', 'checkout-aa11-two', 'BackOff', 'restarting checkout-aa11-two', '2026-05-04T11:55:00Z'),
  event('e2', 'checkout-aa11-two', 'Killing', 'stopping', '2026-05-04T11:56:00Z'),
  event('e3', 'ledger-bb22-one', 'Unhealthy', 'of another service', '2026-05-04T11:57:00Z'),
  deployment({ name: 'ledger' }),
  pod('ledger', 'bb22', 'one'),
  {
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
    metadata: { name: 'scaler', namespace: 'shop' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
      minReplicas: 2,
      maxReplicas: 3,
    },
    status: {
      ...{ currentReplicas: 3, desiredReplicas: 3 },
      conditions: [{ type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' }],
    },
  },
  {
    ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
    metadata: { name: 'budget', namespace: 'shop' },
    spec: { minAvailable: 2, selector: { matchLabels: { app: 'checkout' } } },
    status: { disruptionsAllowed: 0 },
  },
  {
    ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota', namespace: 'shop' } },
    status: { hard: { 'limits.memory': '1Gi', pods: '100' }, used: { 'limits.memory': '1024Mi', pods: '5' } },
  },
];

describe('the status of one service', () => {
  it('does not call a rollout that ended unfinished because a pod fell ill later', async () => {
    const ended = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' };
    const status = { readyReplicas: 2, availableReplicas: 2, conditions: [ended] };
    const objects = [
      deployment({ name: 'checkout' }, {}, status),
      pod('checkout', 'aa11', 'one'),
      pod('checkout', 'aa11', 'two', crashed),
    ];
    const asked = [{ service: 'checkout' }, {}].map(async (query) => {
      const { data } = await workloadsOf(await openedCluster(objects)).status(query, call());
      return data[0];
    });
    for (const row of await Promise.all(asked))
      expect(row).toMatchObject({
        ...{ rollout: 'complete', ready: 2 },
        reason: '1 pod CrashLoopBackOff, last exit OOMKilled (137)',
      });
  });

  it('says what is wrong, and what stands around it', async () => {
    const { data } = await workloadsOf(await openedCluster(shop)).status({ service: 'checkout' }, call());
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      ...{
        kind: 'Deployment',
        name: 'shop/checkout',
        desired: 3,
        ready: 2,
        rollout: 'stalled',
        version: '1.4',
      },
      reason: '1 pod CrashLoopBackOff, last exit OOMKilled (137)',
      limits: { 'checkout.limits.memory': '256Mi' },
      podCount: 3,
      autoscaler: {
        min: 2,
        max: 3,
        current: 3,
        desired: 3,
        blocked: 'it wants more replicas than its maximum',
      },
      disruptionBudget: { name: 'budget', disruptionsAllowed: 0 },
      quotas: [{ name: 'quota', resource: 'limits.memory', used: '1024Mi', hard: '1Gi', exhausted: true }],
    });
    expect(data[0]?.pods.map(({ name }) => name)).toEqual([
      'checkout-aa11-two',
      'checkout-aa11-one',
      'checkout-aa11-three',
    ]);
    expect(data[0]?.events.map(({ reason, count }) => [reason, count])).toEqual([
      ['Killing', 12],
      ['BackOff', 12],
    ]);
  });

  it('names events of the ReplicaSet when pods cannot be made', async () => {
    const failed = { ...event('e9', '', 'FailedCreate', 'exceeded quota', '2026-05-04T11:00:00Z') };
    const set = { kind: 'ReplicaSet', namespace: 'shop', name: 'batch-cc33' };
    const { data } = await workloadsOf(
      await openedCluster([
        deployment(
          { name: 'batch' },
          {},
          { updatedReplicas: 0, readyReplicas: 0, conditions: [{ type: 'ReplicaFailure', status: 'True' }] },
        ),
        replicaSet('batch', 'cc33', {
          revision: 1,
          created: '2026-05-04T10:00:00Z',
          template: template('batch', 'x'),
          replicas: 3,
        }),
        { ...failed, involvedObject: set },
      ]),
    ).status({ service: 'batch' }, call());
    expect(data[0]?.reason).toBe('pods cannot be created (a quota or an admission rule)');
    expect(data[0]?.events.map(({ reason, object }) => [reason, object])).toEqual([
      ['FailedCreate', 'ReplicaSet/batch-cc33'],
    ]);
  });

  it('asks for the workload by its name when it is asked about again, and searches when that has gone', async () => {
    const opened = await openedCluster(shop);
    const { status } = workloadsOf(opened);
    const searches = () => opened.cluster.requests.filter(({ path }) => path === '/apis/apps/v1/deployments');
    const query = { service: 'checkout' };
    await status(query, call());
    const searched = searches().length;
    expect(searched).toBeGreaterThan(0);
    const { data } = await status(query, call());
    expect(data[0]).toMatchObject({ name: 'shop/checkout', ready: 2, rollout: 'stalled' });
    expect(searches()).toHaveLength(searched);
    opened.cluster.remove('Deployment', 'shop', 'checkout');
    await expect(status(query, call())).rejects.toMatchObject({ code: 'not_found' });
    expect(searches().length).toBeGreaterThan(searched);
  });

  it('is searched for again after a minute, when it may have another workload', async () => {
    const opened = await openedCluster(shop);
    const { status } = workloadsOf(opened);
    const query = { service: 'checkout' };
    await status(query, call());
    opened.cluster.put(
      deployment({ name: 'checkout-canary', labels: { 'app.kubernetes.io/name': 'checkout' } }),
    );
    const later = await status(query, callContext(new Date(now.getTime() + 61_000)));
    expect(later.data.map(({ name }) => name)).toContain('shop/checkout-canary');
  });

  it('is found where its own file says', async () => {
    const settings = { 'pay kubernetes.namespace': 'shop', 'pay kubernetes.workload': 'deployment/ledger' };
    const workloads = workloadsOf(await openedCluster(shop), {}, settings);
    const { data } = await workloads.status({ service: 'pay' }, call());
    expect(data.map(({ name }) => name)).toEqual(['shop/ledger']);
    expect((await workloads.services({ limit: 10 }, call())).data).toEqual(['checkout', 'pay']);
  });

  it('says what could not be read beside it, and which right is missing', async () => {
    const opened = await openedCluster(shop);
    opened.cluster.kubeconfig('weak');
    opened.cluster.allow('weak', [
      {
        verbs: ['get', 'list'],
        apiGroups: ['', 'apps'],
        resources: ['pods', 'deployments', 'statefulsets', 'daemonsets'],
      },
    ]);
    const workloads = workloadsOf(opened, { credential: 'fake-token-weak' });
    const { data, partial } = await workloads.status({ service: 'checkout' }, call());
    expect(data[0]).toMatchObject({ ready: 2, autoscaler: null, events: [] });
    const reasons = (partial ?? []).map(({ reason }) => reason).toSorted();
    expect(reasons).toHaveLength(4);
    expect(reasons[2]).toContain('list on events in the namespace shop');
  });

  it('is unavailable when what answers is no Kubernetes', async () => {
    const opened = await openedCluster([{ ...deployment({ name: 'odd' }), spec: { selector: 'none' } }]);
    await expect(workloadsOf(opened).status({ service: 'odd' }, call())).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('the status of a whole cluster', () => {
  it('lists the ill workloads only, and pods of jobs and of nobody', async () => {
    const alone = { ...pod('lonely', 'x', 'y', crashed) };
    const job = { ...pod('report-29000000', 'x', 'y', { phase: 'Failed', conditions: [] }) };
    const owned = (kind: string, name: string) => [
      { apiVersion: 'batch/v1', kind, name, uid: 'u', controller: true },
    ];
    const { data, truncation, hints } = await workloadsOf(
      await openedCluster([
        ...shop,
        { ...alone, metadata: { ...alone.metadata, ownerReferences: [] } },
        { ...job, metadata: { ...job.metadata, ownerReferences: owned('Job', 'report-29000000') } },
      ]),
    ).status({}, call());
    expect(data.map(({ kind, name, reason }) => [kind, name, reason])).toEqual([
      ['Pod', 'shop/lonely-x-y', '1 pod CrashLoopBackOff, last exit OOMKilled (137)'],
      ['Deployment', 'shop/checkout', '1 pod CrashLoopBackOff, last exit OOMKilled (137)'],
      ['CronJob', 'shop/report', '1 pod Failed'],
    ]);
    expect(truncation).toMatchObject({ returned: 3, total: 4, more: false });
    expect(hints).toEqual(['3 of 6 pods are not well: 2 CrashLoopBackOff, 1 Failed.']);
  });

  it('reads 5,000 pods a page at a time, one request after the other, and answers briefly', async () => {
    const made = generateCluster({ pods: 5_000, seed: 7, now });
    const opened = await openedCluster(made.filter(({ kind }) => kind === 'Pod' || kind === 'Deployment'));
    const { data } = await workloadsOf(opened).status({ limit: 50 }, call());
    const lists = opened.cluster.requests;
    expect(lists.every(({ query }) => query.limit === '50')).toBe(true);
    // Each page but the first carries the token of the one before, which is how one sees their order.
    const pods = lists.filter(({ path }) => path === '/api/v1/pods');
    expect(pods.length).toBeGreaterThanOrEqual(100);
    expect(pods.slice(1).every(({ query }) => (query.continue ?? '') !== '')).toBe(true);
    expect(lists.length).toBeLessThan(pods.length + 30);
    expect(data.length).toBeGreaterThan(0);
    expect(data.every(({ pods: shown }) => shown.length <= 3)).toBe(true);
    expect(JSON.stringify(data).length).toBeLessThan(60_000);
  }, 180_000);

  it('says that nothing runs where nothing does', async () => {
    const { data, hints } = await workloadsOf(await openedCluster()).status({}, call());
    expect(data).toEqual([]);
    expect(hints).toEqual(['No pods run here: check the context and namespaces of the Kubernetes backend.']);
  });
});

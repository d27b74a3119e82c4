import { describe, expect, it } from 'vitest';
import { autoscaler, budget, deployment, namespace, openShop, settled, workload } from './shop.js';

describe('planning to scale', () => {
  it('shows the change and nothing of secrets, and is the same when planned again', async () => {
    const env = [{ name: 'DB_PASSWORD', value: 'hunter2-hunter2' }];
    const { plans, context } = await openShop([deployment({ container: { env } })]);
    const { plan, current, next } = await plans.planScale({ service: 'checkout', replicas: 5 }, context);
    expect(plan.summary).toBe('Scale checkout from 3 to 5 replicas (Deployment shop/checkout)');
    expect(plan.diff).toContain('-  replicas: 3\n+  replicas: 5\n');
    expect(JSON.stringify(plan)).not.toContain('hunter2');
    expect([current.replicas, next.replicas]).toEqual([3, 5]);
    const later = { ...context, now: new Date('2026-05-04T12:20:00Z') };
    const again = await plans.planScale({ service: 'checkout', replicas: 5 }, later);
    expect(JSON.stringify(again.plan)).toBe(JSON.stringify(plan));
  });

  it('is the same plan whether or not the reading credential may dry-run', async () => {
    const objects = [deployment({ spec: { strategy: { type: 'Recreate' } } })].map((one) => ({
      ...one,
      metadata: { ...one.metadata, uid: 'uid-of-checkout' },
    }));
    const plansOf = async (planner: 'admin' | 'reader') => {
      const shop = await openShop(objects, { planner, controllers: false });
      const { plan } = await shop.plans.planScale({ service: 'checkout', replicas: 5 }, shop.context);
      const dryRuns = shop.cluster.requests.filter(({ query }) => query.dryRun === 'All');
      return { plan, dryRuns: dryRuns.length };
    };
    const [strong, weak] = [await plansOf('admin'), await plansOf('reader')];
    expect(strong.plan).toEqual(weak.plan);
    expect([strong.dryRuns, weak.dryRuns]).toEqual([1, 0]);
  });

  it('leaves no trace in the cluster', async () => {
    const shop = await openShop([deployment()], { planner: 'admin' });
    await settled(shop);
    const before = shop.cluster.get('Deployment', namespace, 'checkout');
    await shop.plans.planScale({ service: 'checkout', replicas: 5 }, shop.context);
    await shop.plans.planRestart({ service: 'checkout' }, shop.context);
    expect(shop.cluster.get('Deployment', namespace, 'checkout')).toEqual(before);
    expect(shop.writes()).toEqual([]);
  });

  it('warns of an autoscaler within its limits, and refuses beyond them', async () => {
    const { plans, context } = await openShop([deployment(), autoscaler(2, 6)]);
    const { plan } = await plans.planScale({ service: 'checkout', replicas: 5 }, context);
    expect(plan.warnings).toContain('The autoscaler checkout (2 to 6) may move away from 5 at any time.');
    expect(plan.observed).toMatchObject({ autoscaler: { min: 2, max: 6 } });
    for (const replicas of [1, 7])
      await expect(plans.planScale({ service: 'checkout', replicas }, context)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('from 2 to 6'),
      });
    const off = await plans.planScale({ service: 'checkout', replicas: 0 }, context);
    expect(off.plan.warnings?.[0]).toContain('stops working');
  });

  it('says how many pods a quota leaves room for, and which budget would block evictions', async () => {
    const quota = {
      ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'compute', namespace } },
      spec: { hard: { 'requests.cpu': '2' } },
      status: { hard: { 'requests.cpu': '2' }, used: { 'requests.cpu': '1500m' } },
    };
    const container = { resources: { requests: { cpu: '250m' } } };
    const { plans, context } = await openShop([deployment({ container }), quota, budget(2)], {
      controllers: false,
    });
    const up = await plans.planScale({ service: 'checkout', replicas: 8 }, context);
    expect(up.plan.warnings).toContain(
      'The quota compute leaves room for 2 of 5 new pods (requests.cpu); the others would not be created.',
    );
    const down = await plans.planScale({ service: 'checkout', replicas: 2 }, context);
    expect(down.plan.warnings?.[0]).toContain('no pod may be evicted');
    expect(down.plan.warnings?.[0]).toContain('at least 2 available (disruption budget checkout)');
  });

  it('refuses what would change nothing, what has no replicas, and what it does not know', async () => {
    const { plans, context } = await openShop([deployment(), workload('DaemonSet', { name: 'agent' })], {
      controllers: false,
    });
    const scale = (service: string, replicas: number) => plans.planScale({ service, replicas }, context);
    await expect(scale('checkout', 3)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(scale('checkout', 1.5)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(scale('agent', 3)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(scale('chekout', 3)).rejects.toMatchObject({
      code: 'not_found',
      details: { known: expect.arrayContaining(['checkout']) },
    });
  });

  it('asks which workload is meant where a service runs as several', async () => {
    const labels = { 'app.kubernetes.io/name': 'orders' };
    const { plans, context } = await openShop(
      [deployment({ name: 'orders-web', labels }), deployment({ name: 'orders-jobs', labels })],
      { controllers: false },
    );
    await expect(plans.planScale({ service: 'orders', replicas: 5 }, context)).rejects.toMatchObject({
      code: 'invalid_input',
      hint: expect.stringContaining('Deployment shop/orders-jobs'),
    });
  });

  it('names who else keeps the workload as it is declared', async () => {
    const managed = deployment({
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/checkout' },
    });
    const { plans, context } = await openShop([managed], { controllers: false });
    const { plan } = await plans.planScale({ service: 'checkout', replicas: 5 }, context);
    expect(plan.warnings?.join('\n')).toContain('Argo CD manages this workload and will undo this');
    expect(plan.warnings?.join('\n')).toContain('Helm manages this workload');
  });
});

describe('scaling', () => {
  it('is applied, watched to its end and read back', async () => {
    const shop = await openShop([deployment()]);
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 5 }, shop.context);
    const outcome = await shop.apply(planned);
    expect(outcome).toMatchObject({ verified: true, observed: { replicas: 5, ready: 5 } });
    expect(shop.replicasOf()).toBe(5);
    expect(shop.progress.at(-1)).toBe('5 of 5');
    expect(shop.writes()).toEqual(['PATCH deployments/checkout']);
  });

  it('happens once for one key, however often it is asked for', async () => {
    const shop = await openShop([deployment()]);
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    const first = await shop.apply(planned);
    expect(await shop.executor().apply(planned)).toEqual(first);
    expect(shop.writes()).toHaveLength(1);
  });

  it('works for a StatefulSet', async () => {
    const shop = await openShop([workload('StatefulSet')]);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 2 }, shop.context);
    expect(planned.plan.warnings?.join()).toContain('Pods 2 to 2 go');
    await shop.until(() => shop.podNames().length === 3);
    expect(await shop.apply(planned)).toMatchObject({ verified: true, observed: { replicas: 2 } });
  });

  it('is not verified when something else has moved the replicas meanwhile', async () => {
    const shop = await openShop([deployment()]);
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    await shop.apply(planned);
    const live = shop.cluster.get('Deployment', namespace, 'checkout');
    if (live) shop.cluster.put({ ...live, spec: { ...Object(live.spec), replicas: 6 } });
    await settled(shop, 6);
    expect(await shop.apply(planned)).toMatchObject({
      verified: false,
      summary: expect.stringContaining('changed again since'),
    });
    expect(shop.writes()).toHaveLength(1);
  });
});

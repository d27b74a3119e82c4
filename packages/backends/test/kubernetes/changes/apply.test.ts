import { describe, expect, it } from 'vitest';
import {
  autoscaler,
  deployment,
  namespace,
  openSecondVersion,
  openShop,
  type Shop,
  settled,
} from './shop.js';

const live = ({ cluster }: Shop) => {
  const found = cluster.get('Deployment', namespace, 'checkout');
  if (found === undefined) throw new Error('the Deployment is gone');
  return found;
};
const touchStatus = (shop: Shop) =>
  shop.cluster.put({ ...live(shop), status: { ...Object(live(shop).status), collisionCount: 1 } });
const setReplicas = (shop: Shop, replicas: number) =>
  shop.cluster.put({ ...live(shop), spec: { ...Object(live(shop).spec), replicas } });

describe('a plan that has become stale', () => {
  it('is applied all the same when only the status has moved', async () => {
    const shop = await openShop([deployment()]);
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    const before = live(shop).metadata.resourceVersion;
    touchStatus(shop);
    expect(live(shop).metadata.resourceVersion).not.toBe(before);
    const again = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    expect(again.plan).toEqual(planned.plan);
    expect((await shop.apply(planned)).verified).toBe(true);
  });

  it.each<[string, (shop: Shop) => unknown]>([
    ['the replicas', (shop) => setReplicas(shop, 6)],
    [
      'the template',
      (shop) =>
        shop.cluster.put({
          ...deployment({ image: 'registry.example.com/checkout:9' }),
          metadata: { ...live(shop).metadata },
        }),
    ],
    [
      'the object itself, made anew',
      (shop) => {
        shop.cluster.remove('Deployment', namespace, 'checkout');
        shop.cluster.put(deployment());
      },
    ],
    ['its existence', (shop) => shop.cluster.remove('Deployment', namespace, 'checkout')],
  ])('is refused when it is %s that changed', async (_, change) => {
    const shop = await openShop([deployment()]);
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    change(shop);
    await expect(shop.apply(planned)).rejects.toMatchObject({ code: 'conflict' });
    expect(shop.writes()).toEqual([]);
  });

  it('stands while an autoscaler moves the replicas, where they do not matter', async () => {
    const shop = await openShop([deployment(), autoscaler(2, 8)]);
    await settled(shop);
    const restart = await shop.plans.planRestart({ service: 'checkout' }, shop.context);
    const scale = await shop.plans.planScale({ service: 'checkout', replicas: 6 }, shop.context);
    setReplicas(shop, 5);
    await settled(shop, 5);
    const again = await shop.plans.planRestart({ service: 'checkout' }, shop.context);
    expect(JSON.stringify(again.plan)).toBe(JSON.stringify(restart.plan));
    await expect(shop.apply(scale, 'key-of-the-scaling')).rejects.toMatchObject({ code: 'conflict' });
    expect(await shop.apply(restart)).toMatchObject({ verified: true, observed: { ready: 5 } });
  });

  it('is refused for what was not planned here', async () => {
    const shop = await openShop([deployment()], { controllers: false });
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    const change = (facts: object) => ({ plan: { change: { ...planned.plan.change, ...facts } } });
    for (const facts of [{ format: 'another' }, { name: '../../secrets/x' }, { extra: 1 }, { to: -1 }])
      await expect(shop.apply(change(facts))).rejects.toMatchObject({ code: 'invalid_input' });
    expect(shop.writes()).toEqual([]);
  });
});

describe('races', () => {
  it('are lost with a conflict when somebody writes between reading and writing', async () => {
    let interfere: (() => unknown) | undefined;
    const shop = await openShop([deployment()], {
      gate: ({ method, dryRun }) => {
        if (method === 'PATCH' && !dryRun) interfere?.();
        return 'pass';
      },
    });
    await settled(shop);
    interfere = () => touchStatus(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    await expect(shop.apply(planned)).rejects.toMatchObject({ code: 'conflict' });
    expect(shop.replicasOf()).toBe(3);
    expect(shop.writes()).toEqual(['PATCH deployments/checkout']);
  });

  it('of two proposals for one service apply one of them', async () => {
    const shop = await openShop([deployment()]);
    await settled(shop);
    const [up, down] = await Promise.all([
      shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context),
      shop.plans.planScale({ service: 'checkout', replicas: 2 }, shop.context),
    ]);
    const ends = await Promise.allSettled([
      shop.executor().apply(up, 'key-of-the-first'),
      shop.executor().apply(down, 'key-of-the-second'),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = ends.find((end) => end.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'conflict' });
  });

  it('of two processes with one proposal end in one write and one outcome', async () => {
    const shop = await openShop([deployment()]);
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 5 }, shop.context);
    const [one, other] = await Promise.all([shop.executor().apply(planned), shop.executor().apply(planned)]);
    expect(one).toEqual(other);
    expect(one.verified).toBe(true);
    expect(live(shop).metadata.generation).toBe(2);
  });
});

describe('lost contact', () => {
  it('before the write says that nothing was changed', async () => {
    let down = false;
    const shop = await openShop([deployment()], { gate: () => (down ? 'cut-before' : 'pass') });
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    down = true;
    await expect(shop.apply(planned)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Nothing was changed.'),
      details: { nothingChanged: true },
    });
  });

  it('while the write was answered is settled by looking: it had arrived', async () => {
    const shop = await openShop([deployment()], {
      gate: ({ method, dryRun }) => (method === 'PATCH' && !dryRun ? 'cut-after' : 'pass'),
    });
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    expect((await shop.apply(planned)).verified).toBe(true);
    expect(shop.writes()).toEqual(['PATCH deployments/checkout']);
  });

  it('of a write that cannot be seen is left open, and the write is not repeated', async () => {
    let sent = 0;
    const shop = await openShop([deployment()], {
      gate: ({ method, dryRun }) => {
        if (method !== 'PATCH' || dryRun) return 'pass';
        sent += 1;
        return 'cut-before';
      },
    });
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    const error = await shop.apply(planned).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('may have been made'),
    });
    expect(error).not.toHaveProperty('details.nothingChanged', true);
    expect(sent).toBe(1);
  });

  it('while the rollout is watched is never told as a refusal', async () => {
    let written = false;
    const shop = await openShop([deployment()], {
      gate: ({ method, dryRun }) => {
        if (method === 'PATCH' && !dryRun) written = true;
        return written && method === 'GET' ? 'cut-before' : 'pass';
      },
    });
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    await expect(shop.apply(planned)).rejects.toMatchObject({ code: 'unavailable' });
    expect(shop.replicasOf()).toBe(4);
  });
});

describe('a rollout', () => {
  it('that outlasts the watching is told as still going on, with why', async () => {
    const shop = await openSecondVersion([], {
      second: 'crash',
      watch: { longestMs: 150, patience: 1_000 },
    });
    const planned = await shop.plans.planRestart({ service: 'checkout' }, shop.context);
    expect(await shop.apply(planned)).toMatchObject({
      verified: false,
      summary: expect.stringMatching(/still going on: the pod checkout-\S+ is in CrashLoopBackOff/),
    });
  });

  it('whose workload is deleted meanwhile is told as that', async () => {
    let written = false;
    const shop = await openShop([deployment()], {
      gate: ({ method, path, dryRun }) => {
        if (written && path.endsWith('/deployments/checkout')) removed();
        written ||= method === 'PATCH' && !dryRun;
        return 'pass';
      },
    });
    const removed = () => shop.cluster.remove('Deployment', namespace, 'checkout');
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 5 }, shop.context);
    expect(await shop.apply(planned)).toMatchObject({
      verified: false,
      summary: expect.stringContaining('was deleted meanwhile'),
      observed: { generation: null },
    });
  });
});

describe('rights', () => {
  it('of the manifests suffice for everything, no secret is asked for and nothing is deleted', async () => {
    const shop = await openSecondVersion();
    const one = async (planned: Promise<{ plan: { change: object } }>, key: string) =>
      expect((await shop.apply(await planned, key)).verified).toBe(true);
    await one(shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context), 'key-of-the-scaling');
    await one(shop.plans.planRestart({ service: 'checkout' }, shop.context), 'key-of-the-restart');
    await one(
      shop.plans.planRollback({ service: 'checkout', revision: '1' }, shop.context),
      'key-of-the-rollback',
    );
    await shop.until(() => shop.podNames().length === 4);
    const [pod = ''] = shop.podNames();
    await one(shop.plans.planRestart({ service: 'checkout', pod }, shop.context), 'key-of-the-eviction');
    const { requests } = shop.cluster;
    expect(requests.filter(({ path }) => path.includes('/secrets') || path.includes('/exec'))).toEqual([]);
    expect([...new Set(requests.map(({ method }) => method))].sort()).toEqual(['GET', 'PATCH', 'POST']);
  });

  it('that are missing are named, and nothing is changed', async () => {
    const shop = await openShop([deployment()]);
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 4 }, shop.context);
    shop.cluster.allow('executor', [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }]);
    await expect(shop.apply(planned)).rejects.toMatchObject({
      code: 'denied',
      hint: 'The credential needs patch on deployments.apps in the namespace shop.',
    });
    expect(shop.replicasOf()).toBe(3);
  });

  it('are exactly those of the executor: each is used', async () => {
    const shop = await openSecondVersion([], { second: 'crash' });
    const planned = await shop.plans.planRestart({ service: 'checkout' }, shop.context);
    expect(await shop.apply(planned)).toMatchObject({
      verified: false,
      summary: expect.stringMatching(/CrashLoopBackOff/),
    });
    const used = shop.cluster.requests.filter(({ user }) => user === 'executor');
    const kinds = new Set(used.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`));
    expect([...kinds].sort()).toEqual(['GET checkout', 'GET pods', 'GET replicasets', 'PATCH checkout']);
  });
});

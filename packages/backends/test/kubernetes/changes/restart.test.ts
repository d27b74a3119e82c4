import { describe, expect, it } from 'vitest';
import { budget, deployment, namespace, openShop, settled, workload } from './shop.js';

describe('planning to restart', () => {
  it('says how pods are replaced, and plans the same without a clock', async () => {
    const { plans, context } = await openShop([deployment(), budget(2)], { controllers: false });
    const { plan } = await plans.planRestart({ service: 'checkout' }, context);
    expect(plan.diff).toContain('+        kubectl.kubernetes.io/restartedAt: (time of the restart)\n');
    expect(plan.warnings).toContain('At a time at most 0 unavailable and 1 more than wanted.');
    expect(plan.warnings).toContain(
      'A rollout does not ask the disruption budget: at least 2 available (disruption budget checkout).',
    );
    const later = { ...context, now: new Date('2026-05-04T12:20:00Z') };
    const again = await plans.planRestart({ service: 'checkout' }, later);
    expect(JSON.stringify(again.plan)).toBe(JSON.stringify(plan));
  });

  it('refuses where a new template would not reach the pods', async () => {
    const { plans, context } = await openShop(
      [
        deployment({ spec: { paused: true } }),
        workload('StatefulSet', { name: 'ledger', spec: { updateStrategy: { type: 'OnDelete' } } }),
      ],
      { controllers: false },
    );
    await expect(plans.planRestart({ service: 'checkout' }, context)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('paused'),
    });
    await expect(plans.planRestart({ service: 'ledger' }, context)).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('restart_pod'),
    });
  });

  it('says that there is no capacity while a Recreate goes on', async () => {
    const { plans, context } = await openShop([deployment({ spec: { strategy: { type: 'Recreate' } } })], {
      controllers: false,
    });
    const { plan } = await plans.planRestart({ service: 'checkout' }, context);
    expect(plan.warnings?.[0]).toContain('every pod ends before the first new one starts');
  });
});

describe('restarting', () => {
  it('replaces every pod, with the time of the restart and not of the plan', async () => {
    const shop = await openShop([deployment()]);
    await settled(shop);
    const before = shop.podNames();
    const planned = await shop.plans.planRestart({ service: 'checkout' }, shop.context);
    const outcome = await shop.apply(planned);
    expect(outcome.verified).toBe(true);
    await shop.until(() => shop.podNames().length === 3);
    expect(shop.podNames().filter((name) => before.includes(name))).toEqual([]);
    const template = JSON.stringify(shop.cluster.get('Deployment', namespace, 'checkout')?.spec);
    expect(template).toContain('"kubectl.kubernetes.io/restartedAt":"2026-05-04T12:00:00Z"');
    expect(await shop.apply(planned)).toEqual(outcome);
    expect(shop.writes()).toEqual(['PATCH deployments/checkout']);
  });

  it('replaces them again when it is planned again, within the same second too', async () => {
    const shop = await openShop([deployment()]);
    await settled(shop);
    await shop.apply(await shop.plans.planRestart({ service: 'checkout' }, shop.context), 'key-of-the-first');
    const between = shop.podNames();
    const second = await shop.plans.planRestart({ service: 'checkout' }, shop.context);
    expect((await shop.apply(second, 'key-of-the-second')).verified).toBe(true);
    await shop.until(() => shop.podNames().length === 3);
    expect(shop.podNames().filter((name) => between.includes(name))).toEqual([]);
  });
});

describe('restarting one pod', () => {
  it('evicts exactly that pod and waits for another in its place', async () => {
    const shop = await openShop([deployment(), budget(2)]);
    await settled(shop);
    await shop.until(
      () => shop.cluster.get('PodDisruptionBudget', namespace, 'checkout')?.status !== undefined,
    );
    const [pod = '', ...others] = shop.podNames();
    const planned = await shop.plans.planRestart({ service: 'checkout', pod }, shop.context);
    expect(planned.plan.warnings).toContain(
      'The eviction respects at least 2 available (disruption budget checkout).',
    );
    const outcome = await shop.apply(planned);
    expect(outcome).toMatchObject({ verified: true, observed: { gone: true, ready: 3, wanted: 3 } });
    expect(shop.podNames()).not.toContain(pod);
    expect(shop.podNames()).toEqual(expect.arrayContaining([...others]));
    expect(await shop.apply(planned)).toEqual(outcome);
    expect(shop.writes()).toEqual([`POST ${pod}/eviction`]);
  });

  it('refuses while the disruption budget allows none, when planned and when applied', async () => {
    const shop = await openShop([deployment(), budget(2)]);
    await settled(shop);
    const budgetOf = () => shop.cluster.get('PodDisruptionBudget', namespace, 'checkout');
    await shop.until(() => JSON.stringify(budgetOf()?.status ?? {}).includes('"disruptionsAllowed":1'));
    const [pod = ''] = shop.podNames();
    const planned = await shop.plans.planRestart({ service: 'checkout', pod }, shop.context);
    shop.cluster.put({ ...budget(3), metadata: { ...budgetOf()?.metadata } });
    await shop.until(() => JSON.stringify(budgetOf()?.status ?? {}).includes('"disruptionsAllowed":0'));
    const refused = { code: 'conflict', message: expect.stringContaining('disruption budget') };
    await expect(shop.apply(planned)).rejects.toMatchObject(refused);
    await expect(shop.plans.planRestart({ service: 'checkout', pod }, shop.context)).rejects.toMatchObject(
      refused,
    );
    expect(shop.podNames()).toContain(pod);
  });

  it("refuses another service's pod, one without a controller, and one that is not there", async () => {
    const bare = {
      ...{
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'checkout-debug', namespace, labels: { app: 'checkout' } },
      },
      spec: { containers: [{ name: 'sh', image: 'registry.example.com/sh:1' }] },
    };
    const shop = await openShop([deployment(), deployment({ name: 'ledger' }), bare]);
    await settled(shop);
    await shop.until(() => shop.podNames().length === 7);
    const plan = (pod: string) => shop.plans.planRestart({ service: 'checkout', pod }, shop.context);
    const foreign = shop.podNames().find((name) => name.startsWith('ledger')) ?? '';
    await expect(plan(foreign)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(plan('checkout-debug')).rejects.toMatchObject({ code: 'conflict' });
    await expect(plan('checkout-none')).rejects.toMatchObject({ code: 'not_found' });
    await expect(plan('../secrets/x')).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('is not applied to a pod of the same name that was made since', async () => {
    const shop = await openShop([workload('StatefulSet')]);
    await shop.until(() => shop.podNames().length === 3);
    const planned = await shop.plans.planRestart({ service: 'checkout', pod: 'checkout-1' }, shop.context);
    const first = shop.cluster.get('Pod', namespace, 'checkout-1')?.metadata.uid;
    shop.cluster.remove('Pod', namespace, 'checkout-1');
    const uid = () => shop.cluster.get('Pod', namespace, 'checkout-1')?.metadata.uid ?? first;
    await shop.until(() => uid() !== first);
    const second = uid();
    const outcome = await shop.apply(planned);
    expect(outcome).toMatchObject({ verified: true, observed: { gone: true } });
    expect(uid()).toBe(second);
    expect(shop.writes()).toEqual([]);
  });
});

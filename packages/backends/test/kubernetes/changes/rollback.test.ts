import { describe, expect, it } from 'vitest';
import { deployment, namespace, openSecondVersion, openShop, settled, workload } from './shop.js';

const revisionOf = (shop: Awaited<ReturnType<typeof openSecondVersion>>, number: string) =>
  shop.cluster
    .list('ReplicaSet', namespace)
    .find(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'] === number)?.metadata
    .name ?? '';

describe('planning a rollback', () => {
  it('shows the template of that revision again, by number or by name', async () => {
    const shop = await openSecondVersion();
    const { plan, current, next } = await shop.plans.planRollback(
      { service: 'checkout', revision: '1' },
      shop.context,
    );
    expect(plan.diff).toContain('-        - image: registry.example.com/checkout:2\n');
    expect(plan.diff).toContain('+        - image: registry.example.com/checkout:1\n');
    expect(plan.diff).not.toContain('pod-template-hash');
    expect([current.image, next.image]).toEqual([
      'registry.example.com/checkout:2',
      'registry.example.com/checkout:1',
    ]);
    const byName = { service: 'checkout', revision: revisionOf(shop, '1') };
    expect((await shop.plans.planRollback(byName, shop.context)).plan).toEqual(plan);
    expect(current.revision).toBe(revisionOf(shop, '2'));
  });

  it('refuses what runs now and what is not kept any more', async () => {
    const shop = await openSecondVersion();
    const plan = (revision: string) =>
      shop.plans.planRollback({ service: 'checkout', revision }, shop.context);
    await expect(plan('2')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(plan('17')).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('revisionHistoryLimit 10'),
      details: { known: [revisionOf(shop, '2'), revisionOf(shop, '1')] },
    });
  });

  it('keeps secret values out of the plan, which only names where the template is kept', async () => {
    const env = [{ name: 'API_TOKEN', value: 'hunter2-hunter2' }];
    const shop = await openSecondVersion([], { facts: { container: { env } } });
    const { plan, next } = await shop.plans.planRollback(
      { service: 'checkout', revision: '1' },
      shop.context,
    );
    expect(JSON.stringify({ plan, next })).not.toContain('hunter2');
  });

  it('says what is not part of a revision: maps that are gone, secrets that nobody reads', async () => {
    const from = [
      { configMapRef: { name: 'checkout-settings' } },
      { secretRef: { name: 'checkout-database' } },
    ];
    const shop = await openShop([deployment({ container: { envFrom: from } })], { planner: 'admin' });
    await settled(shop);
    const live = shop.cluster.get('Deployment', namespace, 'checkout');
    const second = deployment({ image: 'registry.example.com/checkout:2' });
    shop.cluster.put({ ...second, metadata: { ...live?.metadata } });
    await shop.until(() => shop.cluster.list('ReplicaSet', namespace).length === 2);
    const { plan } = await shop.plans.planRollback({ service: 'checkout', revision: '1' }, shop.context);
    const warnings = plan.warnings?.join('\n') ?? '';
    expect(warnings).toContain('The ConfigMap checkout-settings that this revision needs is gone');
    expect(warnings).toContain('Needs secrets that checkout does not refer to now: checkout-database.');
    expect(shop.cluster.requests.filter(({ path }) => path.includes('/secrets'))).toEqual([]);
  });

  it('says when the image is the same, and warns where Helm or Flux would undo it', async () => {
    const env = (value: string) => ({ env: [{ name: 'MODE', value }] });
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'shop' };
    const shop = await openShop([deployment({ container: env('a'), labels })]);
    await settled(shop);
    const live = shop.cluster.get('Deployment', namespace, 'checkout');
    shop.cluster.put({ ...deployment({ container: env('b'), labels }), metadata: { ...live?.metadata } });
    await shop.until(() => shop.cluster.list('ReplicaSet', namespace).length === 2);
    const { plan } = await shop.plans.planRollback({ service: 'checkout', revision: '1' }, shop.context);
    expect(plan.warnings).toContain(
      'The images of that revision are those that run now: only settings go back.',
    );
    expect(plan.warnings?.join()).toContain('Flux manages this workload and will undo this');
  });
});

describe('rolling back', () => {
  it('brings the earlier template back and is verified when its pods run', async () => {
    const shop = await openSecondVersion();
    const planned = await shop.plans.planRollback({ service: 'checkout', revision: '1' }, shop.context);
    const outcome = await shop.apply(planned);
    expect(outcome).toMatchObject({ verified: true, observed: { ready: 3, updated: 3 } });
    expect(shop.imageOf()).toBe('checkout:1');
    expect(revisionOf(shop, '3')).not.toBe('');
    expect(await shop.apply(planned)).toEqual(outcome);
    expect(shop.writes()).toEqual(['PATCH deployments/checkout']);
  });

  it('goes back from a rollout that is stuck on a broken image', async () => {
    const shop = await openSecondVersion([], { second: 'broken' });
    const planned = await shop.plans.planRollback({ service: 'checkout', revision: '1' }, shop.context);
    expect((await shop.apply(planned)).verified).toBe(true);
    expect(shop.imageOf()).toBe('checkout:1');
  });

  it.each(['broken', 'crash'])(
    'onto a version whose pods do not start (%s) is not verified, with the reason',
    async (bad) => {
      const shop = await openShop([deployment({ image: `registry.example.com/checkout:${bad}` })]);
      await shop.until(() => shop.podNames().length === 3);
      const live = shop.cluster.get('Deployment', namespace, 'checkout');
      shop.cluster.put({
        ...deployment({ image: 'registry.example.com/checkout:2' }),
        metadata: { ...live?.metadata },
      });
      await settled(shop);
      const planned = await shop.plans.planRollback({ service: 'checkout', revision: '1' }, shop.context);
      const outcome = await shop.apply(planned);
      expect(outcome.verified).toBe(false);
      expect(outcome.summary).toMatch(bad === 'crash' ? /CrashLoopBackOff/ : /ImagePullBackOff|deadline/);
      expect(shop.writes()).toHaveLength(1);
    },
  );

  it('is refused when the revision has gone meanwhile', async () => {
    const shop = await openSecondVersion();
    const planned = await shop.plans.planRollback({ service: 'checkout', revision: '1' }, shop.context);
    shop.cluster.remove('ReplicaSet', namespace, revisionOf(shop, '1'));
    await expect(shop.apply(planned)).rejects.toMatchObject({ code: 'conflict' });
    expect(shop.imageOf()).toBe('checkout:2');
  });

  it('reads the revisions of a StatefulSet', async () => {
    const set = workload('StatefulSet', { image: 'registry.example.com/checkout:2' });
    const uid = 'uid-of-the-set';
    const template = workload('StatefulSet').spec as { template: Record<string, unknown> };
    const revision = {
      ...{ apiVersion: 'apps/v1', kind: 'ControllerRevision', revision: 1 },
      metadata: {
        ...{ name: 'checkout-7c9d', namespace, labels: { app: 'checkout' } },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'checkout', uid, controller: true },
        ],
      },
      data: { spec: { template: { ...template.template, $patch: 'replace' } } },
    };
    const shop = await openShop([{ ...set, metadata: { ...set.metadata, uid } }, revision], {
      controllers: false,
    });
    const { plan } = await shop.plans.planRollback(
      { service: 'checkout', revision: 'checkout-7c9d' },
      shop.context,
    );
    expect(plan.diff).toContain('+        - image: registry.example.com/checkout:1\n');
    expect(plan.diff).not.toContain('$patch');
    expect(plan.warnings?.join()).toContain('waits for each pod to become ready');
  });
});

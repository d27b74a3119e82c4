import { describe, expect, it } from 'vitest';
import { deployment, openShop, settled } from './shop.js';

const refusals = [
  [403, 'denied', 'An admission policy of the cluster refuses this change.'],
  [422, 'invalid_input', 'The API server or an admission policy refuses this change.'],
] as const;

describe('what admission refuses', () => {
  it.each(refusals)(
    'with %i is refused while planning, where the reader may ask',
    async (status, code, message) => {
      const shop = await openShop([deployment()], {
        planner: 'admin',
        gate: ({ dryRun }) => (dryRun ? status : 'pass'),
      });
      const plans = [
        shop.plans.planScale({ service: 'checkout', replicas: 5 }, shop.context),
        shop.plans.planRestart({ service: 'checkout' }, shop.context),
      ];
      for (const plan of plans) await expect(plan).rejects.toMatchObject({ code, message });
    },
  );

  it.each(refusals)('with %i is refused before anything is written', async (status, code, message) => {
    const shop = await openShop([deployment()], { gate: ({ dryRun }) => (dryRun ? status : 'pass') });
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 5 }, shop.context);
    const error = await shop.apply(planned).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message });
    expect(JSON.stringify(error)).not.toContain('said by a webhook');
    expect(shop.writes()).toEqual([]);
  });

  it('at the write itself is a refusal and no unknown end', async () => {
    const shop = await openShop([deployment()], {
      gate: ({ method, dryRun }) => (method === 'PATCH' && !dryRun ? 422 : 'pass'),
    });
    await settled(shop);
    const planned = await shop.plans.planScale({ service: 'checkout', replicas: 5 }, shop.context);
    await expect(shop.apply(planned)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(shop.replicasOf()).toBe(3);
  });
});

import type { DeploymentsApi } from '@devops-mcp/domain';
import { fakeDeployments } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { openConfigChange } from '../src/actions/open-config-change.js';
import { restartService } from '../src/actions/restart-service.js';
import { scaleService } from '../src/actions/scale-service.js';
import { catalog, context, desired, history } from './shop.js';

const where = { environment: 'production', service: 'payments-api' };
const target = { environment: 'production', services: ['payments-api'] };

function ports(state = desired()) {
  return { deployments: fakeDeployments({ deployments: history, desired: [state] }), services: catalog };
}

describe('scale_service', () => {
  const plan = (replicas: number, state = desired()) =>
    scaleService.plan({ input: { ...where, replicas }, target, ports: ports(state), ...context });

  it('measures what a change of replicas touches, on what is desired now', async () => {
    expect((await plan(6)).blastRadius).toEqual({
      replicas: 6,
      replicasAdded: 2,
      services: 1,
      dependents: 2,
    });
    expect((await plan(3)).blastRadius).toMatchObject({ replicasAdded: 1, capacityRemovedShare: 0.25 });
    expect((await plan(6)).reversal).toMatchObject({ how: expect.stringContaining('back to 4') });
    const scaled = desired({ replicas: null, autoscaler: { min: 2, max: 8 } });
    expect((await plan(6, scaled)).blastRadius).toMatchObject({ replicasAdded: 4 });
  });

  it('stays within dimensions that it declares', async () => {
    for (const replicas of [0, 3, 6]) {
      const touched = Object.keys((await plan(replicas)).blastRadius);
      expect(touched.filter((dimension) => !(dimension in scaleService.blastRadius))).toEqual([]);
    }
  });

  it('is of tier 4 when production goes to zero', async () => {
    const tier = async (replicas: number, environmentClass: 'production' | 'staging') =>
      scaleService.classify?.({
        input: { ...where, replicas },
        target,
        environmentClass,
        plan: await plan(replicas),
      });
    expect(await tier(0, 'production')).toBe(4);
    expect(await tier(0, 'staging')).toBe(3);
    expect(await tier(1, 'production')).toBe(3);
  });

  it('applies its plan and nothing else, once', async () => {
    const used = ports();
    const planned = await scaleService.plan({
      input: { ...where, replicas: 6 },
      target,
      ports: used,
      ...context,
    });
    const call = {
      plan: planned,
      target,
      ports: used,
      idempotencyKey: 'key-12345',
      requestedBy: 'user:default/oncall',
      reason: 'load',
      ...context,
    };
    const outcome = await scaleService.apply(call);
    expect(await scaleService.apply(call)).toEqual(outcome);
    expect(used.deployments.applied).toEqual([planned.change]);
  });

  it('names the closest services for one that nobody knows', async () => {
    const input = { ...where, service: 'payment-api', replicas: 2 };
    await expect(scaleService.plan({ input, target, ports: ports(), ...context })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean payments-api?',
    });
  });

  it('refuses numbers that are none', () => {
    for (const replicas of [-1, 1.5, 501, '3'])
      expect(scaleService.input.safeParse({ ...where, replicas }).success).toBe(false);
  });
});

describe('restart_service', () => {
  it('counts every pod that an autoscaler may have started', async () => {
    const plan = (state = desired()) =>
      restartService.plan({ input: where, target, ports: ports(state), ...context });
    expect((await plan()).blastRadius).toEqual({ podsRestarted: 4, services: 1, dependents: 2 });
    const scaled = desired({ autoscaler: { min: 2, max: 9 } });
    expect((await plan(scaled)).blastRadius.podsRestarted).toBe(9);
  });
});

describe('open_config_change', () => {
  const plan = (set: string[], deployments: DeploymentsApi = ports().deployments) =>
    openConfigChange.plan({
      input: { ...where, set, title: 'Longer timeout' },
      target,
      ports: { deployments, services: catalog },
      ...context,
    });

  it('plans a branch for review, with values that may hold anything', async () => {
    const seen: unknown[] = [];
    const recording: DeploymentsApi = {
      ...ports().deployments,
      planConfigChange: async (query, call) => {
        seen.push(query.set);
        return ports().deployments.planConfigChange(query, call);
      },
    };
    const planned = await plan(['TIMEOUT_MS=30', 'URL=https://a.example.com/?b=c'], recording);
    expect(seen).toEqual([{ TIMEOUT_MS: '30', URL: 'https://a.example.com/?b=c' }]);
    expect(planned.blastRadius).toEqual({ filesChanged: 1, services: 1 });
    expect(openConfigChange.riskTier).toBe(2);
  });

  it('refuses what is no assignment, and a key that is set twice', async () => {
    await expect(plan(['TIMEOUT_MS'])).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(plan(['=5'])).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(plan(['A=1', 'A=2'])).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

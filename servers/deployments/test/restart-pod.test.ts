import type { CallContext } from '@devops-mcp/contract';
import type { DeploymentsApi } from '@devops-mcp/domain';
import { fakeDeployments } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { restartPod } from '../src/actions/restart-pod.js';
import { catalog, context, desired, history, workloads } from './shop.js';

const where = { environment: 'production', service: 'payments-api' };
const target = { environment: 'production', services: ['payments-api'] };

/** A backend that restarts single pods. */
const withPods: DeploymentsApi = {
  ...fakeDeployments({ deployments: history, desired: [desired()] }),
  planRestart: async ({ service, pod }) => ({
    plan: { change: { service, pod: pod ?? null }, observed: {}, summary: 'Restart', diff: '-pod' },
    current: desired(),
    next: desired(),
  }),
};

const plan = (pod: string, deployments = withPods, ready: typeof workloads | undefined = workloads) =>
  restartPod.plan({
    input: { ...where, pod },
    target,
    ports: { deployments, services: catalog, workloads: ready },
    ...context,
  });

describe('restart_pod', () => {
  it('measures the share of what is ready that goes with the pod', async () => {
    const { blastRadius, reversal } = await plan('pay-1');
    expect(blastRadius).toEqual({ podsRestarted: 1, capacityRemovedShare: 0.5, services: 1, dependents: 2 });
    expect(reversal).toMatchObject({ how: expect.stringContaining('temporary volumes is gone') });
  });

  it('takes nothing away with a pod that is not ready', async () => {
    expect((await plan('pay-2')).blastRadius.capacityRemovedShare).toBe(0);
  });

  it('counts by what is desired where nobody tells what is ready', async () => {
    const without = await restartPod.plan({
      input: { ...where, pod: 'pay-1' },
      target,
      ports: { deployments: withPods, services: catalog, workloads: undefined },
      ...context,
    });
    expect(without.blastRadius.capacityRemovedShare).toBe(0.25);
  });

  it('refuses over a backend that would restart every pod', async () => {
    const fake = fakeDeployments({ deployments: history, desired: [desired()] });
    const whole = {
      ...fake,
      planRestart: ({ service }: { service: string }, context: CallContext) =>
        fake.planRestart({ service }, context),
    };
    await expect(plan('pay-1', whole)).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('restart_service'),
    });
  });

  it('takes names of pods and nothing else', () => {
    for (const pod of ['', '../secrets', 'Pay-1', 'a/b', 'x'.repeat(254)])
      expect(restartPod.input.safeParse({ ...where, pod }).success).toBe(false);
    expect(restartPod.riskTier).toBe(3);
  });
});

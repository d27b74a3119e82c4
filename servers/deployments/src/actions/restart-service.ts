import { defineAction, environmentName, serviceName } from '@devops-mcp/contract';
import { askDeployments, countDependents, deploymentsPort, mostPods, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { rolloutTimeoutMs } from './rollout-timeout.js';

const reversal = {
  kind: 'reversible',
  how: 'Nothing but the pods is new, so there is nothing to put back; what they held in memory is gone.',
} as const;

export const restartService = defineAction({
  name: 'restart_service',
  title: 'Restart a service',
  description:
    'Starts every pod of a service anew, by its rollout strategy, with the same image and settings.',
  riskTier: 3,
  ports: { deployments: deploymentsPort, services: servicesPort },
  input: z.strictObject({ environment: environmentName, service: serviceName }),
  limits: { timeoutMs: rolloutTimeoutMs, outputBytes: 48_000 },
  environments: ['production', 'staging', 'development'],
  blastRadius: { podsRestarted: 200, services: 1, dependents: 500 },
  reversal,
  resolve: ({ input }) => ({ environment: input.environment, services: [input.service] }),
  async plan({ input, ports, signal, progress, now }) {
    const { service } = input;
    const context = { signal, progress, now };
    const { plan, current } = await askDeployments(service, ports, context, (api) =>
      api.planRestart({ service }, context),
    );
    return {
      ...plan,
      blastRadius: {
        podsRestarted: mostPods(current),
        services: 1,
        dependents: countDependents(service, ports.services),
      },
      reversal,
    };
  },
  apply: ({ plan, ports, idempotencyKey, reason, signal, progress, now }) =>
    ports.deployments.applyChange(
      { change: plan.change, idempotencyKey, message: reason },
      { signal, progress, now },
    ),
});

import { defineAction, environmentName, serviceName } from '@devops-mcp/contract';
import { askDeployments, countDependents, deploymentsPort, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { rolloutTimeoutMs } from './rollout-timeout.js';

export const scaleService = defineAction({
  name: 'scale_service',
  title: 'Scale a service',
  description:
    'Sets the desired number of replicas of a service. Warns of an autoscaler that would undo it. Zero in production needs break-glass.',
  riskTier: 3,
  ports: { deployments: deploymentsPort, services: servicesPort },
  input: z.strictObject({
    environment: environmentName,
    service: serviceName,
    replicas: z.number().int().min(0).max(500),
  }),
  limits: { timeoutMs: rolloutTimeoutMs, outputBytes: 48_000 },
  environments: ['production', 'staging', 'development'],
  blastRadius: { replicas: 500, replicasAdded: 100, capacityRemovedShare: 1, services: 1, dependents: 500 },
  reversal: { kind: 'reversible', how: 'Scale back to the number before, with scale_service.' },
  resolve: ({ input }) => ({ environment: input.environment, services: [input.service] }),
  classify: ({ input, environmentClass }) =>
    input.replicas === 0 && environmentClass === 'production' ? 4 : 3,
  async plan({ input, ports, signal, progress, now }) {
    const { service, replicas } = input;
    const context = { signal, progress, now };
    const { plan, current } = await askDeployments(service, ports, context, (api) =>
      api.planScale({ service, replicas }, context),
    );
    // Without a number of its own a workload runs what the autoscaler wants at least, or one.
    const before = current.replicas ?? current.autoscaler?.min ?? 1;
    return {
      ...plan,
      blastRadius: {
        replicas,
        replicasAdded: Math.abs(replicas - before),
        ...(replicas < before ? { capacityRemovedShare: (before - replicas) / before } : {}),
        services: 1,
        dependents: countDependents(service, ports.services),
      },
      reversal: { kind: 'reversible', how: `Scale back to ${before}, with scale_service.` },
    };
  },
  apply: ({ plan, ports, idempotencyKey, reason, signal, progress, now }) =>
    ports.deployments.applyChange(
      { change: plan.change, idempotencyKey, message: reason },
      { signal, progress, now },
    ),
});

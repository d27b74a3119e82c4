import { defineAction, environmentName, serviceName } from '@devops-mcp/contract';
import { deploymentsPort, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { applyThrough, requireKnown, touched, undoOf } from './live-change.js';

export const scaleService = defineAction({
  name: 'scale_service',
  title: 'Scale a service',
  description: 'Sets the number of replicas of a service within the limits of its owner.',
  riskTier: 3,
  ports: { deployments: deploymentsPort, services: servicesPort },
  input: z.strictObject({
    service: serviceName,
    environment: environmentName,
    replicas: z.number().int().min(0).max(500),
  }),
  limits: { timeoutMs: 60_000, outputBytes: 32_000 },
  environments: ['production', 'staging', 'development'],
  blastRadius: {
    replicas: 100,
    replicasAdded: 20,
    capacityRemovedShare: 1,
    services: 1,
    dependents: 100,
    filesChanged: 5,
  },
  reversal: { kind: 'reversible', how: 'Scale back to the former number.' },
  resolve: ({ input }) => ({ environment: input.environment, services: [input.service] }),
  // Without replicas the service is gone: that is an outage, whoever asked for it.
  classify: ({ input, environmentClass }) =>
    input.replicas === 0 && environmentClass === 'production' ? 4 : 3,
  async plan({ input, ports, signal, progress, now }) {
    requireKnown(input.service, ports.services);
    const planned = await ports.deployments.planScale(
      { service: input.service, replicas: input.replicas },
      { signal, progress, now },
    );
    const before = planned.current.replicas ?? 1;
    const autoscaler = planned.current.autoscaler;
    return {
      ...planned.plan,
      blastRadius: {
        ...touched(planned, input.service, ports.services),
        replicas: input.replicas,
        replicasAdded: Math.abs(input.replicas - before),
        ...(input.replicas < before ? { capacityRemovedShare: (before - input.replicas) / before } : {}),
      },
      reversal: undoOf(planned),
      warnings: [
        ...(planned.plan.warnings ?? []),
        ...(autoscaler
          ? [
              `An autoscaler holds the replicas between ${autoscaler.min} and ${autoscaler.max} and may undo this.`,
            ]
          : []),
      ],
    };
  },
  apply: (call) => applyThrough(call, call.ports.deployments),
});

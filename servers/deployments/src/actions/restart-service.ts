import { defineAction, environmentName, serviceName } from '@devops-mcp/contract';
import { deploymentsPort, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { applyThrough, requireKnown, touched } from './live-change.js';

export const restartService = defineAction({
  name: 'restart_service',
  title: 'Restart a service',
  description: 'Restarts all pods of a service one after the other, without changing what runs.',
  riskTier: 3,
  ports: { deployments: deploymentsPort, services: servicesPort },
  input: z.strictObject({ service: serviceName, environment: environmentName }),
  limits: { timeoutMs: 60_000, outputBytes: 32_000 },
  environments: ['production', 'staging', 'development'],
  blastRadius: { podsRestarted: 200, services: 1, dependents: 100, filesChanged: 5 },
  reversal: { kind: 'reversible', how: 'Nothing to undo: the same version runs again.' },
  resolve: ({ input }) => ({ environment: input.environment, services: [input.service] }),
  async plan({ input, ports, signal, progress, now }) {
    requireKnown(input.service, ports.services);
    const planned = await ports.deployments.planRestart(
      { service: input.service },
      { signal, progress, now },
    );
    return {
      ...planned.plan,
      blastRadius: {
        ...touched(planned, input.service, ports.services),
        podsRestarted: planned.current.replicas ?? 1,
      },
      reversal: { kind: 'reversible', how: 'Nothing to undo: the same version runs again.' },
    };
  },
  apply: (call) => applyThrough(call, call.ports.deployments),
});

import { defineAction, environmentName, serviceName } from '@devops-mcp/contract';
import { deploymentsPort, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { applyThrough, requireKnown, touched } from './live-change.js';

const assignment = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}=.{0,500}$/s;

export const openConfigChange = defineAction({
  name: 'open_config_change',
  title: 'Open a configuration change',
  description:
    'Proposes new values for configuration or flags of a service as a branch for review; what runs does not change.',
  riskTier: 2,
  ports: { deployments: deploymentsPort, services: servicesPort },
  input: z.strictObject({
    service: serviceName,
    environment: environmentName,
    set: z.array(z.string().max(601).regex(assignment)).min(1).max(20).describe('KEY=value'),
    title: z.string().min(5).max(120),
  }),
  limits: { timeoutMs: 60_000, outputBytes: 32_000 },
  environments: ['production', 'staging', 'development'],
  blastRadius: { services: 1, dependents: 100, filesChanged: 10 },
  reversal: { kind: 'reversible', how: 'Delete the branch; it is not merged by the suite.' },
  resolve: ({ input }) => ({ environment: input.environment, services: [input.service] }),
  async plan({ input, ports, signal, progress, now }) {
    requireKnown(input.service, ports.services);
    const set = Object.fromEntries(
      input.set.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
    );
    const planned = await ports.deployments.planConfigChange(
      { service: input.service, set, title: input.title },
      { signal, progress, now },
    );
    return {
      ...planned.plan,
      blastRadius: touched(planned, input.service, ports.services),
      reversal: { kind: 'reversible', how: 'Delete the branch; it is not merged by the suite.' },
    };
  },
  apply: (call) => applyThrough(call, call.ports.deployments),
});

import { defineAction, environmentName, serviceName, severity } from '@devops-mcp/contract';
import { knowledgePort, parseTime, requireService, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';

const howUndone = 'Close the record; it is kept.';

export const createIncident = defineAction({
  name: 'create_incident',
  title: 'Create an incident',
  description: 'Opens an incident record. It needs no changeRef: it is one.',
  riskTier: 2,
  ports: { knowledge: knowledgePort, services: servicesPort },
  input: z.strictObject({
    environment: environmentName,
    title: z.string().min(3).max(160),
    severity,
    services: z.array(serviceName).min(1).max(10),
    alerts: z.array(z.string().min(1).max(200)).max(20).default([]).describe('Alert names'),
    summary: z.string().min(1).max(2000),
    started: z.string().max(40).regex(/^\d/).optional().describe('When the trouble began, RFC 3339'),
  }),
  limits: { timeoutMs: 15_000, outputBytes: 16_000 },
  environments: ['production', 'staging', 'development'],
  // A record touches no service, so there is no dimension in which it could do harm.
  blastRadius: {},
  reversal: { kind: 'reversible', how: howUndone },
  async resolve({ input, ports }) {
    for (const service of input.services) await requireService({ service, catalog: ports.services });
    return { environment: input.environment, services: [...new Set(input.services)] };
  },
  async plan({ input, ports, ...context }) {
    const plan = await ports.knowledge.planIncident(
      {
        title: input.title,
        severity: input.severity,
        environment: input.environment,
        services: [...new Set(input.services)],
        alerts: input.alerts,
        summary: input.summary,
        // Relative times would make a plan that is different a minute later.
        ...(input.started === undefined ? {} : { started: parseTime(input.started, new Date(0)) }),
      },
      context,
    );
    return { ...plan, blastRadius: {}, reversal: { kind: 'reversible', how: howUndone } };
  },
  apply: ({ plan, ports, idempotencyKey, requestedBy, ...context }) =>
    ports.knowledge.applyChange({ change: plan.change, idempotencyKey, by: requestedBy }, context),
});

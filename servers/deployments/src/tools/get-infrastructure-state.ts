import {
  defineTool,
  envelope,
  environmentName,
  maxTokens,
  optional,
  serviceName,
} from '@devops-mcp/contract';
import { infrastructurePort, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { answerInfrastructure } from '../infrastructure/answer-infrastructure.js';
import { renderInfrastructure } from '../infrastructure/render-infrastructure.js';

export const infrastructureInput = z.strictObject({
  environment: environmentName,
  service: serviceName.optional(),
  show: z
    .enum(['changes', 'all'])
    .default('changes')
    .describe('all: resources that are as they should be too'),
  maxTokens,
});

export const infrastructureAnswer = envelope(
  z.object({
    environment: z.string(),
    /** How many resources a plan would destroy, replacements included. */
    destroys: z.number(),
    files: z.array(
      z.object({
        file: z.string(),
        terraformVersion: z.string().optional(),
        serial: z.number().optional(),
        resources: z.number(),
        drifted: z.number(),
        tainted: z.number(),
        planned: z.number(),
      }),
    ),
    /** What is destroyed first, then drift, then other changes. Attribute names, never values. */
    changes: z.array(
      z.object({
        address: z.string(),
        change: z.enum(['destroy', 'replace', 'tainted', 'drift', 'update', 'create', 'read']),
        attributes: z.array(z.string()),
        file: z.string(),
      }),
    ),
    resources: z
      .array(z.object({ address: z.string(), provider: z.string(), status: z.string() }))
      .optional(),
  }),
);
export type InfrastructureAnswer = z.output<typeof infrastructureAnswer>;

export const getInfrastructureState = defineTool({
  name: 'get_infrastructure_state',
  title: 'Infrastructure state',
  description:
    'Terraform: what a plan would destroy, replace or change, what drifted, what is tainted, and the resources there are. Names only, never values.',
  riskTier: 1,
  ports: { infrastructure: optional(infrastructurePort), services: servicesPort },
  input: infrastructureInput,
  output: infrastructureAnswer,
  limits: { timeoutMs: 20_000, outputBytes: 64_000 },
  target: ({ environment, service }) => ({ environment, services: service === undefined ? [] : [service] }),
  run: ({ input, ports, ...context }) => answerInfrastructure(input, ports, context),
  render: renderInfrastructure,
});

import {
  defineTool,
  envelope,
  environmentName,
  maxTokens,
  optional,
  period,
  serviceName,
} from '@devops-mcp/contract';
import { metricsPort, servicesPort, tracesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { findTraces } from '../traces/find-traces.js';
import { renderTraces } from '../traces/render-traces.js';

export const tracesAnswer = envelope(
  z.object({
    total: z.number(),
    traces: z.array(
      z.object({
        traceId: z.string(),
        rootService: z.string(),
        rootOperation: z.string(),
        start: z.string(),
        durationMs: z.number(),
        spans: z.number(),
        services: z.array(z.string()),
        errors: z.number(),
        errorService: z.string().optional(),
      }),
    ),
  }),
);
export type TracesAnswer = z.output<typeof tracesAnswer>;

export const searchTraces = defineTool({
  name: 'search_traces',
  title: 'Search traces',
  description: 'Traces through a service or operation; get_trace takes the id.',
  riskTier: 1,
  ports: { traces: tracesPort, services: servicesPort, metrics: optional(metricsPort) },
  input: z.strictObject({
    service: serviceName.optional(),
    operation: z.string().max(200).optional(),
    environment: environmentName,
    period,
    onlyErrors: z.boolean().default(false),
    minDurationMs: z.number().min(0).max(86_400_000).optional(),
    order: z.enum(['slowest', 'newest', 'errors_first']).default('slowest'),
    limit: z.number().int().min(1).max(50).default(10),
    maxTokens,
  }),
  output: tracesAnswer,
  limits: { timeoutMs: 50_000, outputBytes: 64_000 },
  target: ({ environment, service }) => ({ environment, services: service === undefined ? [] : [service] }),
  run: findTraces,
  render: renderTraces,
});

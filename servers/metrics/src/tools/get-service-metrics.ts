import {
  defineTool,
  envelope,
  environmentName,
  maxTokens,
  optional,
  period,
  serviceName,
} from '@devops-mcp/contract';
import { deploymentsPort, metricsPort, servicesPort, standardSignals, verdicts } from '@devops-mcp/domain';
import { z } from 'zod';
import { aggregations } from '../signals/compare-series.js';
import { measureService } from '../signals/measure-service.js';
import { renderSignals } from '../signals/render-signals.js';

/** Absent where the series has no value. */
const value = z.number().optional();

export const signalsAnswer = envelope(
  z.object({
    service: z.string(),
    environment: z.string(),
    /** Worst first. */
    signals: z.array(
      z.object({
        signal: z.string(),
        unit: z.string(),
        group: z.record(z.string(), z.string()).optional(),
        verdict: z.enum(verdicts),
        since: z.string().optional(),
        until: z.string().optional(),
        value,
        baseline: value,
        change: value,
        statistics: z.object({ min: value, max: value, mean: value, p50: value, p95: value, last: value }),
        convention: z.string(),
        metric: z.string(),
        traceIds: z.array(z.string()).optional(),
        stepSeconds: z.number(),
        /** Unix time in ms and value; null is a gap. */
        // No tuple: its JSON Schema means "nothing may stand here" to clients that read draft 7.
        points: z.array(z.array(z.number().nullable()).length(2)),
      }),
    ),
    missing: z.array(z.object({ signal: z.string(), tried: z.array(z.string()) })),
    baseline: z.object({ of: z.string(), start: z.string(), end: z.string() }),
    deployments: z.array(
      z.object({
        id: z.string(),
        time: z.string(),
        kind: z.string(),
        by: z.string(),
        version: z.string().optional(),
        title: z.string(),
      }),
    ),
  }),
);
export type SignalsAnswer = z.output<typeof signalsAnswer>;

export const getServiceMetrics = defineTool({
  name: 'get_service_metrics',
  title: 'Service metrics',
  description:
    'Signals of a service against a baseline: verdict, onset, points, deployments inside the window.',
  riskTier: 1,
  ports: { metrics: metricsPort, services: servicesPort, deployments: optional(deploymentsPort) },
  input: z.strictObject({
    service: serviceName,
    environment: environmentName,
    signals: z
      .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,59}$/))
      .max(8)
      .default(['error_rate', 'request_rate', 'latency_p95', 'saturation', 'restarts'])
      .describe(`${standardSignals.join(', ')}, latency, saturation or a catalog signal`),
    period,
    aggregation: z.enum(aggregations).default('mean'),
    groupBy: z.enum(['instance', 'operation', 'version']).optional(),
    compareTo: z
      .string()
      .max(100)
      .default('previous_period')
      .describe('or same_time_last_week, deployment (the latest), a deployment id'),
    maxTokens,
  }),
  output: signalsAnswer,
  limits: { timeoutMs: 50_000, outputBytes: 64_000 },
  target: ({ environment, service }) => ({ environment, services: [service] }),
  run: measureService,
  render: renderSignals,
});

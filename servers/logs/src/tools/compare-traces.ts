import { defineTool, envelope, environmentName, maxTokens, period } from '@devops-mcp/contract';
import { baselineKinds, tracesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { compareWindows } from '../traces/compare-windows.js';
import { renderComparison } from '../traces/render-comparison.js';

export const comparisonAnswer = envelope(
  z.object({
    traces: z.number(),
    baselineTraces: z.number(),
    baseline: z.object({ of: z.enum(baselineKinds), start: z.string(), end: z.string() }),
    /** Most blame first: the share of all added self time and errors of the environment. */
    operations: z.array(
      z.object({
        service: z.string(),
        operation: z.string(),
        instance: z.string().optional(),
        /** The service that it waited for, where that is one. */
        peer: z.string().optional(),
        blame: z.number(),
        calls: z.number(),
        previousCalls: z.number(),
        selfMsP95: z.number(),
        previousSelfMsP95: z.number(),
        errorShare: z.number(),
        previousErrorShare: z.number(),
      }),
    ),
  }),
);
export type ComparisonAnswer = z.output<typeof comparisonAnswer>;

export const compareTraces = defineTool({
  name: 'compare_traces',
  title: 'Compare traces',
  description:
    'Where time and errors of an environment are now that were not there before: operations ranked by blame.',
  riskTier: 1,
  ports: { traces: tracesPort },
  input: z.strictObject({
    environment: environmentName,
    period,
    compareTo: z.enum(baselineKinds).default('previous_period'),
    top: z.number().int().min(1).max(50).default(10),
    maxTokens,
  }),
  output: comparisonAnswer,
  limits: { timeoutMs: 50_000, outputBytes: 64_000 },
  target: ({ environment }) => ({ environment, services: [] }),
  run: compareWindows,
  render: renderComparison,
});

import { z } from 'zod';

// Every description and bound below is paid for in every tool's schema, hence their brevity.

/** A service as in the catalog: letters, digits, `-`, `_` and `.`, at most 63 characters (Backstage's rule). */
export const serviceName = z
  .string()
  .max(63)
  .regex(/^[A-Za-z0-9][\w.-]*$/);

/** An environment as configured, such as `production`: at most 40 characters. */
export const environmentName = z
  .string()
  .max(40)
  .regex(/^[a-z0-9][a-z0-9-]*$/);

export const period = z
  .string()
  .max(80)
  .default('last_1h')
  .describe('last_1h, now-30m, or an ISO 8601 interval start/end');

/** Budget of the answer in tokens; the most useful rows are kept. */
export const maxTokens = z.number().int().min(200).max(8000).default(2000);

export const severity = z.enum(['critical', 'high', 'medium', 'low', 'info']);
export type Severity = z.output<typeof severity>;

export const source = z.object({
  backend: z.string(),
  /** The query that was sent, in the backend's own language. */
  query: z.string().optional(),
  link: z.string().optional(),
});
export type Source = z.output<typeof source>;

export const truncation = z.object({
  returned: z.number(),
  /** Absent when the backend could not count: then `more` says that there are more. */
  total: z.number().optional(),
  more: z.boolean(),
  howToGetMore: z.string(),
});
export type Truncation = z.output<typeof truncation>;

export const partialFailure = z.object({ backend: z.string(), reason: z.string() });
export type PartialFailure = z.output<typeof partialFailure>;

/** RFC 3339 times; what the period resolved to and the server's own time. */
export const resolvedWindow = z.object({
  start: z.string(),
  end: z.string(),
  timeZone: z.literal('UTC'),
  serverTime: z.string(),
});
export type ResolvedWindow = z.output<typeof resolvedWindow>;

/** The shape of every answer: the data, where they came from, and what is missing from them. */
export function envelope<D extends z.ZodType>(data: D) {
  return z.object({
    data,
    window: resolvedWindow.optional(),
    source,
    truncation: truncation.optional(),
    partial: z.array(partialFailure).optional(),
    hints: z.array(z.string()).optional(),
  });
}

import { ToolError } from '@devops-mcp/contract';
import type { Window } from '@devops-mcp/domain';
import { z } from 'zod';
import type { HttpClient } from '../http/http-client.js';
import { isLabelName } from './promql.js';
import { toolErrorOf } from './upstream-error.js';

const timeoutMs = 20_000;
/** Longer queries go into the body of a POST: addresses are cut by proxies. */
const longestAddress = 1_800;
const mostNames = 20_000;

export type Labels = Readonly<Record<string, string>>;

/** One series of an answer. Times in ms; NaN and infinities are null. */
export interface Line {
  readonly labels: Labels;
  readonly values: readonly (readonly [timeMs: number, value: number | null])[];
}

export interface Exemplar {
  readonly labels: Labels;
  readonly series: Labels;
  readonly value: number;
  readonly timeMs: number;
}

/** Evaluation times: `startMs`, `startMs + stepMs`, ... up to `endMs`. */
export interface Range {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** The HTTP API v1 of Prometheus (prometheus.io/docs/prometheus/latest/querying/api). */
export interface QueryApi {
  instant(query: string, timeMs: number): Promise<readonly Line[]>;
  range(query: string, range: Range): Promise<readonly Line[]>;
  /** Values of a label; by the store's index, which may know some from shortly outside the window. */
  labelValues(label: string, match: readonly string[], window: Window): Promise<readonly string[]>;
  labelNames(match: readonly string[], window: Window): Promise<readonly string[]>;
  /** Types and units as targets told them; empty where the store keeps none. */
  metadata(): Promise<ReadonlyMap<string, { readonly type: string; readonly unit: string }>>;
  /** Empty where the store keeps none. */
  exemplars(query: string, window: Window): Promise<readonly Exemplar[]>;
}

const labelSet = z.record(z.string(), z.string());
const sample = z.tuple([z.number(), z.string()]);
const vector = z.object({
  resultType: z.enum(['vector', 'matrix', 'scalar']),
  result: z.array(
    z.object({
      metric: labelSet,
      value: sample.optional(),
      values: z.array(sample).optional(),
    }),
  ),
});
const strings = z.array(z.string()).nullish();
const metadataAnswer = z.record(
  z.string(),
  z.array(z.object({ type: z.string().default(''), unit: z.string().default('') })),
);
const exemplarAnswer = z
  .array(
    z.object({
      seriesLabels: labelSet,
      exemplars: z.array(
        z.object({ labels: labelSet, value: z.coerce.number(), timestamp: z.coerce.number() }),
      ),
    }),
  )
  .nullish();
const envelope = z.object({
  status: z.literal('success'),
  data: z.unknown(),
  warnings: z.array(z.string()).nullish(),
  isPartial: z.boolean().nullish(),
});

type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** One call's view of the store; `onPartial` hears of every answer that the store calls incomplete. */
export function queryApi(client: HttpClient, signal: AbortSignal, onPartial: () => void): QueryApi {
  const ask = async <T extends z.ZodType>(
    path: string,
    given: Parameters,
    shape: T,
  ): Promise<z.output<T>> => {
    const { body } = await send(client, path, given, signal);
    const answer = envelope.safeParse(body);
    const data = answer.success ? shape.safeParse(answer.data.data) : undefined;
    if (!answer.success || !data?.success) throw wrongShape(answer.error ?? data?.error);
    if ((answer.data.warnings ?? []).length > 0 || answer.data.isPartial === true) onPartial();
    return data.data;
  };
  const bounds = ({ start, end }: Window) => ({ start: seconds(start), end: seconds(end) });
  return {
    instant: async (query, timeMs) =>
      linesOf(await ask('/api/v1/query', { query, time: seconds(timeMs), ...evaluation }, vector)),
    range: async (query, { startMs, endMs, stepMs }) => {
      const times = { start: seconds(startMs), end: seconds(endMs), step: String(stepMs / 1_000) };
      return linesOf(await ask('/api/v1/query_range', { query, ...times, ...evaluation }, vector));
    },
    labelValues: async (label, match, window) => {
      const path = `/api/v1/label/${encodeURIComponent(label)}/values`;
      const found = await ask(
        path,
        { 'match[]': match, limit: String(mostNames), ...bounds(window) },
        strings,
      );
      return (found ?? []).slice(0, mostNames);
    },
    labelNames: async (match, window) => {
      const found = await ask('/api/v1/labels', { 'match[]': match, ...bounds(window) }, strings);
      return (found ?? []).filter(isLabelName);
    },
    metadata: async () => {
      const found = await optional(() => ask('/api/v1/metadata', { limit: '10000' }, metadataAnswer));
      return new Map(
        Object.entries(found ?? {}).flatMap(([name, [first]]) => (first ? [[name, first] as const] : [])),
      );
    },
    exemplars: async (query, window) => {
      const found = await optional(() =>
        ask('/api/v1/query_exemplars', { query, ...bounds(window) }, exemplarAnswer),
      );
      return (found ?? []).flatMap(({ seriesLabels, exemplars }) =>
        exemplars.map(({ labels, value, timestamp }) => ({
          labels,
          series: seriesLabels,
          value,
          timeMs: timestamp * 1_000,
        })),
      );
    },
  };
}

/** `nocache` keeps VictoriaMetrics from moving the times of a range; others ignore what they do not know. */
const evaluation = { timeout: `${timeoutMs / 1_000 - 2}s`, limit: '5000', nocache: '1' };

async function send(client: HttpClient, path: string, given: Parameters, signal: AbortSignal) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(given))
    for (const one of typeof value === 'string' ? [value] : value) form.append(name, one);
  const common = { path, signal, timeoutMs, reads: true, needs: 'the right to query metrics' } as const;
  const body = form.toString();
  try {
    // Values of a label are only served to GET.
    if (body.length <= longestAddress || path.includes('/label/'))
      return await client.json({ ...common, query: given });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return await client.json({ ...common, method: 'POST', headers, body });
  } catch (error) {
    throw toolErrorOf(error);
  }
}

function linesOf({ result }: z.output<typeof vector>): readonly Line[] {
  return result.map(({ metric, value, values }) => ({
    labels: metric,
    values: (values ?? (value === undefined ? [] : [value])).map(([time, text]) => {
      const number = Number(text);
      return [Math.round(time * 1_000), Number.isFinite(number) ? number : null] as const;
    }),
  }));
}

/** For what a store need not have: its refusal is no answer, and not a failure. */
async function optional<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ToolError && error.code !== 'timeout') return undefined;
    throw error;
  }
}

function wrongShape(cause: unknown): ToolError {
  return new ToolError('unavailable', 'Prometheus gave an answer of an unknown shape.', {
    hint: 'Check that the configured address is that of a Prometheus query API.',
    cause,
  });
}

function seconds(time: Date | number): string {
  return ((typeof time === 'number' ? time : time.getTime()) / 1_000).toFixed(3);
}

import { ToolError } from '@devops-mcp/contract';
import type { Window } from '@devops-mcp/domain';
import { z } from 'zod';
import type { HttpClient } from '../http/http-client.js';
import {
  type ApiNames,
  askApi,
  type Labels,
  type Line,
  labelSet,
  linesOf,
  queryResult,
  seconds,
  timeoutMs,
} from './ask-api.js';
import { isLabelName } from './promql.js';

const mostNames = 20_000;

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

export const prometheusNames: ApiNames = {
  system: 'Prometheus',
  needs: 'the right to query metrics',
  addressSetting: 'address of use: prometheus',
  askLess: 'Ask for a shorter period, fewer signals or one service.',
};

/** One call's view of the store; `onPartial` hears of every answer that the store calls incomplete. */
export function queryApi(client: HttpClient, signal: AbortSignal, onPartial: () => void): QueryApi {
  const ask = askApi(client, prometheusNames, signal, onPartial);
  const bounds = ({ start, end }: Window) => ({ start: seconds(start), end: seconds(end) });
  return {
    instant: async (query, timeMs) =>
      linesOf(await ask('/api/v1/query', { query, time: seconds(timeMs), ...evaluation }, queryResult)),
    range: async (query, { startMs, endMs, stepMs }) => {
      const times = { start: seconds(startMs), end: seconds(endMs), step: String(stepMs / 1_000) };
      return linesOf(await ask('/api/v1/query_range', { query, ...times, ...evaluation }, queryResult));
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

/** For what a store need not have: its refusal is no answer, and not a failure. */
async function optional<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ToolError && error.code !== 'timeout') return undefined;
    throw error;
  }
}

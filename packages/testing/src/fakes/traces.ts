import { ToolError } from '@devops-mcp/contract';
import {
  buildTraceTree,
  type OperationChange,
  quantile,
  type Span,
  selfTimeUs,
  summariseTrace,
  type TraceSummary,
  type TracesApi,
  type Window,
  walkTree,
} from '@devops-mcp/domain';
import { assertKnown } from './assert-known.js';
import { fakeAnswer } from './fake-answer.js';

/** Traces in memory, from spans in any order. */
export function fakeTraces(spans: readonly Span[]): TracesApi {
  const traces = byTrace(spans);
  const names = spans.map((span) => span.service);
  const summaries = [...traces].map(([traceId, own]) => summary(traceId, own));
  return {
    async search(query, context) {
      context.signal.throwIfAborted();
      assertKnown(query.service, names);
      const found = summaries.filter((trace) => {
        const own = traces.get(trace.traceId) ?? [];
        return (
          inside(trace.start, query.window) &&
          (!query.onlyErrors || trace.errors > 0) &&
          trace.durationMs >= (query.minDurationMs ?? 0) &&
          own.some(
            (span) =>
              span.service === (query.service ?? span.service) &&
              span.operation === (query.operation ?? span.operation),
          )
        );
      });
      const shown = found.toSorted(orders[query.order]).slice(0, query.limit);
      return fakeAnswer('fake-traces', { total: found.length, traces: shown }, found.length === 0);
    },
    async get({ traceId }) {
      const own = traces.get(traceId);
      if (!own) throw new ToolError('not_found', `There is no trace ${traceId}.`);
      return fakeAnswer(
        'fake-traces',
        own.toSorted((a, b) => a.startUs - b.startUs),
      );
    },
    async typical({ service, operation, window }) {
      const own = spans.filter(
        (s) => s.service === service && s.operation === operation && startsIn(s, window),
      );
      if (own.length === 0) return fakeAnswer('fake-traces', null);
      const durations = own.map((span) => span.durationUs / 1_000);
      return fakeAnswer('fake-traces', {
        count: own.length,
        p50Ms: quantile(durations, 0.5),
        p95Ms: quantile(durations, 0.95),
        errorShare: own.filter((span) => span.error).length / own.length,
      });
    },
    async compare({ window, baseline, top }) {
      const operations = changes(selfTimes(spans, window), selfTimes(spans, baseline));
      return fakeAnswer('fake-traces', {
        operations: operations.slice(0, top),
        traces: summaries.filter((trace) => inside(trace.start, window)).length,
        baselineTraces: summaries.filter((trace) => inside(trace.start, baseline)).length,
      });
    },
  };
}

const orders: Readonly<
  Record<'slowest' | 'newest' | 'errors_first', (a: TraceSummary, b: TraceSummary) => number>
> = {
  slowest: (a, b) => b.durationMs - a.durationMs,
  newest: (a, b) => b.start.getTime() - a.start.getTime(),
  errors_first: (a, b) => b.errors - a.errors || b.durationMs - a.durationMs,
};

interface Operation {
  readonly service: string;
  readonly operation: string;
  readonly instance: string | null;
  readonly selfMs: number[];
  errors: number;
  /** Failures below which nothing failed. */
  origins: number;
}

function selfTimes(spans: readonly Span[], window: Window): Map<string, Operation> {
  const operations = new Map<string, Operation>();
  const traces = byTrace(spans.filter((span) => startsIn(span, window)));
  for (const own of traces.values()) {
    const failed = summariseTrace(own).errors.filter((error) => error.origin);
    const origins = new Set(failed.map((error) => error.span));
    for (const node of walkTree(buildTraceTree(own).roots)) {
      const { service, operation, instance, error } = node.span;
      const key = JSON.stringify([service, operation, instance]);
      const so = operations.get(key) ?? { service, operation, instance, selfMs: [], errors: 0, origins: 0 };
      so.selfMs.push(selfTimeUs(node) / 1_000);
      so.errors += Number(error);
      so.origins += Number(origins.has(node.span));
      operations.set(key, so);
    }
  }
  return operations;
}

function byTrace(spans: readonly Span[]): Map<string, Span[]> {
  const traces = new Map<string, Span[]>();
  for (const span of spans) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
  return traces;
}

function changes(
  now: ReadonlyMap<string, Operation>,
  before: ReadonlyMap<string, Operation>,
): OperationChange[] {
  const rows = [...now].map(([key, operation]) => {
    const previous = before.get(key);
    return {
      service: operation.service,
      operation: operation.operation,
      instance: operation.instance,
      calls: operation.selfMs.length,
      previousCalls: previous?.selfMs.length ?? 0,
      selfMsP95: quantile(operation.selfMs, 0.95),
      previousSelfMsP95: previous ? quantile(previous.selfMs, 0.95) : 0,
      errorShare: operation.errors / operation.selfMs.length,
      previousErrorShare: previous ? previous.errors / previous.selfMs.length : 0,
    };
  });
  // Added self time in ms and added failures, each a share of all that was added.
  const slower = shares(rows.map((row) => Math.max(0, row.selfMsP95 - row.previousSelfMsP95) * row.calls));
  const worse = shares(
    [...now].map(([key, { origins, selfMs }]) => {
      const previous = before.get(key);
      const usual = previous ? (previous.origins / previous.selfMs.length) * selfMs.length : 0;
      return Math.max(0, origins - usual);
    }),
  );
  const both = Number(slower.some((share) => share > 0)) + Number(worse.some((share) => share > 0));
  return rows
    .map((row, i) => ({ ...row, blame: ((slower[i] ?? 0) + (worse[i] ?? 0)) / Math.max(1, both) }))
    .toSorted((a, b) => b.blame - a.blame);
}

function shares(values: readonly number[]): readonly number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => (total === 0 ? 0 : value / total));
}

function summary(traceId: string, spans: readonly Span[]): TraceSummary {
  const analysis = summariseTrace(spans);
  return {
    traceId,
    rootService: analysis.root?.span.service ?? '',
    rootOperation: analysis.root?.span.operation ?? '',
    start: new Date(analysis.startUs / 1_000),
    durationMs: analysis.durationUs / 1_000,
    spans: analysis.spans,
    services: analysis.services.map((service) => service.service),
    errors: analysis.errors.length,
    errorService: analysis.errors[0]?.span.service ?? null,
  };
}

function startsIn(span: Span, window: Window): boolean {
  return inside(new Date(span.startUs / 1_000), window);
}

function inside(time: Date, window: Window): boolean {
  return time >= window.start && time < window.end;
}

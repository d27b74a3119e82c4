import type { PortPart } from '@devops-mcp/contract';
import type { OperationChange, Span, TraceSummary, TracesApi } from '../traces.js';
import { type AskedParts, askAll } from './ask-parts.js';
import { cutOf, joinAnswers, joinRows } from './join-answers.js';

type SearchOrder = Parameters<TracesApi['search']>[0]['order'];
type Comparison = {
  readonly operations: readonly OperationChange[];
  readonly traces: number;
  readonly baselineTraces: number;
};

const mostSpans = 5_000;

/**
 * A trace that lies in several systems is one: listed where most of its spans are, read with the spans
 * of all. Percentiles cannot be joined, so that what is typical comes from the system with most calls.
 */
export function mergeTraces(parts: readonly PortPart<TracesApi>[]): TracesApi {
  return {
    async search(query, context) {
      const asked = await askAll(parts, context, (api) => api.search(query, context));
      const lists = asked.answered.map(({ answer }) => answer.data.traces);
      const all = largestOf(lists.flat()).toSorted(orders[query.order]);
      const traces = all.slice(0, query.limit);
      const repeated = lists.flat().length - all.length;
      const counted = asked.answered.reduce((sum, { answer }) => sum + answer.data.total, 0);
      const rowsOf = (data: { readonly traces: readonly TraceSummary[] }) => data.traces.length;
      return joinAnswers(
        asked,
        { total: counted - repeated, traces },
        { truncation: cutOf(asked, { returned: traces.length, found: all.length, rowsOf }) },
      );
    },
    async get(query, context) {
      const asked = await askAll(parts, context, (api) => api.get(query, context));
      const all = joinSpans(asked.answered.map(({ answer }) => answer.data));
      return joinRows(asked, all, { limit: mostSpans });
    },
    async typical(query, context) {
      const asked = await askAll(parts, context, (api) => api.typical(query, context));
      const found = asked.answered.flatMap(({ answer }) => answer.data ?? []);
      const [most] = found.toSorted((a, b) => b.count - a.count);
      return joinAnswers(asked, most ?? null);
    },
    async compare(query, context) {
      const asked = await askAll(parts, context, (api) => api.compare(query, context));
      const all = weighBlame(asked);
      const operations = all.slice(0, query.top);
      const sum = (pick: (data: Comparison) => number) =>
        asked.answered.reduce((total, { answer }) => total + pick(answer.data), 0);
      const several = asked.answered.filter(({ answer }) => answer.data.traces > 0).length > 1;
      return joinAnswers(
        asked,
        { operations, traces: sum(({ traces }) => traces), baselineTraces: sum((one) => one.baselineTraces) },
        {
          hints: several ? ['Blame of each backend is weighted by its share of the traces.'] : [],
          truncation: cutOf(asked, {
            returned: operations.length,
            found: all.length,
            rowsOf: (data) => data.operations.length,
          }),
        },
      );
    },
  };
}

const newest = (a: TraceSummary, b: TraceSummary) => b.start.getTime() - a.start.getTime();
const orders: Readonly<Record<SearchOrder, (a: TraceSummary, b: TraceSummary) => number>> = {
  slowest: (a, b) => b.durationMs - a.durationMs,
  newest,
  errors_first: (a, b) => Number(b.errors > 0) - Number(a.errors > 0) || newest(a, b),
};

function largestOf(traces: readonly TraceSummary[]): readonly TraceSummary[] {
  const byId = new Map<string, TraceSummary>();
  for (const trace of traces) {
    const known = byId.get(trace.traceId);
    if (!known || trace.spans > known.spans) byId.set(trace.traceId, trace);
  }
  return [...byId.values()];
}

function joinSpans(lists: readonly (readonly Span[])[]): readonly Span[] {
  const byId = new Map<string, Span>();
  for (const span of lists.flat()) if (!byId.has(span.spanId)) byId.set(span.spanId, span);
  return [...byId.values()].toSorted((a, b) => a.startUs - b.startUs);
}

/**
 * Blame is a share of what one system saw. Weighted by that system's share of the traces, the shares
 * of all systems are at most 1 again; an operation that several see is told by the one with most calls.
 */
function weighBlame({ answered }: AskedParts<Comparison>): readonly OperationChange[] {
  const all = answered.reduce((sum, { answer }) => sum + answer.data.traces, 0);
  const changes = new Map<string, OperationChange>();
  for (const { answer } of answered) {
    const weight = all === 0 ? 1 / answered.length : answer.data.traces / all;
    for (const change of answer.data.operations) {
      const { service, operation, instance, peer } = change;
      const key = JSON.stringify([service, operation, instance, peer ?? null]);
      const known = changes.get(key);
      const own = { ...change, blame: change.blame * weight };
      const told = known && known.calls >= own.calls ? known : own;
      changes.set(key, { ...told, blame: own.blame + (known?.blame ?? 0) });
    }
  }
  return [...changes.values()].toSorted((a, b) => b.blame - a.blame);
}

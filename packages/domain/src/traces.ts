import { type CallContext, definePort } from '@devops-mcp/contract';
import type { Answer, Window } from './answer.js';
import { mergeTraces } from './merging/traces.js';

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly service: string;
  readonly instance: string | null;
  readonly operation: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Unix time in microseconds. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly error: boolean;
  readonly statusMessage: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly events: readonly {
    readonly timeUs: number;
    readonly name: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

export interface TraceSummary {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootOperation: string;
  readonly start: Date;
  readonly durationMs: number;
  readonly spans: number;
  readonly services: readonly string[];
  readonly errors: number;
  /** Service of the deepest span in error. */
  readonly errorService: string | null;
}

export interface OperationChange {
  readonly service: string;
  readonly operation: string;
  readonly instance: string | null;
  /** The other service that spans of this operation call: their self time is then the network and the wait. */
  readonly peer?: string;
  readonly calls: number;
  readonly previousCalls: number;
  /** Self time: the span's duration less the union of its children's intervals. */
  readonly selfMsP95: number;
  readonly previousSelfMsP95: number;
  readonly errorShare: number;
  readonly previousErrorShare: number;
  /** Share of all added self time and errors in the environment that this operation accounts for, 0 to 1. */
  readonly blame: number;
}

export interface TracesApi {
  search(
    query: {
      readonly service?: string;
      readonly operation?: string;
      readonly window: Window;
      readonly onlyErrors?: boolean;
      readonly minDurationMs?: number;
      readonly order: 'slowest' | 'newest' | 'errors_first';
      readonly limit: number;
    },
    context: CallContext,
  ): Promise<Answer<{ readonly total: number; readonly traces: readonly TraceSummary[] }>>;
  /** All spans of a trace in order of start; bounded at 5,000. Rejects with `not_found`. */
  get(query: { readonly traceId: string }, context: CallContext): Promise<Answer<readonly Span[]>>;
  /** Median and p95 duration of an operation over the window, for "compared with a typical trace". */
  typical(
    query: { readonly service: string; readonly operation: string; readonly window: Window },
    context: CallContext,
  ): Promise<
    Answer<{
      readonly count: number;
      readonly p50Ms: number;
      readonly p95Ms: number;
      readonly errorShare: number;
    } | null>
  >;
  /** Where time and errors are now that were not there in the baseline. */
  compare(
    query: { readonly window: Window; readonly baseline: Window; readonly top: number },
    context: CallContext,
  ): Promise<
    Answer<{
      readonly operations: readonly OperationChange[];
      readonly traces: number;
      readonly baselineTraces: number;
    }>
  >;
}

export const tracesPort = definePort<TracesApi>()('traces', 'Distributed traces', mergeTraces);

import { type CallContext, definePort } from '@devops-mcp/contract';
import type { Answer, Window } from './answer.js';
import { mergeDependencies } from './merging/dependencies.js';
import { mergeMetrics } from './merging/metrics.js';

/** Signals that every convention can be mapped to; any other name is looked up in the catalog's `signals`. */
export const standardSignals = [
  'error_rate',
  'request_rate',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'cpu',
  'memory',
  'restarts',
] as const;

export type MetricConvention =
  | 'opentelemetry'
  | 'istio'
  | 'spring'
  | 'envoy'
  | 'percentile-gauges'
  | 'custom';

/** Unix time in ms and value; a null is a gap that the data have, never an interpolation. */
export type Point = readonly [timeMs: number, value: number | null];

export interface SignalStatistics {
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly last: number | null;
}

export interface SignalSeries {
  readonly signal: string;
  /** `ratio` (0 to 1), `1/s`, `s`, `By`, `cores`, `count` or the catalog's own. */
  readonly unit: string;
  /** Values of the grouping label; empty without grouping. */
  readonly group: Readonly<Record<string, string>>;
  readonly convention: MetricConvention;
  readonly metric: string;
  readonly points: readonly Point[];
  /** The spacing that the points really have. */
  readonly stepMs: number;
  readonly statistics: SignalStatistics;
  readonly exemplarTraceIds?: readonly string[];
}

export interface SignalQuery {
  readonly service: string;
  readonly signals: readonly string[];
  readonly window: Window;
  readonly maxPoints: number;
  readonly groupBy?: 'instance' | 'operation' | 'version';
}

export interface SignalAnswer {
  readonly series: readonly SignalSeries[];
  /** Signals for which nothing was found, with the conventions and metrics that were tried. */
  readonly missing: readonly { readonly signal: string; readonly tried: readonly string[] }[];
}

export interface MetricInfo {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'exponential_histogram' | 'summary';
  readonly temporality: 'cumulative' | 'delta' | null;
  readonly attributes: readonly string[];
  readonly series: number;
  readonly lastSeen: Date;
}

export interface Anomaly {
  readonly service: string;
  readonly instance: string | null;
  readonly signal: string;
  readonly unit: string;
  readonly onset: Date;
  /** Null while it still lasts at the end of the window. */
  readonly end: Date | null;
  readonly baseline: number;
  readonly value: number;
  /** Robust z-score of the deviation: |value - median| / (1.4826 MAD), with a documented floor. */
  readonly score: number;
  readonly direction: 'up' | 'down';
}

export interface MetricsApi {
  /** Rejects with `not_found` (details.known: closest names) when the service has no telemetry at all. */
  querySignals(query: SignalQuery, context: CallContext): Promise<Answer<SignalAnswer>>;
  listMetrics(
    query: { readonly service: string; readonly window: Window },
    context: CallContext,
  ): Promise<Answer<readonly MetricInfo[]>>;
  /** Ranked, strongest first. Never fetches every series to the caller. */
  findAnomalies(
    query: { readonly window: Window; readonly services?: readonly string[]; readonly top: number },
    context: CallContext,
  ): Promise<
    Answer<{
      readonly anomalies: readonly Anomaly[];
      readonly examined: { readonly services: number; readonly series: number };
      readonly method: string;
    }>
  >;
  /** Names of all services with telemetry in the window. */
  services(query: { readonly window: Window }, context: CallContext): Promise<Answer<readonly string[]>>;
}

export const metricsPort = definePort<MetricsApi>()('metrics', 'Time series of services', mergeMetrics);

export interface DependencyEdge {
  readonly from: string;
  /** A service or, for `resource`, something like `resource:postgresql/orders`. */
  readonly to: string;
  /** `call` when absent; `resource` for what has no spans of its own, such as a database. */
  readonly kind?: 'call' | 'message' | 'resource';
  readonly callsPerSecond: number;
  /** 0 to 1 */
  readonly errorShare: number;
  readonly p95Seconds: number;
  readonly lastSeen: Date;
}

export interface DependenciesApi {
  /** Calls between services as observed in the window. */
  edges(query: { readonly window: Window }, context: CallContext): Promise<Answer<readonly DependencyEdge[]>>;
}

export const dependenciesPort = definePort<DependenciesApi>()(
  'dependencies',
  'Calls between services as observed',
  mergeDependencies,
);

// Rows are type aliases, not interfaces, so that they can be read by column name.
/** One row of each table, in the order in which records are met in the files. Times are Unix microseconds. */
export type LogRow = {
  file_id: number;
  /** Place in the file: breaks ties between equal times, so that order is exact. */
  seq: number;
  time_us: number;
  service: string;
  instance: string | null;
  version: string | null;
  /** Index into the domain's `logLevels`. */
  level: number;
  body: string;
  fingerprint: string;
  /** Exception type. */
  type: string | null;
  /** A stack trace that is not part of the body. */
  stack: string | null;
  operation: string | null;
  trace_id: string | null;
  span_id: string | null;
  attributes: string | null;
};

export type SpanRow = {
  file_id: number;
  seq: number;
  time_us: number;
  duration_us: number;
  service: string;
  instance: string | null;
  version: string | null;
  trace_id: string;
  span_id: string;
  parent_span_id: string | null;
  operation: string;
  /** Index into the domain's span kinds: internal, server, client, producer, consumer. */
  kind: number;
  error: boolean;
  status_message: string | null;
  /** What a client span calls when that has no spans of its own: `service:x` or `resource:postgresql/orders`. */
  peer: string | null;
  attributes: string | null;
  events: string | null;
  /** Span ids that this one is linked to, separated by commas. */
  links: string | null;
};

export const pointKinds = ['gauge', 'counter', 'histogram', 'exponential_histogram', 'summary'] as const;

export type PointRow = {
  file_id: number;
  seq: number;
  time_us: number;
  /** Start of a cumulative series; 0 when not given. */
  start_us: number;
  service: string;
  instance: string | null;
  version: string | null;
  metric: string;
  unit: string;
  /** Index into `pointKinds`. */
  kind: number;
  /** 0 none, 1 delta, 2 cumulative. */
  temporality: number;
  monotonic: boolean;
  /** Hash of everything that makes the series: service, instance, version, metric, attributes. */
  series: number;
  operation: string | null;
  /** True for points that count failed requests. */
  failed: boolean;
  attributes: string | null;
  /** Gauge or counter; for histograms and summaries the count. */
  value: number;
  sum: number | null;
  /** Explicit bounds as a JSON list; for summaries the quantiles. */
  bounds: string | null;
  /** JSON list of bucket counts; for exponential histograms the object of `exponential.ts`; for summaries the values. */
  counts: string | null;
  exemplars: string | null;
};

export interface RowOf {
  readonly logs: LogRow;
  readonly spans: SpanRow;
  readonly points: PointRow;
}
export type TableName = keyof RowOf;

/** Numbers the records of one file. */
export interface Place {
  readonly fileId: number;
  next(): number;
}

import { listParameter, type Session } from '../port-context.js';
import type { Grid } from './grid.js';

/** Requests of one group in one bin as spans tell them. */
export type SpanCell = {
  readonly service: string;
  readonly group: string;
  readonly bin: number;
  readonly calls: number;
  readonly errors: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Standard deviation of p95 that comes from the number of calls alone. */
  readonly p95Noise: number;
};

export type SpanGrouping = 'instance' | 'operation' | 'version' | undefined;

const columns: Readonly<Record<string, string>> = {
  instance: `coalesce(instance, '')`,
  operation: 'operation',
  version: `coalesce(version, '')`,
};

/** Half the way between the quantiles one binomial deviation, of about 0.22 / sqrt(n), below and above. */
const p95NoiseSql = `(list_extract(list_sort(list(duration_us)), ceil(least(1, 0.95 + 0.218 / sqrt(count(*))) * count(*))::INTEGER)
  - list_extract(list_sort(list(duration_us)), greatest(1, floor((0.95 - 0.218 / sqrt(count(*))) * count(*)))::INTEGER)) / 2e6`;

/**
 * Rate, errors and duration of what a service was asked for: its server and consumer spans. Durations in
 * seconds. These are of sampled traces: shares and durations hold, rates are a lower bound.
 */
export function spanCells(
  session: Session,
  services: readonly string[],
  groupBy: SpanGrouping,
  grid: Grid,
  end: number,
): Promise<SpanCell[]> {
  const group = groupBy === undefined ? "''" : columns[groupBy];
  return session.query<SpanCell>(
    `SELECT service, ${group} AS "group", floor((time_us - ?) / ?)::INTEGER AS bin, count(*)::DOUBLE AS calls,
       (count(*) FILTER (error))::DOUBLE AS errors, quantile_cont(duration_us, 0.5) / 1e6 AS p50,
       quantile_cont(duration_us, 0.95) / 1e6 AS p95, quantile_cont(duration_us, 0.99) / 1e6 AS p99,
       ${p95NoiseSql} AS "p95Noise"
     FROM spans WHERE service IN (SELECT unnest(?::VARCHAR[])) AND kind IN (1, 4) AND time_us >= ? AND time_us < ?
     GROUP BY ALL ORDER BY service, "group", bin`,
    [grid.origin, grid.step, listParameter(services), grid.origin + grid.first * grid.step, end],
  );
}

export const spanSignals = [
  'request_rate',
  'error_rate',
  'latency_p50',
  'latency_p95',
  'latency_p99',
] as const;

/** The value of a signal in a cell; null where there is nothing to say. */
export function spanValue(cell: SpanCell, signal: string, step: number): number | null {
  if (signal === 'request_rate') return cell.calls / (step / 1e6);
  if (signal === 'error_rate') return cell.calls > 0 ? cell.errors / cell.calls : null;
  if (signal === 'latency_p50') return cell.p50;
  if (signal === 'latency_p95') return cell.p95;
  return signal === 'latency_p99' ? cell.p99 : null;
}

/** True for signals that spans can answer for. */
export function spansAnswer(signal: string): boolean {
  return spanSignals.some((known) => known === signal);
}

export const spanUnits: Readonly<Record<string, string>> = {
  request_rate: '1/s',
  error_rate: 'ratio',
  latency_p50: 's',
  latency_p95: 's',
  latency_p99: 's',
};

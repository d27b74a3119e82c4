import { listParameter, type Session } from '../port-context.js';
import { type Buckets, growth, type Interval } from './distribution.js';
import type { Grid } from './grid.js';
import { secondsPerUnit } from './time-unit.js';

/** What all points of a series share. */
export type SeriesFacts = {
  readonly series: number;
  readonly service: string;
  readonly instance: string | null;
  readonly version: string | null;
  readonly operation: string | null;
  readonly failed: boolean;
  readonly metric: string;
  readonly unit: string;
  readonly kind: number;
  readonly temporality: number;
};

/** How much a counter or histogram grew up to a bin, and over how many seconds. */
export interface Growth {
  readonly facts: SeriesFacts;
  /** The bins it lies in: one, or two when the samples of a series straddle a bin without one. */
  readonly bins: readonly number[];
  readonly seconds: number;
  readonly value: number;
  /** In seconds; undefined for counters. */
  readonly intervals: readonly Interval[] | undefined;
}

type Row = Buckets & {
  readonly series: number;
  readonly epoch: number;
  readonly bin: number;
  readonly time_us: number;
  readonly start_us: number;
  readonly value: number;
};

/** Which points are read: of these services and metrics, from a little before the grid on. */
export interface Scope {
  readonly services: readonly string[];
  readonly metrics: readonly string[];
  readonly grid: Grid;
  readonly end: number;
}

const lookBackSteps = 3;

export function seriesFacts(session: Session, scope: Scope): Promise<SeriesFacts[]> {
  return session.query<SeriesFacts>(
    `SELECT series::DOUBLE AS series, any_value(service) AS service, any_value(instance) AS instance,
       any_value(version) AS version, any_value(operation) AS operation, any_value(failed) AS failed,
       any_value(metric) AS metric, any_value(unit) AS unit, any_value(kind) AS kind,
       max(temporality) AS temporality
     FROM points WHERE ${scopeSql} GROUP BY points.series`,
    scopeParameters(scope),
  );
}

/**
 * One row for each series, bin and unbroken run of a cumulative series: its last reading. A run ends
 * where the value falls or where the series starts anew after its last reading (OpenTelemetry metrics
 * data model, resets). Delta points are each a run of their own.
 */
const rowsSql = (scope: string) => `
WITH point AS (
  SELECT series, start_us, time_us, value, bounds, counts, temporality, file_id, seq,
    floor((time_us - ?) / ?)::INTEGER AS bin, lag(value) OVER w AS before, lag(time_us) OVER w AS before_us
  FROM points WHERE ${scope} WINDOW w AS (PARTITION BY series ORDER BY time_us, file_id, seq)),
run AS (
  SELECT *, CASE WHEN temporality = 1 THEN row_number() OVER w ELSE
    sum(CASE WHEN value < before OR start_us >= before_us THEN 1 ELSE 0 END) OVER w END AS epoch
  FROM point WINDOW w AS (PARTITION BY series ORDER BY time_us, file_id, seq))
SELECT series::DOUBLE AS series, epoch::DOUBLE AS epoch, bin, max(time_us)::DOUBLE AS time_us,
  min(start_us)::DOUBLE AS start_us, arg_max(value, time_us) AS value, arg_max(bounds, time_us) AS bounds,
  arg_max(counts, time_us) AS counts
FROM run GROUP BY series, epoch, bin ORDER BY series, epoch, bin`;

/** The growth of every series of a scope, bin by bin. */
export async function counterGrowth(session: Session, scope: Scope): Promise<readonly Growth[]> {
  const facts = new Map((await seriesFacts(session, scope)).map((row) => [row.series, row]));
  const rows = await session.query<Row>(rowsSql(scopeSql), [
    scope.grid.origin,
    scope.grid.step,
    ...scopeParameters(scope),
  ]);
  const grown: Growth[] = [];
  let before: Row | undefined;
  for (const row of rows) {
    const series = facts.get(row.series);
    const previous = before?.series === row.series ? before : undefined;
    before = row;
    const step = series === undefined ? undefined : growthOf(row, previous, series, scope.grid);
    if (step !== undefined) grown.push(step);
  }
  return grown;
}

function growthOf(row: Row, previous: Row | undefined, facts: SeriesFacts, grid: Grid): Growth | undefined {
  if (facts.temporality === 1) return deltaGrowth(row, facts, grid);
  const same = previous !== undefined && previous.epoch === row.epoch ? previous : undefined;
  // The first reading of a series says how much it grew only when it also says since when.
  const began = Math.max(row.start_us, previous?.time_us ?? 0);
  const recent = began > grid.origin + (grid.first - lookBackSteps) * grid.step;
  if (same === undefined && previous === undefined && !(row.start_us > 0 && recent)) return undefined;
  const seconds = (row.time_us - (same?.time_us ?? began)) / 1e6;
  const value = row.value - (same?.value ?? 0);
  if (!(seconds > 0) || value < 0) return undefined;
  return {
    facts,
    bins: same !== undefined && row.bin - same.bin === 2 ? [row.bin - 1, row.bin] : [row.bin],
    seconds,
    value,
    intervals: intervalsOf(row, same, facts),
  };
}

function deltaGrowth(row: Row, facts: SeriesFacts, grid: Grid): Growth {
  const seconds =
    row.start_us > 0 && row.time_us > row.start_us ? (row.time_us - row.start_us) / 1e6 : grid.step / 1e6;
  return { facts, bins: [row.bin], seconds, value: row.value, intervals: intervalsOf(row, undefined, facts) };
}

function intervalsOf(
  row: Row,
  previous: Row | undefined,
  facts: SeriesFacts,
): readonly Interval[] | undefined {
  if (facts.kind !== 2 && facts.kind !== 3) return undefined;
  const factor = secondsPerUnit(facts.metric, facts.unit);
  return growth(row, previous)
    ?.filter((interval) => interval.count > 0)
    .map(({ lower, upper, count }) => ({ lower: lower * factor, upper: upper * factor, count }));
}

const scopeSql =
  'service IN (SELECT unnest(?::VARCHAR[])) AND metric IN (SELECT unnest(?::VARCHAR[])) AND time_us >= ? AND time_us < ?';

function scopeParameters(scope: Scope): readonly [string, string, number, number] {
  const { grid } = scope;
  const from = grid.origin + (grid.first - lookBackSteps) * grid.step;
  return [listParameter(scope.services), listParameter(scope.metrics), from, scope.end];
}

export type GaugeRow = {
  readonly series: number;
  readonly bin: number;
  readonly value: number;
  /** For summaries: quantiles and their values. */
  readonly bounds: string | null;
  readonly counts: string | null;
};

/** The mean of every series in each bin. */
export function gaugeRows(session: Session, scope: Scope): Promise<GaugeRow[]> {
  return session.query<GaugeRow>(
    `SELECT series::DOUBLE AS series, floor((time_us - ?) / ?)::INTEGER AS bin, avg(value) AS value,
       arg_max(bounds, time_us) AS bounds, arg_max(counts, time_us) AS counts
     FROM points WHERE ${scopeSql} GROUP BY points.series, bin ORDER BY points.series, bin`,
    [scope.grid.origin, scope.grid.step, ...scopeParameters(scope)],
  );
}

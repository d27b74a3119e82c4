import {
  type Judgement,
  judgeChange,
  roundTo,
  type SignalSeries,
  type SignalStatistics,
  seriesStatistics,
} from '@devops-mcp/domain';

export const aggregations = ['mean', 'min', 'max', 'p50', 'p95', 'last'] as const;
export type Aggregation = (typeof aggregations)[number];

export interface ComparedSeries {
  readonly series: SignalSeries;
  readonly judgement: Judgement;
  readonly statistics: SignalStatistics;
  readonly value: number | null;
  readonly baseline: number | null;
  /** (value - baseline) / baseline; null when there is nothing to divide by. */
  readonly change: number | null;
}

/** Judges each series against its counterpart of the baseline, worst first. */
export function compareSeries(
  current: readonly SignalSeries[],
  before: readonly SignalSeries[],
  compareFrom: Date,
  aggregation: Aggregation,
): readonly ComparedSeries[] {
  const counterparts = new Map(before.map((series) => [keyOf(series), series]));
  const counterpartOf = (series: SignalSeries) => counterparts.get(keyOf(series)) ?? siblings(series, before);
  return current
    .map((series) => compare(series, counterpartOf(series), compareFrom, aggregation))
    .toSorted((a, b) => rank(a) - rank(b) || b.judgement.score - a.judgement.score);
}

function compare(
  series: SignalSeries,
  counterpart: Counterpart | undefined,
  compareFrom: Date,
  aggregation: Aggregation,
): ComparedSeries {
  const since = series.points.filter(([time]) => time >= compareFrom.getTime());
  const whole = since.length === series.points.length;
  const judgement = judgeChange({
    signal: series.signal,
    unit: series.unit,
    current: since,
    baseline: counterpart?.points ?? [],
  });
  const value = statisticOf(whole ? series.statistics : seriesStatistics(since), aggregation);
  const baseline = counterpart ? statisticOf(counterpart.statistics, aggregation) : null;
  const change = value === null || baseline === null || baseline === 0 ? null : (value - baseline) / baseline;
  return { series, judgement, statistics: series.statistics, value, baseline, change };
}

/** One statistic, with four significant digits. */
function statisticOf(statistics: SignalStatistics, aggregation: Aggregation): number | null {
  const value = statistics[aggregation];
  return value === null ? null : roundTo(value);
}

type Counterpart = Pick<SignalSeries, 'points' | 'statistics'>;

/**
 * After a rollout every instance and version is new: they are compared with all that there were
 * before. Operations are too different from each other for that.
 */
function siblings(series: SignalSeries, before: readonly SignalSeries[]): Counterpart | undefined {
  if (!('instance' in series.group || 'version' in series.group)) return undefined;
  const points = before.filter(({ signal }) => signal === series.signal).flatMap((other) => other.points);
  return points.length === 0 ? undefined : { points, statistics: seriesStatistics(points) };
}

function keyOf(series: SignalSeries): string {
  const group: readonly [string, string][] = Object.entries(series.group);
  return JSON.stringify([series.signal, group.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function rank({ judgement }: ComparedSeries): number {
  return ['regressed', 'changed', 'improved', 'stable', 'insufficient_data'].indexOf(judgement.verdict);
}

import { list, numberOf } from '../decode/values.js';
import type { GroupOf, Values } from './cells.js';
import type { GaugeRow, SeriesFacts } from './counter-rows.js';
import { secondsPerUnit } from './time-unit.js';

const farthest = 0.011;

/**
 * A latency from summaries, whose quantiles were computed where they were measured and cannot be
 * merged: the worst series of a group stands for all. Only the quantile asked for, or one within 0.01
 * of it, answers.
 */
export function summaryValues(
  rows: readonly GaugeRow[],
  facts: ReadonlyMap<number, SeriesFacts>,
  quantile: number,
  groupOf: GroupOf,
): Values {
  const values = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const series = facts.get(row.series);
    if (series === undefined || series.kind !== 4) continue;
    const group = groupOf(series);
    const value = quantileIn(row, quantile);
    if (group === undefined || value === undefined) continue;
    const line = values.get(group) ?? new Map<number, number>();
    const seconds = value * secondsPerUnit(series.metric, series.unit);
    line.set(row.bin, Math.max(line.get(row.bin) ?? 0, seconds));
    values.set(group, line);
  }
  return values;
}

function quantileIn(row: GaugeRow, quantile: number): number | undefined {
  const quantiles = numbers(row.bounds);
  const at = quantiles.findIndex((candidate) => Math.abs(candidate - quantile) <= farthest);
  return at < 0 ? undefined : numbers(row.counts)[at];
}

function numbers(json: string | null): readonly number[] {
  const parsed: unknown = json === null ? [] : JSON.parse(json);
  return list(parsed).map((value) => numberOf(value) ?? 0);
}

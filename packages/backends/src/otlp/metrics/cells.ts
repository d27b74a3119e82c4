import type { Chosen } from './choose-source.js';
import type { GaugeRow, Growth, SeriesFacts } from './counter-rows.js';
import { type Interval, quantileOf } from './distribution.js';
import type { Grid } from './grid.js';
import { valueFactor } from './time-unit.js';

/** Which group a series belongs to, as text; undefined to leave it out. */
export type GroupOf = (facts: SeriesFacts) => string | undefined;
/** Values of each group by bin. */
export type Values = ReadonlyMap<string, ReadonlyMap<number, number>>;

interface Rates {
  /** Growth and seconds by series, so that several readings in a bin are one rate. */
  readonly bySeries: Map<number, { facts: SeriesFacts; value: number; seconds: number }>;
  readonly intervals: Map<string, Interval>;
  increase: number;
}

/** Groups of bins with everything that counters and histograms say about them. */
export type RateCells = ReadonlyMap<string, ReadonlyMap<number, Rates>>;

export function rateCells(grown: readonly Growth[], groupOf: GroupOf): RateCells {
  const cells = new Map<string, Map<number, Rates>>();
  for (const growth of grown) {
    const group = groupOf(growth.facts);
    if (group === undefined) continue;
    const share = 1 / growth.bins.length;
    const bins = at(cells, group, () => new Map<number, Rates>());
    for (const bin of growth.bins) addGrowth(at(bins, bin, emptyRates), growth, share);
    // What happened once is told once: in the bin where it was seen.
    const last = bins.get(growth.bins.at(-1) ?? 0);
    if (last !== undefined) last.increase += growth.value;
  }
  return cells;
}

/** A signal's values from counters and histograms. */
export function rateValues(cells: RateCells, chosen: Chosen, grid: Grid, end: number): Values {
  const values = new Map<string, ReadonlyMap<number, number>>();
  for (const [group, bins] of cells) {
    const line = new Map<number, number>();
    for (const [bin, rates] of bins) {
      const value = signalValue(rates, chosen, secondsOf(grid, bin, end));
      if (value !== null) line.set(bin, value);
    }
    values.set(group, line);
  }
  return values;
}

/** Requests in each bin, for how much a share of them can be trusted. */
export function requestsIn(cells: RateCells, group: string, bin: number): number {
  return cells.get(group)?.get(bin)?.increase ?? 0;
}

/**
 * Standard deviation of a quantile that comes from the number of requests alone: half the way between
 * the quantiles one binomial deviation below and above it.
 */
export function quantileNoise(cells: RateCells, group: string, bin: number, quantile: number): number {
  const rates = cells.get(group)?.get(bin);
  if (rates === undefined || rates.increase <= 0) return 0;
  const away = Math.sqrt((quantile * (1 - quantile)) / rates.increase);
  const intervals = [...rates.intervals.values()];
  const above = quantileOf(intervals, Math.min(1, quantile + away)) ?? 0;
  const below = quantileOf(intervals, Math.max(0, quantile - away)) ?? 0;
  return Math.max(0, above - below) / 2;
}

/** A signal's values from gauges: added up within an instance, then joined over instances. */
export function gaugeValues(
  rows: readonly GaugeRow[],
  facts: ReadonlyMap<number, SeriesFacts>,
  chosen: Chosen,
  groupOf: GroupOf,
): Values {
  const sums = new Map<string, Map<number, Map<string, number>>>();
  for (const row of rows) {
    const series = facts.get(row.series);
    const group = series === undefined ? undefined : groupOf(series);
    const value = gaugeValue(row, chosen);
    if (series === undefined || group === undefined || value === null) continue;
    const bins = at(sums, group, () => new Map<number, Map<string, number>>());
    const instances = at(bins, row.bin, () => new Map<string, number>());
    const key = `${series.service}\n${series.instance ?? ''}`;
    const scaled = value * valueFactor(series.metric, series.unit, chosen.unit);
    instances.set(key, (instances.get(key) ?? 0) + scaled);
  }
  const values = new Map<string, ReadonlyMap<number, number>>();
  for (const [group, bins] of sums) {
    const line = new Map<number, number>();
    for (const [bin, instances] of bins) line.set(bin, joined([...instances.values()], chosen));
    values.set(group, line);
  }
  return values;
}

function addGrowth(rates: Rates, growth: Growth, share: number): void {
  const { facts } = growth;
  const entry = at(rates.bySeries, facts.series, () => ({ facts, value: 0, seconds: 0 }));
  entry.value += growth.value * share;
  entry.seconds += growth.seconds * share;
  for (const { lower, upper, count } of growth.intervals ?? []) {
    const key = `${lower}:${upper}`;
    rates.intervals.set(key, { lower, upper, count: (rates.intervals.get(key)?.count ?? 0) + count * share });
  }
}

function signalValue(rates: Rates, chosen: Chosen, binSeconds: number): number | null {
  const { reading } = chosen;
  if (reading.how === 'increase') return rates.increase;
  if (reading.how === 'rate') return meanRate(rates, chosen, binSeconds);
  if (reading.how !== 'requests') return null;
  if (reading.want === 'latency') return quantileOf([...rates.intervals.values()], reading.quantile ?? 0.95);
  let all = 0;
  let failed = 0;
  for (const entry of rates.bySeries.values()) {
    const rate = rateOf(entry, binSeconds);
    all += rate;
    if (entry.facts.failed) failed += rate;
  }
  if (reading.want === 'rate') return all;
  return all > 0 ? failed / all : null;
}

/** Added up over what an instance counts apart, such as CPU modes; then the mean over instances. */
function meanRate(rates: Rates, chosen: Chosen, binSeconds: number): number {
  const instances = new Map<string, number>();
  for (const entry of rates.bySeries.values()) {
    const key = entry.facts.instance ?? '';
    const factor = valueFactor(entry.facts.metric, entry.facts.unit, chosen.unit);
    instances.set(key, (instances.get(key) ?? 0) + rateOf(entry, binSeconds) * factor);
  }
  const all = [...instances.values()];
  return all.reduce((sum, value) => sum + value, 0) / Math.max(1, all.length);
}

/** Delta exporters leave out what did not change, so their growth spreads over the whole bin. */
function rateOf(
  entry: { readonly facts: SeriesFacts; readonly value: number; readonly seconds: number },
  binSeconds: number,
): number {
  const seconds = entry.facts.temporality === 1 ? Math.max(entry.seconds, binSeconds) : entry.seconds;
  return entry.value / seconds;
}

function secondsOf(grid: Grid, bin: number, end: number): number {
  const start = grid.origin + bin * grid.step;
  return Math.max(1, Math.min(grid.step, end - start) / 1e6);
}

function gaugeValue(row: GaugeRow, chosen: Chosen): number | null {
  const { reading } = chosen;
  if (reading.how === 'gauge') return reading.inverted === true ? 1 - row.value : row.value;
  return null;
}

function joined(values: readonly number[], chosen: Chosen): number {
  const { reading } = chosen;
  if (reading.how === 'gauge' && reading.across === 'max') return Math.max(...values);
  const sum = values.reduce((total, value) => total + value, 0);
  return reading.how === 'gauge' && reading.across === 'sum' ? sum : sum / values.length;
}

function emptyRates(): Rates {
  return { bySeries: new Map(), intervals: new Map(), increase: 0 };
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

import type { Point, SignalStatistics } from '../metrics.js';

/** The normal-consistent factor of the median absolute deviation. */
const madFactor = 1.4826;

/** Quantile with linear interpolation between order statistics (type 7); NaN of an empty list. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * Math.min(1, Math.max(0, share));
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Standard deviation estimated from the median absolute deviation, which a few outliers do not move. */
export function robustDeviation(values: readonly number[]): number {
  const middle = median(values);
  return madFactor * median(values.map((value) => Math.abs(value - middle)));
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The values of a series without its gaps. */
export function presentValues(points: readonly Point[]): readonly number[] {
  return points.flatMap(([, value]) => (value === null || !Number.isFinite(value) ? [] : [value]));
}

/** Statistics of a series; null where there is no value at all. */
export function seriesStatistics(points: readonly Point[]): SignalStatistics {
  const values = presentValues(points);
  if (values.length === 0)
    return { count: 0, min: null, max: null, mean: null, p50: null, p95: null, last: null };
  return {
    count: values.length,
    min: quantile(values, 0),
    max: quantile(values, 1),
    mean: mean(values),
    p50: median(values),
    p95: quantile(values, 0.95),
    last: values.at(-1) ?? null,
  };
}

/** Rounds to significant digits, by which a number in JSON costs few tokens and still says enough. */
export function roundTo(value: number, digits = 4): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}

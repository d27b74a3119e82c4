import { isFields, list, numberOf } from './values.js';

/**
 * Buckets of an exponential histogram: bucket `index` of the positive range counts values in
 * (base^index, base^(index+1)] with base = 2^(2^-scale) (OpenTelemetry metrics data model).
 * Negative values do not occur in what is read here (durations, sizes) and count as zero.
 */
export interface ExponentialBuckets {
  readonly scale: number;
  readonly zero: number;
  readonly offset: number;
  readonly counts: readonly number[];
}

const mostBuckets = 400;

/** From a data point of an exponential histogram, as JSON. */
export function exponentialJson(point: Readonly<Record<string, unknown>>): string {
  const positive = isFields(point.positive) ? point.positive : {};
  const negative = isFields(point.negative) ? point.negative : {};
  const below = list(negative.bucketCounts).reduce<number>((sum, count) => sum + (numberOf(count) ?? 0), 0);
  const buckets: ExponentialBuckets = {
    scale: numberOf(point.scale) ?? 0,
    zero: (numberOf(point.zeroCount) ?? 0) + below,
    offset: numberOf(positive.offset) ?? 0,
    counts: list(positive.bucketCounts)
      .slice(0, mostBuckets)
      .map((count) => numberOf(count) ?? 0),
  };
  return JSON.stringify(buckets);
}

/**
 * The same counts at a lower scale: going down by one merges pairs of buckets, index to
 * floor(index / 2). A scale that is not lower gives the buckets as they are.
 */
export function atScale(buckets: ExponentialBuckets, scale: number): ReadonlyMap<number, number> {
  const shift = Math.max(0, buckets.scale - scale);
  const merged = new Map<number, number>();
  buckets.counts.forEach((count, at) => {
    if (count === 0) return;
    const index = Math.floor((buckets.offset + at) / 2 ** shift);
    merged.set(index, (merged.get(index) ?? 0) + count);
  });
  return merged;
}

/** Lower and upper bound of a bucket. */
export function boundsAt(index: number, scale: number): readonly [number, number] {
  const step = 2 ** -scale;
  return [2 ** (index * step), 2 ** ((index + 1) * step)];
}

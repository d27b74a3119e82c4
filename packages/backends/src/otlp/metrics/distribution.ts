import { atScale, boundsAt, type ExponentialBuckets } from '../decode/exponential.js';
import { isFields, list, numberOf } from '../decode/values.js';

/** How many values lie between two bounds. `upper` may be infinite. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/** What one row of a histogram holds. */
export type Buckets = {
  readonly bounds: string | null;
  readonly counts: string | null;
};

/**
 * The values that came between two readings of a cumulative histogram, or all of one reading when there
 * is no earlier one. Undefined when the two cannot be subtracted (bounds that changed).
 */
export function growth(now: Buckets, before: Buckets | undefined): readonly Interval[] | undefined {
  const parsed = parse(now.counts);
  if (Array.isArray(parsed)) return explicitGrowth(now, before, parsed);
  const buckets = exponential(parsed);
  if (buckets === undefined) return undefined;
  return exponentialGrowth(buckets, before === undefined ? undefined : exponential(parse(before.counts)));
}

/**
 * The value below which a share of all values lies. Within a bucket values are taken as evenly spread,
 * as Prometheus' histogram_quantile does; beyond the last bound the answer is that bound. Buckets of
 * different histograms may overlap: each spreads its count over its own range. Null without values.
 */
export function quantileOf(intervals: readonly Interval[], quantile: number): number | null {
  const filled = intervals.filter((interval) => interval.count > 0);
  const total = filled.reduce((sum, interval) => sum + interval.count, 0);
  if (total === 0) return null;
  const finite = filled.map((interval) =>
    interval.upper === Number.POSITIVE_INFINITY ? { ...interval, upper: interval.lower } : interval,
  );
  const edges = [...new Set(finite.flatMap(({ lower, upper }) => [lower, upper]))].sort((a, b) => a - b);
  const wanted = quantile * total;
  let low = edges[0] ?? 0;
  let below = countBelow(finite, low);
  for (const edge of edges) {
    const here = countBelow(finite, edge);
    if (here >= wanted) {
      const share = here > below ? (wanted - below) / (here - below) : 1;
      return low + (edge - low) * Math.max(0, Math.min(1, share));
    }
    low = edge;
    below = here;
  }
  return low;
}

function countBelow(intervals: readonly Interval[], value: number): number {
  let sum = 0;
  for (const { lower, upper, count } of intervals) {
    if (upper <= value) sum += count;
    else if (lower < value) sum += (count * (value - lower)) / (upper - lower);
  }
  return sum;
}

function explicitGrowth(
  now: Buckets,
  before: Buckets | undefined,
  counts: readonly unknown[],
): readonly Interval[] | undefined {
  if (before !== undefined && before.bounds !== now.bounds) return undefined;
  const bounds = list(parse(now.bounds)).map((bound) => numberOf(bound) ?? 0);
  const old = before === undefined ? [] : list(parse(before.counts));
  return counts.map((count, at) => ({
    lower: bounds[at - 1] ?? Math.min(0, bounds[0] ?? 0),
    upper: bounds[at] ?? Number.POSITIVE_INFINITY,
    count: Math.max(0, (numberOf(count) ?? 0) - (numberOf(old[at]) ?? 0)),
  }));
}

/** Scales are brought to the lower of the two, where the buckets of one are unions of the other's. */
function exponentialGrowth(
  now: ExponentialBuckets,
  before: ExponentialBuckets | undefined,
): readonly Interval[] {
  const scale = before === undefined ? now.scale : Math.min(now.scale, before.scale);
  const old = before === undefined ? new Map<number, number>() : atScale(before, scale);
  const intervals: Interval[] = [{ lower: 0, upper: 0, count: Math.max(0, now.zero - (before?.zero ?? 0)) }];
  for (const [index, count] of atScale(now, scale)) {
    const [lower, upper] = boundsAt(index, scale);
    intervals.push({ lower, upper, count: Math.max(0, count - (old.get(index) ?? 0)) });
  }
  return intervals;
}

function exponential(value: unknown): ExponentialBuckets | undefined {
  if (!isFields(value)) return undefined;
  return {
    scale: numberOf(value.scale) ?? 0,
    zero: numberOf(value.zero) ?? 0,
    offset: numberOf(value.offset) ?? 0,
    counts: list(value.counts).map((count) => numberOf(count) ?? 0),
  };
}

function parse(json: string | null): unknown {
  return json === null ? undefined : JSON.parse(json);
}

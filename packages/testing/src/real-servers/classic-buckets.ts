import type { OtlpPoint } from './otlp-points.js';

/** A histogram as Prometheus keeps it, not yet added up over buckets: one count more than bounds. */
export interface Classic {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** Finer ones would give more series than a test needs. */
const finestScale = 2;

export function explicitBuckets(points: readonly OtlpPoint[]): readonly Classic[] {
  return points.map(({ explicitBounds, bucketCounts }) => ({ bounds: explicitBounds, counts: bucketCounts }));
}

/**
 * All points of a series at the same bounds, which `rate` needs: the powers of
 * base = 2^(2^-scale) at the coarsest scale that occurs, from the lowest to the highest bucket used.
 * Bucket `index` counts values in (base^index, base^(index + 1)]; going down a scale merges pairs.
 * Zero and negative values count below the lowest bound.
 * OpenTelemetry metrics data model, "ExponentialHistogram".
 */
export function exponentialBuckets(points: readonly OtlpPoint[]): readonly Classic[] {
  const scale = Math.min(finestScale, ...points.map((point) => point.scale));
  const merged = points.map((point) => atScale(point, scale));
  const used = merged.flatMap((counts) => [...counts.keys()]);
  if (used.length === 0) return points.map(({ zeroCount }) => ({ bounds: [0], counts: [zeroCount, 0] }));
  const lowest = used.reduce((a, b) => Math.min(a, b));
  const highest = used.reduce((a, b) => Math.max(a, b));
  const indices = Array.from({ length: highest - lowest + 1 }, (_, at) => lowest + at);
  const boundOf = (index: number) => Number((2 ** (index * 2 ** -scale)).toPrecision(12));
  const bounds = [boundOf(lowest), ...indices.map((index) => boundOf(index + 1))];
  return points.map(({ zeroCount, negative }, at) => {
    const below = negative.bucketCounts.reduce((sum, count) => sum + count, zeroCount);
    return { bounds, counts: [below, ...indices.map((index) => merged[at]?.get(index) ?? 0), 0] };
  });
}

function atScale({ scale: own, positive }: OtlpPoint, scale: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  positive.bucketCounts.forEach((count, at) => {
    if (count === 0) return;
    const index = Math.floor((positive.offset + at) / 2 ** (own - scale));
    counts.set(index, (counts.get(index) ?? 0) + count);
  });
  return counts;
}

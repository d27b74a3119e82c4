import type { Point } from '../metrics.js';
import { mean, roundTo } from './statistics.js';

/**
 * Lowers the resolution of a series to at most `most` points by averaging neighbours, with values of
 * four significant digits. A bucket without values stays a gap. `stepMs` is the spacing that results.
 */
export function thinPoints(
  points: readonly Point[],
  stepMs: number,
  most: number,
): { readonly points: readonly Point[]; readonly stepMs: number } {
  const perBucket = Math.max(1, Math.ceil(points.length / Math.max(1, most)));
  const thinned: Point[] = [];
  for (let start = 0; start < points.length; start += perBucket) {
    const bucket = points.slice(start, start + perBucket);
    const first = bucket[0];
    if (first === undefined) break;
    const values = bucket.flatMap(([, value]) => (value === null ? [] : [value]));
    thinned.push([first[0], values.length === 0 ? null : roundTo(mean(values))]);
  }
  return { points: thinned, stepMs: stepMs * perBucket };
}

import { roundTo } from '@devops-mcp/domain';

export interface Typical {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly errorShare: number;
}

export interface JudgedDuration extends Typical {
  readonly verdict: 'typical' | 'slow' | 'very_slow' | 'fast';
}

/**
 * Slow is longer than 95 % of the traces of the operation, very slow twice as long as that, fast less
 * than half of the median: a request that failed early is fast too.
 */
export function judgeDuration(durationMs: number, typical: Typical): JudgedDuration {
  const { count, p50Ms, p95Ms, errorShare } = typical;
  const verdict =
    durationMs > 2 * p95Ms
      ? 'very_slow'
      : durationMs > p95Ms
        ? 'slow'
        : durationMs < p50Ms / 2
          ? 'fast'
          : 'typical';
  return { count, p50Ms: roundTo(p50Ms), p95Ms: roundTo(p95Ms), errorShare: roundTo(errorShare, 3), verdict };
}

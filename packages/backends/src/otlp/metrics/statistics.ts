import type { Point, SignalStatistics } from '@devops-mcp/domain';

/** Statistics of the points that have a value; percentiles by linear interpolation between ranks. */
export function statisticsOf(points: readonly Point[]): SignalStatistics {
  const values = points.flatMap(([, value]) => (value === null ? [] : [value]));
  const sorted = [...values].sort((a, b) => a - b);
  const sum = values.reduce((total, value) => total + value, 0);
  return {
    count: values.length,
    min: sorted[0] ?? null,
    max: sorted.at(-1) ?? null,
    mean: values.length === 0 ? null : sum / values.length,
    p50: rank(sorted, 0.5),
    p95: rank(sorted, 0.95),
    last: values.at(-1) ?? null,
  };
}

export function median(values: readonly number[]): number {
  return (
    rank(
      [...values].sort((a, b) => a - b),
      0.5,
    ) ?? 0
  );
}

function rank(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}

/** One measured quantity over its repetitions. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** Throws for no values: a figure that was not measured must not look like one. */
export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    count: sorted.length,
    min: at(sorted, 0),
    median: at(sorted, 0.5),
    p99: at(sorted, 0.99),
    max: at(sorted, 1),
  };
}

/** Nearest rank, and the mean of the middle two for the median of an even number of values. */
function at(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[share === 0.5 ? Math.floor(place) : Math.ceil(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('nothing was measured');
  return (below + above) / 2;
}

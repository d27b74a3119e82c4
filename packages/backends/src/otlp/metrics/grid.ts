import { listParameter, type Session } from '../port-context.js';

/** Equal steps of time, in microseconds. Bin k covers [origin + k step, origin + (k + 1) step). */
export interface Grid {
  readonly origin: number;
  readonly step: number;
  /** First and last bin that the window touches. */
  readonly first: number;
  readonly last: number;
  /** Where in its bin a point is shown: 0 at the start, or half a step where bins are centred on the samples. */
  readonly shown: number;
}

const second = 1e6;
const niceSeconds = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
  172_800, 604_800,
];

/** The spacing of samples and the time of the first; null without two samples of any series. */
export interface Spacing {
  readonly interval: number | null;
  readonly first: number | null;
}

/** Median distance of consecutive samples over the series of some metrics, in microseconds. */
export async function spacingOf(
  session: Session,
  services: readonly string[],
  metrics: readonly string[],
  start: number,
  end: number,
): Promise<Spacing> {
  const [row] = await session.query<{ interval: number | null; first: number | null }>(
    `SELECT quantile_disc(distance, 0.5)::DOUBLE AS interval, min(time_us)::DOUBLE AS first FROM (
       SELECT time_us, nullif(time_us - lag(time_us) OVER (PARTITION BY series ORDER BY time_us), 0) AS distance
       FROM points WHERE service IN (SELECT unnest(?::VARCHAR[])) AND metric IN (SELECT unnest(?::VARCHAR[]))
         AND time_us >= ? AND time_us < ?)`,
    [listParameter(services), listParameter(metrics), start, end],
  );
  return row ?? { interval: null, first: null };
}

/**
 * Steps that give at most `most` points and are never finer than the data. Where a step is about one
 * sample, bins are centred on the samples, since samples near an edge would fall on either side of it;
 * otherwise they start at round times.
 */
export function gridOf(start: number, end: number, most: number, spacing: Spacing): Grid {
  const least = Math.max((spacing.interval ?? 0) * 0.97, second);
  for (const seconds of niceSeconds) {
    const step = seconds * second;
    if (step < least || (end - start) / step > most) continue;
    const grid = gridWith(step, start, end, spacing);
    if (grid.last - grid.first < most) return grid;
  }
  const step = Math.ceil(Math.max(least, (end - start) / Math.max(1, most - 1)) / second) * second;
  return gridWith(step, start, end, spacing);
}

function gridWith(step: number, start: number, end: number, spacing: Spacing): Grid {
  const interval = spacing.interval ?? 0;
  const centred = interval > 0 && step < interval * 1.5 && spacing.first !== null;
  const origin = centred ? (((spacing.first ?? 0) - step / 2) % step) - step : 0;
  const shown = centred ? step / 2 : 0;
  return {
    origin,
    step,
    // A centred bin belongs to the window when its middle, the sample, does.
    first: centred ? Math.ceil((start - origin - shown) / step) : Math.floor((start - origin) / step),
    last: Math.ceil((end - origin - shown) / step) - 1,
    shown,
  };
}

export function timeOfBin(grid: Grid, bin: number): number {
  return grid.origin + bin * grid.step + grid.shown;
}

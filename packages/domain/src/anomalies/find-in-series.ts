import type { Anomaly } from '../metrics.js';
import { type AnomalySeries, byServiceAndSignal } from './anomaly-series.js';
import { leastSamples } from './excursion.js';
import { judgeSeries } from './judge-series.js';

/**
 * What left its normal among series of any services and signals, under the catalog's names. Only what
 * begins at `startMs` (Unix ms) or later is reported, but for memory that has grown since before it.
 */
export function findInSeries(
  series: readonly AnomalySeries[],
  startMs: number,
  serviceOf: (name: string) => string,
): readonly Anomaly[] {
  return [...byServiceAndSignal(series).values()].flatMap((lines) => judgeSeries(lines, startMs, serviceOf));
}

/** Says how many series were too short to be judged; empty when none was. */
export function hintsOfShort(series: readonly AnomalySeries[]): readonly string[] {
  const short = series.filter((line) => line.samples.length < leastSamples).length;
  return short === 0
    ? []
    : [`${short} of ${series.length} series have fewer than six samples and were not judged.`];
}

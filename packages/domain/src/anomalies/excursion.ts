import { median, robustDeviation } from '../analysis/statistics.js';
import type { AnomalySample } from './anomaly-series.js';

export interface Excursion {
  /** Index of the first sample that left the normal. */
  readonly onset: number;
  /** Index after the last one; the number of samples while it lasts. */
  readonly end: number;
  readonly baseline: number;
  /** Median of the samples of the excursion. */
  readonly value: number;
  readonly score: number;
  readonly direction: 'up' | 'down';
}

const leastBefore = 4;
/** What is shorter is not judged. */
export const leastSamples = 6;
const away = 3;
const leastScore = 4;
const leastScoreOfOne = 8;
/** A short run that is over again: of many series, some have one by chance. */
const shortRun = 4;
const leastScoreOfShort = 8;

export const excursionMethod =
  'Each series is split where the rank CUSUM (standardised Mann-Whitney statistic over all splits, after Pettitt) ' +
  'is largest; the baseline is median and 1.4826 MAD of what lies before the split or, if that gives the stronger ' +
  'deviation, of the whole series, floored per unit (10 % of the baseline, an absolute least, and the noise of ' +
  'counting so many requests). An anomaly is a run of at least two samples beyond three deviations whose median ' +
  'deviates by four or more, by eight when it is over after four samples or less or is a single last sample; its ' +
  'onset is the first sample of the run. Services with several instances are judged as a whole too, which stands ' +
  'for them where most deviate alike; an instance that is new is judged against its service.';

/**
 * The strongest sustained departure of a series from its normal, or undefined. `floor` gives the least
 * standard deviation for a baseline, so that a flat series does not make every wiggle infinite.
 */
export function findExcursion(
  samples: readonly AnomalySample[],
  floor: (baseline: number) => number,
): Excursion | undefined {
  if (samples.length < leastSamples) return undefined;
  const split = changePoint(samples);
  const candidates = [
    split >= leastBefore
      ? excursionFrom(samples, samples.slice(0, split), floor, Math.max(0, split - 2))
      : undefined,
    excursionFrom(samples, samples, floor, leastBefore - 1),
  ];
  return candidates.filter((candidate) => candidate !== undefined).sort((a, b) => b.score - a.score)[0];
}

/** Index of the first sample after the most significant split, by ranks. */
function changePoint(samples: readonly AnomalySample[]): number {
  const n = samples.length;
  const ranks = ranksOf(samples.map((sample) => sample.value));
  let sum = 0;
  let best = 0;
  let split = 0;
  for (let k = 1; k < n - 1; k += 1) {
    sum += ranks[k - 1] ?? 0;
    if (k < leastBefore) continue;
    const difference = Math.abs(2 * sum - k * (n + 1));
    const strength = difference / Math.sqrt((k * (n - k) * (n + 1)) / 3);
    if (strength > best) {
      best = strength;
      split = k;
    }
  }
  return split;
}

/** Ranks from 1, equal values sharing their mean rank. */
function ranksOf(values: readonly number[]): readonly number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && order[to + 1]?.value === order[from]?.value) to += 1;
    for (let at = from; at <= to; at += 1) ranks[order[at]?.index ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

function excursionFrom(
  samples: readonly AnomalySample[],
  normal: readonly AnomalySample[],
  floor: (baseline: number) => number,
  earliest: number,
): Excursion | undefined {
  const values = normal.map((sample) => sample.value);
  const baseline = median(values);
  const deviation = Math.max(robustDeviation(values), floor(baseline));
  const scores = samples.map((sample) => (sample.value - baseline) / Math.max(deviation, sample.noise));
  let best: Excursion | undefined;
  for (const [onset, end] of runsOf(scores, earliest)) {
    const signed = median(scores.slice(onset, end));
    const least = leastOf(end - onset, end === scores.length);
    if (Math.abs(signed) < least || (best !== undefined && Math.abs(signed) <= best.score)) continue;
    const value = median(samples.slice(onset, end).map((sample) => sample.value));
    best = { onset, end, baseline, value, score: Math.abs(signed), direction: signed > 0 ? 'up' : 'down' };
  }
  return best;
}

function leastOf(length: number, lasts: boolean): number {
  if (length === 1) return leastScoreOfOne;
  return lasts || length > shortRun ? leastScore : leastScoreOfShort;
}

/** Runs beyond three deviations on one side; one sample in between may fall back. A run of one counts at the end only. */
function runsOf(scores: readonly number[], earliest: number): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (let at = earliest; at < scores.length; ) {
    const side = Math.sign(scores[at] ?? 0);
    const out = (index: number) => side * (scores[index] ?? 0) > away;
    if (!out(at)) {
      at += 1;
      continue;
    }
    let end = at + 1;
    while (end < scores.length && (out(end) || (out(end + 1) && end + 1 < scores.length))) end += 1;
    if (end - at >= 2 || end === scores.length) runs.push([at, end]);
    at = end;
  }
  return runs;
}

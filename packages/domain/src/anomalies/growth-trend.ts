import type { AnomalySample } from './anomaly-series.js';
import type { Excursion } from './excursion.js';

const leastSamples = 10;
/** Of an unbroken rise. */
const leastMinutes = 20;
const leastShare = 0.15;
const leastBytes = 8 * 1_048_576;
/** Kendall's tau of the rise: how far it is one way only. */
const leastTau = 0.7;
/** The second half of a rise against the first: what levels off is a cache that fills. */
const leastOfFirstHalf = 0.4;
/** A fall of a quarter from one sample to the next but one is a restart or a collection of garbage. */
const fall = 0.75;
/** What falls back more often than this in a window is collected and not leaked. */
const mostFalls = 4;

export const growthMethod =
  'Memory is also tested for slow growth: between falls of a quarter or more (at most four), a flat line followed by ' +
  'a rising one is fitted by least squares; a rise of 15 % or more over at least 20 minutes and ten samples, ' +
  "with Kendall's tau of 0.7 and no levelling off, is an anomaly since the rise began, even before the window.";

/**
 * A lasting growth of a series, or undefined. The score is the largest rise in units of `deviation`,
 * the least deviation of its baseline. A series whose last rise was cut short by a restart still grows.
 */
export function findGrowth(
  samples: readonly AnomalySample[],
  deviation: (baseline: number) => number,
): Excursion | undefined {
  const parts = unbroken(samples);
  if (parts.length > mostFalls + 1) return undefined;
  const rises = parts.flatMap(([from, to]) => riseIn(samples, from, to) ?? []);
  const [first] = rises;
  const last = rises.at(-1);
  if (first === undefined || last === undefined) return undefined;
  // What stopped growing for good is over: only the newest or the one before it may be the last rise.
  const rising = parts.at(-1)?.[0] === last.from || isYoung(samples, parts.at(-1));
  if (!rising) return undefined;
  const highest = rises.reduce((a, b) => (b.to > a.to ? b : a));
  return {
    onset: first.onset,
    end: samples.length,
    baseline: first.base,
    value: highest.to,
    score: (highest.to - highest.base) / deviation(first.base),
    direction: 'up',
  };
}

interface Rise {
  /** Index of the first sample of its unbroken part. */
  readonly from: number;
  /** Index of the first sample above the flat line. */
  readonly onset: number;
  readonly base: number;
  readonly to: number;
}

/** Index ranges without a sudden fall. */
function unbroken(samples: readonly AnomalySample[]): readonly (readonly [number, number])[] {
  const parts: [number, number][] = [];
  let from = 0;
  for (let at = 1; at < samples.length; at += 1) {
    const before = Math.max(samples[at - 1]?.value ?? 0, at - 2 >= from ? (samples[at - 2]?.value ?? 0) : 0);
    if ((samples[at]?.value ?? 0) >= fall * before) continue;
    // The sample in the middle of a fall is a mean of before and after: the next part begins behind it.
    if (at > from) parts.push([from, at]);
    from = at;
  }
  parts.push([from, samples.length]);
  return parts.filter(([start, end]) => end - start > 2);
}

function isYoung(samples: readonly AnomalySample[], part: readonly [number, number] | undefined): boolean {
  if (part === undefined) return false;
  const [from, to] = part;
  return to - from < leastSamples || minutesOf(samples, from, to) < leastMinutes;
}

function riseIn(samples: readonly AnomalySample[], from: number, to: number): Rise | undefined {
  if (to - from < leastSamples) return undefined;
  const values = samples.slice(from, to).map((sample) => sample.value);
  const { bend, base, slope } = fitBend(values);
  const length = values.length - bend;
  const rise = slope * (length - 1);
  if (length < leastSamples || minutesOf(samples, from + bend, to) < leastMinutes) return undefined;
  if (rise < Math.max(leastShare * base, leastBytes)) return undefined;
  const rising = values.slice(bend);
  if (tauOf(rising) < leastTau || levelsOff(rising)) return undefined;
  return { from, onset: Math.min(to - 1, from + bend + (bend > 0 ? 1 : 0)), base, to: base + rise };
}

/** The least-squares line that is flat up to an index and rises from there. */
function fitBend(values: readonly number[]): {
  readonly bend: number;
  readonly base: number;
  readonly slope: number;
} {
  let best = { bend: 0, base: values[0] ?? 0, slope: 0, error: Number.POSITIVE_INFINITY };
  for (let bend = 0; bend <= values.length - leastSamples; bend += 1) {
    const run = (at: number) => Math.max(0, at - bend);
    const { base, slope } = line(values, run);
    const error = values.reduce((sum, value, at) => sum + (value - base - slope * run(at)) ** 2, 0);
    if (error < best.error) best = { bend, base, slope, error };
  }
  return best;
}

function line(values: readonly number[], run: (at: number) => number): { base: number; slope: number } {
  const n = values.length;
  const meanX = values.reduce((sum, _, at) => sum + run(at), 0) / n;
  const meanY = values.reduce((sum, value) => sum + value, 0) / n;
  const top = values.reduce((sum, value, at) => sum + (run(at) - meanX) * (value - meanY), 0);
  const below = values.reduce((sum, _, at) => sum + (run(at) - meanX) ** 2, 0);
  const slope = below > 0 ? top / below : 0;
  return { base: meanY - slope * meanX, slope };
}

/** Kendall's tau of values against time. */
function tauOf(values: readonly number[]): number {
  let sum = 0;
  for (let a = 0; a < values.length; a += 1)
    for (let b = a + 1; b < values.length; b += 1) sum += Math.sign((values[b] ?? 0) - (values[a] ?? 0));
  return sum / ((values.length * (values.length - 1)) / 2);
}

function levelsOff(values: readonly number[]): boolean {
  const middle = Math.floor(values.length / 2);
  const slopeOf = (part: readonly number[]) => line(part, (at) => at).slope;
  return slopeOf(values.slice(middle)) < leastOfFirstHalf * slopeOf(values.slice(0, middle));
}

function minutesOf(samples: readonly AnomalySample[], from: number, to: number): number {
  return ((samples[to - 1]?.timeMs ?? 0) - (samples[from]?.timeMs ?? 0)) / 60_000;
}

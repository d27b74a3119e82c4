import type { Point } from '../metrics.js';
import { mean, median, presentValues, quantile, robustDeviation } from './statistics.js';

/**
 * `changed` is said of signals that have no good direction, such as a rising request rate or a
 * signal that only the catalog names.
 */
export const verdicts = ['stable', 'regressed', 'improved', 'changed', 'insufficient_data'] as const;
export type Verdict = (typeof verdicts)[number];

export interface Judgement {
  readonly verdict: Verdict;
  /** When the signal first left its normal; null for a stable one. */
  readonly since: Date | null;
  /** When it came back within the window; null while it lasts. */
  readonly until: Date | null;
  /** Largest distance from the baseline's median, in robust standard deviations with the floor below. */
  readonly score: number;
  /** What the baseline calls normal. */
  readonly normal: { readonly low: number; readonly high: number } | null;
}

export interface JudgeInput {
  readonly signal: string;
  readonly unit: string;
  readonly current: readonly Point[];
  readonly baseline: readonly Point[];
}

const fewestPoints = 5;
const deviations = 4;
const relativeFloor = 0.2;
const moreRestarts = 1.5;
/** Smaller differences than these mean nothing to anybody, however quiet the baseline was. */
const absoluteFloors: Readonly<Record<string, number>> = {
  ratio: 0.01,
  s: 0.005,
  '1/s': 0.5,
  cores: 0.05,
  By: 16 * 1024 * 1024,
  count: 0.5,
};

/**
 * Compares a series with its baseline. Normal is the baseline's median plus or minus four robust
 * deviations (1.4826 MAD), but at least 20 % of the median and a floor by unit, widened to the
 * baseline's 5th and 95th percentile. A signal has left its normal when three neighbouring points
 * lie outside. One restart is enough when there are half as many again as in the baseline. Fewer than
 * five values on either side are not judged.
 */
export function judgeChange(input: JudgeInput): Judgement {
  const before = presentValues(input.baseline);
  const now = presentValues(input.current);
  if (before.length < fewestPoints || now.length < fewestPoints) return insufficient;
  const band = normalBand(before, absoluteFloor(input));
  const counted = input.signal === 'restarts';
  const runLength = counted ? 1 : 3;
  const asUsual = counted && mean(now) <= moreRestarts * mean(before);
  const above = firstRun(input.current, (value) => value > band.high && !asUsual, runLength);
  const below = firstRun(input.current, (value) => value < band.low, runLength);
  const run = pickRun(input.signal, above, below);
  if (run === undefined) return { verdict: 'stable', since: null, until: null, score: 0, normal: band };
  const middle = median(before);
  const score = Math.max(...now.map((value) => Math.abs(value - middle))) / band.scale;
  const verdict = name(input.signal, run === above ? 'up' : 'down');
  return { verdict, since: run.since, until: run.until, score, normal: { low: band.low, high: band.high } };
}

/** Which way is worse for a signal; null where neither is. */
function worseDirection(signal: string): 'up' | 'down' | null {
  if (signal === 'request_rate') return 'down';
  if (signal.startsWith('latency') || ['error_rate', 'cpu', 'memory', 'restarts'].includes(signal))
    return 'up';
  return null;
}

const insufficient: Judgement = {
  verdict: 'insufficient_data',
  since: null,
  until: null,
  score: 0,
  normal: null,
};

interface Run {
  readonly since: Date;
  readonly until: Date | null;
}

/** A share of failed requests matters from one point in a hundred, a share of a processor from five. */
function absoluteFloor({ signal, unit }: JudgeInput): number {
  if (unit === 'ratio' && (signal === 'cpu' || signal === 'memory')) return 0.05;
  return absoluteFloors[unit] ?? 0;
}

function normalBand(values: readonly number[], least: number) {
  const middle = median(values);
  const floor = Math.max(relativeFloor * Math.abs(middle), least, Number.EPSILON);
  const reach = Math.max(deviations * robustDeviation(values), floor);
  return {
    low: Math.min(middle - reach, quantile(values, 0.05)),
    high: Math.max(middle + reach, quantile(values, 0.95)),
    scale: reach / deviations,
  };
}

/** Gaps neither break a run nor lengthen it. */
function firstRun(
  points: readonly Point[],
  outside: (value: number) => boolean,
  least: number,
): Run | undefined {
  let length = 0;
  let since: number | undefined;
  let found: number | undefined;
  for (const [time, value] of points) {
    if (value === null) continue;
    if (outside(value)) {
      since ??= time;
      length += 1;
      if (length >= least) found ??= since;
    } else {
      if (found !== undefined) return { since: new Date(found), until: new Date(time) };
      length = 0;
      since = undefined;
    }
  }
  return found === undefined ? undefined : { since: new Date(found), until: null };
}

/** A change for the better counts only when it lasts: a short dip is not an improvement. */
function pickRun(signal: string, above: Run | undefined, below: Run | undefined): Run | undefined {
  const worse = worseDirection(signal);
  if (worse === null) return earlier(above, below);
  const [bad, good] = worse === 'up' ? [above, below] : [below, above];
  return bad ?? (good?.until === null ? good : undefined);
}

function earlier(a: Run | undefined, b: Run | undefined): Run | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.since <= b.since ? a : b;
}

function name(signal: string, direction: 'up' | 'down'): Verdict {
  const worse = worseDirection(signal);
  if (worse === direction) return 'regressed';
  // More traffic is neither good nor bad, less of everything else that has a worse side is good.
  return worse === null || signal === 'request_rate' ? 'changed' : 'improved';
}

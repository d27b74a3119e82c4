import { median } from '../analysis/statistics.js';
import type { Anomaly } from '../metrics.js';
import type { AnomalySample, AnomalySeries } from './anomaly-series.js';
import { type Excursion, findExcursion } from './excursion.js';
import { findGrowth } from './growth-trend.js';
import { leastDeviation } from './signal-noise.js';

/** With fewer samples before it, an instance is as old as what is known of the service. */
const leastBorrowed = 4;
/** Signals that mean the same for one instance as for all: a rate of requests does not. */
const shareable = ['error_rate', 'latency_p50', 'latency_p95', 'latency_p99', 'cpu', 'memory'];

type Found = Anomaly & { readonly lastsFrom: number };

/**
 * What left its normal among the series of one service and signal. Where more than half of the instances
 * that lived at the time deviate alike, or none does, the service as a whole stands for them; otherwise
 * the instances are named. Times before `start` (Unix ms) are only reported of growth.
 */
export function judgeSeries(
  lines: readonly AnomalySeries[],
  start: number,
  serviceOf: (name: string) => string,
): readonly Anomaly[] {
  const whole = lines.find((line) => line.whole);
  const instances = lines.filter((line) => !line.whole);
  const judged = (line: AnomalySeries) => {
    const found = judge(line, whole, start);
    return found === undefined ? undefined : { ...found, service: serviceOf(line.service) };
  };
  const each = instances.flatMap((line) => judged(line) ?? []);
  const one = whole === undefined ? undefined : (grownTogether(each, whole) ?? judged(whole));
  if (one === undefined) return each.map(withoutStart);
  const alive = instances.filter((line) => livesAt(line, one));
  const alike = each.filter((found) => found.direction === one.direction);
  return alike.length === 0 || alike.length > alive.length / 2 ? [withoutStart(one)] : each.map(withoutStart);
}

function judge(line: AnomalySeries, whole: AnomalySeries | undefined, start: number): Found | undefined {
  const floor = (baseline: number) => leastDeviation(line.signal, line.unit, baseline);
  const growth = line.signal === 'memory' && !line.whole ? findGrowth(line.samples, floor) : undefined;
  if (growth !== undefined) return anomalyOf(line, line.samples, growth, Number.NEGATIVE_INFINITY);
  const borrowed = line.whole ? [] : historyBefore(line, whole);
  const samples = [...borrowed, ...line.samples];
  const excursion = findExcursion(samples, floor);
  return excursion === undefined || excursion.onset < borrowed.length
    ? undefined
    : anomalyOf(line, samples, excursion, start);
}

/** What the service did before an instance of it was there. */
function historyBefore(line: AnomalySeries, whole: AnomalySeries | undefined): readonly AnomalySample[] {
  const began = line.samples[0]?.timeMs;
  if (whole === undefined || began === undefined || !shareable.includes(line.signal)) return [];
  const before = whole.samples.filter((sample) => sample.timeMs < began);
  return before.length < leastBorrowed ? [] : before;
}

function anomalyOf(
  line: AnomalySeries,
  samples: readonly AnomalySample[],
  excursion: Excursion,
  start: number,
): Found | undefined {
  const onset = samples[excursion.onset];
  // A sample stands for its whole step: one that reaches into the window counts.
  if (onset === undefined || onset.timeMs + line.stepMs <= start) return undefined;
  const end = samples[excursion.end];
  const { baseline, value, score, direction } = excursion;
  return {
    service: line.service,
    instance: line.instance,
    signal: line.signal,
    unit: line.unit,
    onset: new Date(Math.max(onset.timeMs, start)),
    end: end === undefined ? null : new Date(end.timeMs),
    ...{ baseline, value, score, direction },
    lastsFrom: onset.timeMs,
  };
}

/** The mean of instances that grow and restart in turn shows neither: their medians stand for the service. */
function grownTogether(each: readonly Found[], whole: AnomalySeries): Found | undefined {
  if (whole.signal !== 'memory') return undefined;
  const grown = each.filter((found) => found.direction === 'up' && found.end === null);
  const [first] = grown.toSorted((a, b) => a.lastsFrom - b.lastsFrom);
  if (first === undefined) return undefined;
  const middle = (of: (found: Found) => number) => median(grown.map(of));
  return {
    ...first,
    instance: whole.instance,
    baseline: middle((found) => found.baseline),
    value: middle((found) => found.value),
    score: middle((found) => found.score),
  };
}

function livesAt(line: AnomalySeries, found: Found): boolean {
  const last = line.samples.at(-1)?.timeMs ?? 0;
  const first = line.samples[0]?.timeMs ?? 0;
  return last > found.lastsFrom && first < (found.end?.getTime() ?? Number.POSITIVE_INFINITY);
}

function withoutStart({ lastsFrom: _, ...anomaly }: Found): Anomaly {
  return anomaly;
}

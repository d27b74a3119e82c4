import { type Evidence, minuteMs } from './evidence.js';
import type { Suspect } from './model.js';
import { errorGrowth, isFelt, strongResourceScore, strongScore, traceConfidence } from './significance.js';

const slowLeadMs = 3 * 60 * minuteMs;
/** Errors that are new this long before metrics show them still belong to the same fault. */
const errorLeadMs = 10 * minuteMs;
const manyErrors = 20;
/** Without an alert it takes two independent signs; traces alone weigh two when they are this sure. */
const leastSigns = 2;
const sureTraces = 0.4;

export interface Onset {
  readonly verdict: 'fault' | 'nothing_wrong' | 'not_enough_data';
  readonly onset: number | null;
}

/**
 * Whether something is wrong, and since when. An alert above low severity is enough; without one it
 * takes two signs (services that users feel to have left their normal, errors that grew, a resource
 * far from its normal), a felt deviation of twice the strong score, or traces that surely got worse. The onset is the earliest strong and lasting
 * deviation of what users feel within reach of the alerts; without such a deviation the first alert.
 */
export function findOnset(evidence: Evidence): Onset {
  const felt = evidence.anomalies.filter(isFelt);
  const grown = evidence.errors.filter((error) => errorGrowth(error) >= manyErrors);
  const alerts = evidence.alerts.filter(({ severity }) => severity !== 'info' && severity !== 'low');
  if (evidence.examined === 0 && evidence.alerts.length === 0)
    return { verdict: 'not_enough_data', onset: null };
  if (alerts.length === 0 && signsIn(evidence) < leastSigns) return { verdict: 'nothing_wrong', onset: null };
  const firstAlert = Math.min(...alerts.map(({ since }) => since));
  const near = felt
    .map(({ onset }) => onset)
    .filter((onset) => !Number.isFinite(firstAlert) || onset >= firstAlert - slowLeadMs);
  const onset = Math.min(
    ...near,
    ...(near.length === 0 ? [firstAlert, ...grown.map(({ firstSeen }) => firstSeen)] : []),
  );
  return { verdict: 'fault', onset: Number.isFinite(onset) ? onset : null };
}

/**
 * The onset as the first suspect tells it: of a leak when memory began to grow; else the earliest strong
 * and lasting deviation of the suspect and of those who call it, or its first new errors just before.
 */
export function refineOnset(evidence: Evidence, top: Suspect, onset: number | null): number | null {
  const own = evidence.anomalies.filter(({ service, lasting }) => service === top.service && lasting);
  if (top.kind === 'memory_leak') {
    const grown = own.filter(({ signal, direction }) => signal === 'memory' && direction === 'up');
    return grown.length === 0 ? onset : Math.min(...grown.map((found) => found.onset));
  }
  const related = callersOf(top.service, evidence).add(top.service);
  const felt = evidence.anomalies.filter((found) => isFelt(found) && related.has(found.service));
  const seen = felt.length === 0 ? onset : Math.min(...felt.map((found) => found.onset));
  const errors = evidence.errors
    .filter(
      ({ service, previousCount, count }) =>
        related.has(service) && previousCount === 0 && count >= manyErrors,
    )
    .map(({ firstSeen }) => firstSeen)
    .filter((firstSeen) => seen === null || Math.abs(seen - firstSeen) <= errorLeadMs);
  const times = [...errors, ...(seen === null ? [] : [seen])];
  return times.length === 0 ? null : Math.min(...times);
}

function signsIn(evidence: Evidence): number {
  const felt = evidence.anomalies.filter(isFelt);
  const services = new Set(felt.map(({ service }) => service)).size;
  const unmistakable = felt.some(({ score }) => score >= 2 * strongScore);
  const grown = evidence.errors.some((error) => errorGrowth(error) >= manyErrors);
  const strained = evidence.anomalies.some(
    ({ signal, direction, lasting, score }) =>
      (signal === 'cpu' || signal === 'memory') &&
      direction === 'up' &&
      lasting &&
      score >= strongResourceScore,
  );
  const traces = traceConfidence(evidence.operations) >= sureTraces ? 2 : 0;
  return (
    (unmistakable ? Math.max(leastSigns, services) : services) + Number(grown) + Number(strained) + traces
  );
}

function callersOf(service: string, { calls }: Evidence): Set<string> {
  const found = new Set<string>();
  let edge = new Set([service]);
  while (edge.size > 0) {
    const next = calls.filter(({ to, from }) => edge.has(to) && !found.has(from)).map(({ from }) => from);
    for (const name of next) found.add(name);
    edge = new Set(next);
  }
  return found;
}

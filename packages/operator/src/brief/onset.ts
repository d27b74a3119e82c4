import { type AnomalyFact, type Evidence, minuteMs, resourceSignals } from './evidence.js';

/** Weaker deviations are the noise of any day; 6 robust deviations happen by chance once in years of minutes. */
const strongScore = 6;
const slowLeadMs = 3 * 60 * minuteMs;

export interface Onset {
  readonly verdict: 'fault' | 'nothing_wrong' | 'not_enough_data';
  readonly onset: number | null;
}

/**
 * Whether something is wrong, and since when: the earliest strong and lasting deviation of what users
 * feel (errors, latency, traffic lost) that stands within reach of the newest alert wave; without such
 * a deviation the first alert. Slow resources (memory) may lead by hours and do not set the onset.
 */
export function findOnset(evidence: Evidence): Onset {
  const felt = evidence.anomalies.filter(isFelt);
  const grown = evidence.errors.filter(
    ({ count, previousCount }) => count >= 20 && count > previousCount * 3,
  );
  const alerts = evidence.alerts.filter(({ severity }) => severity !== 'info' && severity !== 'low');
  const nothingSeen = evidence.examined === 0 && evidence.alerts.length === 0;
  if (nothingSeen) return { verdict: 'not_enough_data', onset: null };
  if (alerts.length === 0 && !(felt.length > 0 && grown.length > 0) && felt.length < 3)
    return { verdict: 'nothing_wrong', onset: null };
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

function isFelt({ signal, score, lasting, direction }: AnomalyFact): boolean {
  return (
    lasting &&
    score >= strongScore &&
    !resourceSignals.includes(signal) &&
    (direction === 'up' || signal === 'request_rate')
  );
}

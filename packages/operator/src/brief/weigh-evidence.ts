import { clockOf, describeAnomaly, describeChange, shorten } from './describe-fact.js';
import { type AnomalyFact, type Evidence, minuteMs, resourceSignals } from './evidence.js';
import { mentions } from './mentions.js';
import { errorGrowth, errorsConfidence, isHarm } from './significance.js';

/** One thing that speaks for or against one service; the weights are in the same unit throughout. */
export interface Weight {
  readonly service: string;
  readonly instance: string | null;
  /** Positive speaks for the service as the cause, negative against. */
  readonly weight: number;
  readonly text: string;
  readonly source: string;
}

/** How far each kind of evidence can move a suspect. Set once, for every kind of fault and every system. */
const most = {
  ownErrors: 1.5,
  namedByOthers: 1.2,
  blamesOthers: 0.5,
  firstToLeave: 0.8,
  resource: 0.7,
  change: 1.2,
  slowChange: 1,
  alert: 0.15,
} as const;
/** Scores that count in full. */
const fullScore = 8;
const fullResourceScore = 12;
/** What is over again is rarely what is wrong now. */
const overShare = 0.25;
const alertsCounted = 2;
/** A change explains what begins within minutes of it; after three quarters of an hour hardly. */
const changeReachMs = 45 * minuteMs;
const changeFadeMs = 20 * minuteMs;
/** A change of a service that shows nothing is hardly the cause. */
const unharmedShare = 0.1;
/** Leaks show hours after the version that brought them. */
const slowChangeReachMs = 24 * 60 * minuteMs;
/** A version that leaks is there some minutes before its memory can be seen to grow. */
const leakShowsMs = 30 * minuteMs;
const lagFadeMs = 4 * minuteMs;
const trafficReachMs = 3 * minuteMs;

/** Errors speak for the service that logs them, unless they name another: then for that one. */
export function weighErrors(evidence: Evidence): readonly Weight[] {
  const names = [...new Set(evidence.calls.flatMap(({ from, to }) => [from, to]))];
  const grown = evidence.errors
    .map((error) => ({ error, growth: errorGrowth(error) }))
    .filter(({ growth }) => growth > 0);
  const total = grown.reduce((sum, { growth }) => sum + growth, 0);
  return grown.flatMap(({ error, growth }) => {
    const share = (growth / Math.max(1, total)) * errorsConfidence(total);
    const blamed = names.filter(
      (name) => name !== error.service && mentions(`${error.type} ${error.template}`, name),
    );
    const what = `${error.previousCount === 0 ? 'new' : 'more'}: ${error.type} "${shorten(error.template)}" ${error.count} times, ${error.previousCount} before`;
    if (blamed.length === 0) return [weightOf(error.service, most.ownErrors * share, what)];
    return [
      ...blamed.map((name) =>
        weightOf(name, (most.namedByOthers * share) / blamed.length, `${error.service} says of it, ${what}`),
      ),
      weightOf(error.service, -most.blamesOthers * share, `its errors name ${blamed.join(', ')}, ${what}`),
    ];
  });
}

/** What left its normal, one piece of evidence for each service: first what users feel, then its machine. */
export function weighAnomalies({ anomalies }: Evidence): readonly Weight[] {
  const up = anomalies.filter(({ direction }) => direction === 'up');
  // Traffic that is lost is what a fault does to others.
  const felt = anomalies.filter((found) => isHarm(found) && found.signal !== 'request_rate');
  const strong = felt.filter(({ lasting, score }) => lasting && score >= fullScore / 2);
  const first = Math.min(...(strong.length > 0 ? strong : felt).map(({ onset }) => onset));
  const leaving = [...groupByService(felt)].map(([service, found]) => {
    const weighed = found
      .map((one) => ({ one, weight: strengthOf(one, fullScore) * Math.exp(-lagOf(one, first) / lagFadeMs) }))
      .sort((a, b) => b.weight - a.weight);
    const weight = most.firstToLeave * (weighed[0]?.weight ?? 0);
    return anomalyWeight(
      service,
      weight,
      weighed.map(({ one }) => one),
      first,
    );
  });
  // More traffic speaks for a service only when it came with the harm.
  const machine = up.filter(
    ({ signal, onset }) =>
      resourceSignals.includes(signal) ||
      (signal === 'request_rate' && Math.abs(onset - first) < trafficReachMs),
  );
  const resources = [...groupByService(machine)].map(([service, found]) => {
    const sorted = found.toSorted(
      (a, b) => strengthOf(b, fullResourceScore) - strengthOf(a, fullResourceScore),
    );
    const [best] = sorted;
    const weight = best === undefined ? 0 : most.resource * strengthOf(best, fullResourceScore);
    return anomalyWeight(service, weight, sorted, null);
  });
  return [...leaving, ...resources];
}

/** Changes shortly before the onset, and versions since which memory has grown. */
export function weighChanges(evidence: Evidence, onset: number): readonly Weight[] {
  const ill = new Set([
    ...evidence.anomalies.filter(({ lasting }) => lasting).map(({ service }) => service),
    ...evidence.errors.filter((error) => errorGrowth(error) > 0).map(({ service }) => service),
  ]);
  return evidence.changes.flatMap((change) => {
    const gap = onset - change.time;
    const minutes = Math.max(0, Math.round(gap / minuteMs));
    const leak = evidence.anomalies.find(
      ({ service, signal, direction, lasting, onset: since }) =>
        service === change.service &&
        signal === 'memory' &&
        direction === 'up' &&
        lasting &&
        since > change.time - 2 * minuteMs,
    );
    if (leak !== undefined && onset - change.time < slowChangeReachMs) {
      const soon = leak.onset - change.time < leakShowsMs;
      const text = `${describeChange(change)} at ${clockOf(change.time)}; its memory has grown since ${clockOf(leak.onset)}`;
      return [changeWeight(change.service, soon ? most.change : most.slowChange, text)];
    }
    if (gap <= -2 * minuteMs || gap >= changeReachMs) return [];
    const harmed = ill.has(change.service);
    const weight = most.change * Math.exp(-Math.max(0, gap) / changeFadeMs) * (harmed ? 1 : unharmedShare);
    const text = `${describeChange(change)} ${minutes} min before the onset${harmed ? '' : ', but nothing of it left its normal'}`;
    return [changeWeight(change.service, weight, text)];
  });
}

export function weighAlerts({ alerts }: Evidence): readonly Weight[] {
  const names = new Map<string, Set<string>>();
  for (const { service, name } of alerts)
    if (service !== null) names.set(service, (names.get(service) ?? new Set()).add(name));
  return [...names].map(([service, found]) => ({
    ...weightOf(
      service,
      most.alert * Math.min(alertsCounted, found.size),
      `${[...found].join(', ')} ${found.size > 1 ? 'fire' : 'fires'}`,
    ),
    source: 'get_active_alerts',
  }));
}

export function weightOf(service: string, weight: number, text: string): Weight {
  return { service, instance: null, weight, text, source: 'get_error_summary' };
}

function anomalyWeight(
  service: string,
  weight: number,
  found: readonly AnomalyFact[],
  first: number | null,
): Weight {
  const [best] = found;
  const lag = best === undefined || first === null ? null : lagOf(best, first);
  const order =
    lag === null
      ? ''
      : lag < 1.5 * minuteMs
        ? ', among the first'
        : `, ${Math.round(lag / minuteMs)} min after the first`;
  const signals = [...new Map(found.map((one) => [one.signal, one])).keys()];
  const strongest = signals.flatMap((signal) => found.find((one) => one.signal === signal) ?? []).slice(0, 3);
  const several = new Set(found.map(({ instance }) => instance)).size > 1;
  return {
    service,
    instance: several ? null : (best?.instance ?? null),
    weight,
    text: `left its normal: ${strongest.map(describeAnomaly).join('; ')}${order}`,
    source: 'find_anomalies',
  };
}

/** Earlier than the first strong one is as unlikely to belong to it as later. */
function lagOf({ onset }: AnomalyFact, first: number): number {
  return Math.abs(onset - first);
}

function strengthOf({ score, lasting }: AnomalyFact, full: number): number {
  return Math.min(1, score / full) * (lasting ? 1 : overShare);
}

function changeWeight(service: string, weight: number, text: string): Weight {
  return { ...weightOf(service, weight, text), source: 'get_deployment_history' };
}

function groupByService(found: readonly AnomalyFact[]): Map<string, AnomalyFact[]> {
  const groups = new Map<string, AnomalyFact[]>();
  for (const one of found) groups.set(one.service, [...(groups.get(one.service) ?? []), one]);
  return groups;
}

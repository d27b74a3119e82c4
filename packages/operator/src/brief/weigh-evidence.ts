import {
  type AnomalyFact,
  type ChangeFact,
  type ErrorFact,
  type Evidence,
  minuteMs,
  resourceSignals,
} from './evidence.js';

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
  traces: 3,
  ownErrors: 1.5,
  namedByOthers: 1.2,
  blamesOthers: 0.5,
  firstToLeave: 0.8,
  resource: 0.7,
  change: 1.2,
  slowChange: 1,
  alert: 0.15,
} as const;
/** A change explains what begins within minutes of it; after three quarters of an hour hardly. */
const changeReachMs = 45 * minuteMs;
const changeFadeMs = 20 * minuteMs;
/** Leaks show hours after the version that brought them. */
const slowChangeReachMs = 24 * 60 * minuteMs;
const lagFadeMs = 3 * minuteMs;

export function weighTraces({ operations }: Evidence): readonly Weight[] {
  return operations
    .filter(({ blame }) => blame >= 0.03)
    .map((found) => ({
      service: found.service,
      instance: found.instance,
      weight: most.traces * found.blame,
      text: `${percent(found.blame)} of the added time and errors arise in ${found.operation}: own time ${ms(found.previousSelfMs)} to ${ms(found.selfMs)}, errors ${percent(found.previousErrorShare)} to ${percent(found.errorShare)}`,
      source: 'compare_traces',
    }));
}

/** Errors speak for the service that logs them, unless they name another: then for that one. */
export function weighErrors(evidence: Evidence): readonly Weight[] {
  const names = [...new Set(evidence.calls.flatMap(({ from, to }) => [from, to]))];
  const grown = evidence.errors
    .map((error) => ({ error, growth: Math.max(0, error.count - 1.5 * error.previousCount) }))
    .filter(({ growth }) => growth >= 5);
  const total = grown.reduce((sum, { growth }) => sum + growth, 0);
  return grown.flatMap(({ error, growth }) => {
    const share = growth / Math.max(1, total);
    const blamed = names.filter((name) => name !== error.service && mentions(error, name));
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

export function weighAnomalies({ anomalies }: Evidence): readonly Weight[] {
  const felt = anomalies.filter(
    ({ signal, direction }) => !resourceSignals.includes(signal) && direction === 'up',
  );
  const first = Math.min(...felt.map(({ onset }) => onset));
  const byService = groupByService(felt);
  const leaving = [...byService].map(([service, found]) => {
    const earliest = found.reduce((a, b) => (b.onset < a.onset ? b : a));
    const lag = earliest.onset - first;
    return {
      ...weightOf(
        service,
        most.firstToLeave * Math.exp(-lag / lagFadeMs),
        `${describe(earliest)}${lag < minuteMs ? ', first of all' : `, ${Math.round(lag / minuteMs)} min after the first`}`,
      ),
      source: 'find_anomalies',
    };
  });
  const resources = anomalies
    .filter(
      ({ signal, direction, lasting }) => resourceSignals.includes(signal) && direction === 'up' && lasting,
    )
    .map((found) => ({
      service: found.service,
      instance: found.instance,
      weight: most.resource * Math.min(1, found.score / 12),
      text: describe(found),
      source: 'find_anomalies',
    }));
  return [...leaving, ...strongestOfEach(resources)];
}

export function weighChanges(evidence: Evidence, onset: number): readonly Weight[] {
  const ill = new Set([
    ...evidence.anomalies.map(({ service }) => service),
    ...evidence.errors.map(({ service }) => service),
  ]);
  return evidence.changes.flatMap((change) => {
    const gap = onset - change.time;
    if (gap > -2 * minuteMs && gap < changeReachMs) {
      const weight =
        most.change * Math.exp(-Math.max(0, gap) / changeFadeMs) * (ill.has(change.service) ? 1 : 0.25);
      return [
        {
          ...weightOf(
            change.service,
            weight,
            `${describeChange(change)} ${Math.max(0, Math.round(gap / minuteMs))} min before the onset`,
          ),
          source: 'get_deployment_history',
        },
      ];
    }
    const leaks = evidence.anomalies.some(
      ({ service, signal, direction }) =>
        service === change.service && signal === 'memory' && direction === 'up',
    );
    if (!leaks || gap < 0 || gap > slowChangeReachMs) return [];
    return [
      {
        ...weightOf(
          change.service,
          most.slowChange,
          `${describeChange(change)} ${Math.round(gap / minuteMs)} min before; its memory has grown since`,
        ),
        source: 'get_deployment_history',
      },
    ];
  });
}

export function weighAlerts({ alerts }: Evidence): readonly Weight[] {
  return alerts.flatMap(({ service, name }) =>
    service === null
      ? []
      : [{ ...weightOf(service, most.alert, `${name} fires`), source: 'get_active_alerts' }],
  );
}

export function weightOf(service: string, weight: number, text: string): Weight {
  return { service, instance: null, weight, text, source: 'get_error_summary' };
}

export function describeChange(change: ChangeFact): string {
  return `${change.kind} ${change.version ?? change.revision.slice(0, 10)} by ${change.by}`;
}

function describe(found: AnomalyFact): string {
  const at = new Date(found.onset).toISOString().slice(11, 16);
  return `${found.signal}${found.instance ? ` of ${found.instance}` : ''} left its normal at ${at}: ${amount(found.baseline, found.unit)} to ${amount(found.value, found.unit)}`;
}

function mentions({ template, type }: ErrorFact, name: string): boolean {
  const text = `${type} ${template}`.toLowerCase();
  const at = text.indexOf(name.toLowerCase());
  // Whole names only: `orders` is not meant by `reorders`, nor `payments` by `payments-api`.
  return (
    at >= 0 && !/[a-z0-9-]/.test(text[at - 1] ?? ' ') && !/[a-z0-9-]/.test(text[at + name.length] ?? ' ')
  );
}

/** Six pods of one service are one piece of evidence, not six. */
function strongestOfEach(weights: readonly Weight[]): readonly Weight[] {
  const strongest = new Map<string, Weight>();
  for (const weight of weights) {
    const key = `${weight.service} ${weight.text.split(' ')[0]}`;
    const known = strongest.get(key);
    if (!known || weight.weight > known.weight) strongest.set(key, weight);
  }
  return [...strongest.values()];
}

function groupByService(found: readonly AnomalyFact[]): Map<string, AnomalyFact[]> {
  const groups = new Map<string, AnomalyFact[]>();
  for (const one of found) groups.set(one.service, [...(groups.get(one.service) ?? []), one]);
  return groups;
}

function shorten(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

function amount(value: number, unit: string): string {
  if (unit === 'ratio') return percent(value);
  if (unit === 's') return ms(value * 1000);
  if (unit === 'By') return `${Math.round(value / 1_048_576)} MiB`;
  return `${Number(value.toPrecision(3))} ${unit}`;
}

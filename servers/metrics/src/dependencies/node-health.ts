import { type Alert, type Anomaly, showSeconds, showTime, showValue } from '@devops-mcp/domain';
import { strongScore } from '../anomalies/rank-services.js';
import type { GraphEdge } from './dependency-graph.js';

export const healthStates = ['unhealthy', 'degraded', 'healthy', 'unknown'] as const;
export type HealthState = (typeof healthStates)[number];

export interface Health {
  readonly state: HealthState;
  /** Why, strongest reason first; empty for a healthy node. */
  readonly reasons: readonly string[];
  readonly since: Date | null;
  /** Which evidence there was to judge by. */
  readonly judgedBy: readonly ('anomalies' | 'alerts' | 'calls')[];
}

export interface HealthEvidence {
  /** Undefined when they could not be read. */
  readonly anomalies: readonly Anomaly[] | undefined;
  readonly alerts: readonly Alert[] | undefined;
  /** Calls to this node. */
  readonly inbound: readonly GraphEdge[];
  /** The node sent telemetry in the window. */
  readonly hasTelemetry: boolean;
}

interface Finding {
  readonly state: 'unhealthy' | 'degraded';
  readonly weight: number;
  readonly since: Date | null;
  readonly text: string;
}

/** Shares of failed calls below this are the noise of a working system. */
const errorShareFloor = 0.02;
const errorShareFactor = 3;
const slowFactor = 2;
const slowFloorSeconds = 0.01;

/**
 * Unhealthy: errors or latency of the service or of two of its instances left their normal (score 8
 * or more) and have not come back, or calls to it fail (2 % and three times the baseline), or an
 * alert of severity critical or high fires. Degraded: another signal deviates, errors or latency did
 * and recovered or do on one instance, calls to it take twice as long, or a lesser alert fires.
 * Unknown: there was nothing to judge by. `since` is the earliest onset of what decided.
 */
export function judgeHealth(evidence: HealthEvidence): Health {
  const findings = [
    ...fromAnomalies(evidence.anomalies ?? []),
    ...(evidence.alerts ?? []).map(fromAlert),
    ...evidence.inbound.flatMap(fromCalls),
  ].toSorted(
    (a, b) => Number(b.state === 'unhealthy') - Number(a.state === 'unhealthy') || b.weight - a.weight,
  );
  const called = evidence.inbound.some((edge) => edge.observed !== undefined);
  const judgedBy = [
    ...(evidence.anomalies !== undefined && evidence.hasTelemetry ? (['anomalies'] as const) : []),
    ...(evidence.alerts !== undefined ? (['alerts'] as const) : []),
    ...(called ? (['calls'] as const) : []),
  ];
  const measured = judgedBy.some((by) => by !== 'alerts');
  const decisive = findings.filter(({ state }) => state === findings[0]?.state);
  const starts = decisive.flatMap(({ since }) => since?.getTime() ?? []);
  return {
    state: findings[0]?.state ?? (measured ? 'healthy' : 'unknown'),
    reasons: findings.slice(0, 3).map(({ text }) => text),
    since: starts.length > 0 ? new Date(Math.min(...starts)) : null,
    judgedBy,
  };
}

export interface EdgeTrouble {
  readonly failing: string | null;
  readonly slow: string | null;
}

/** What is worse with the calls of an edge than it was; undefined when nothing is. */
export function edgeTrouble({ observed, before }: GraphEdge): EdgeTrouble | undefined {
  if (observed === undefined) return undefined;
  const wasShare = before?.errorShare ?? 0;
  const fails = observed.errorShare >= Math.max(errorShareFloor, wasShare * errorShareFactor);
  const wasSeconds = before?.p95Seconds ?? observed.p95Seconds;
  const slowed =
    observed.p95Seconds >= wasSeconds * slowFactor && observed.p95Seconds - wasSeconds >= slowFloorSeconds;
  if (!fails && !slowed) return undefined;
  const share = `${showValue(observed.errorShare, 'ratio')} of calls fail`;
  return {
    failing: fails ? share + (before ? ` (was ${showValue(wasShare, 'ratio')})` : '') : null,
    slow: slowed ? `p95 ${showSeconds(observed.p95Seconds)} (was ${showSeconds(wasSeconds)})` : null,
  };
}

export function showTrouble({ failing, slow }: EdgeTrouble): string {
  return [failing, slow].filter((text) => text !== null).join(', ');
}

/** What callers feel, as against what only the owner sees. */
function isFelt({ signal, direction, end }: Anomaly): boolean {
  return end === null && direction === 'up' && (signal === 'error_rate' || signal.startsWith('latency'));
}

/** One instance of several that strays leaves a service degraded; two make it unhealthy. */
function fromAnomalies(anomalies: readonly Anomaly[]): Finding[] {
  const strong = anomalies.filter(({ score }) => score >= strongScore);
  const felt = strong.filter(isFelt);
  const whole =
    felt.some(({ instance }) => instance === null) || new Set(felt.map(({ instance }) => instance)).size > 1;
  return strong.map((anomaly) => ({
    state: whole && isFelt(anomaly) ? 'unhealthy' : 'degraded',
    weight: anomaly.score,
    since: anomaly.onset,
    text: describe(anomaly),
  }));
}

function describe({ signal, unit, baseline, value, onset, end, instance }: Anomaly): string {
  const where = instance === null ? '' : ` on ${instance}`;
  const until = end === null ? '' : ` until ${showTime(end, onset)}`;
  return `${signal}${where} ${showValue(baseline, unit)} → ${showValue(value, unit)} since ${showTime(onset, onset)}${until}`;
}

function fromAlert(alert: Alert): Finding {
  const grave = alert.severity === 'critical' || alert.severity === 'high';
  return {
    state: grave ? 'unhealthy' : 'degraded',
    weight: grave ? strongScore : 1,
    since: alert.since,
    text: `alert ${alert.name} (${alert.severity}) since ${showTime(alert.since, alert.since)}`,
  };
}

function fromCalls(edge: GraphEdge): Finding[] {
  const trouble = edgeTrouble(edge);
  if (trouble === undefined) return [];
  const state = trouble.failing === null ? 'degraded' : 'unhealthy';
  return [
    { state, weight: strongScore, since: null, text: `calls from ${edge.from}: ${showTrouble(trouble)}` },
  ];
}

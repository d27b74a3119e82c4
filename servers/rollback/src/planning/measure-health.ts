import type { CallContext, PartialFailure } from '@devops-mcp/contract';
import {
  type AlertsApi,
  type MetricsApi,
  optionalAnswer,
  type SignalSeries,
  type Window,
} from '@devops-mcp/domain';

export interface Health {
  /** How much of the version's life was looked at. */
  readonly measuredMs: number;
  /** Mean share of failed requests, 0 to 1. */
  readonly errorRate: number | null;
  /** Seconds. */
  readonly latencyP95: number | null;
  readonly alertsFired: number | null;
  /** What could not be measured, and why. */
  readonly partial: readonly PartialFailure[];
  readonly hints: readonly string[];
}

export interface HealthQuestion {
  readonly service: string;
  readonly environment: string;
  readonly metrics: MetricsApi | undefined;
  readonly alerts: AlertsApi | undefined;
}

/** How much of a version's life is looked at: the end, when slow faults have had time to show. */
const evidenceMs = 60 * 60_000;
const unknown: Health = {
  measuredMs: 0,
  errorRate: null,
  latencyP95: null,
  alertsFired: null,
  partial: [],
  hints: [],
};

/**
 * How a service did in the last hour of a stretch of time. Missing evidence is a fact of the answer
 * and not a failure of the plan; only cancelling stops it.
 */
export async function measureHealth(
  { service, environment, metrics, alerts }: HealthQuestion,
  { start: from, end }: Window,
  context: CallContext,
): Promise<Health> {
  const start = new Date(Math.max(from.getTime(), end.getTime() - evidenceMs));
  if (start >= end) return unknown;
  const window = { start, end };
  const [signals, fired] = await Promise.all([
    optionalAnswer(
      { port: metrics, name: 'metrics', environment, adds: 'error rate and latency as evidence' },
      context,
      (port) =>
        port.querySignals(
          { service, signals: ['error_rate', 'latency_p95'], window, maxPoints: 60 },
          context,
        ),
    ),
    optionalAnswer(
      { port: alerts, name: 'alerts', environment, adds: 'alerts as evidence' },
      context,
      (port) => port.transitions({ service, window }, context),
    ),
  ]);
  const series = signals.data?.series ?? [];
  return {
    measuredMs: end.getTime() - start.getTime(),
    errorRate: meanOf(series, 'error_rate'),
    latencyP95: meanOf(series, 'latency_p95'),
    alertsFired: fired.data?.filter(({ state }) => state === 'firing').length ?? null,
    partial: [...signals.partial, ...fired.partial],
    // What a system says of a stretch of time that was looked at for evidence helps nobody to roll back.
    hints: [...(metrics ? [] : signals.hints), ...(alerts ? [] : fired.hints)],
  };
}

function meanOf(series: readonly SignalSeries[], signal: string): number | null {
  return series.find((one) => one.signal === signal)?.statistics.mean ?? null;
}

import type { z } from 'zod';
import {
  alertsAnswer,
  anomaliesAnswer,
  comparisonAnswer,
  dependenciesAnswer,
  errorsAnswer,
  historyAnswer,
} from './answers.js';
import type { Asker } from './ask.js';
import { type Evidence, minuteMs, type OperationFact } from './evidence.js';

export interface Question {
  readonly environment: string;
  /** Null: the whole environment. */
  readonly service: string | null;
  readonly at: Date;
  readonly windowMinutes: number;
}

type Found<S extends z.ZodType> = z.output<S> | undefined;

export type ComparisonFound = Found<typeof comparisonAnswer>;

/** The answers of the first round, as they came. */
export interface FirstRound {
  readonly alerts: Found<typeof alertsAnswer>;
  readonly anomalies: Found<typeof anomaliesAnswer>;
  readonly errors: Found<typeof errorsAnswer>;
  readonly comparison: ComparisonFound;
  readonly history: Found<typeof historyAnswer>;
}

const answerTokens = 8_000;
/** Versions that leak show late, so changes are asked for a day. */
const changesWindowMs = 24 * 60 * minuteMs;

/** One call for each domain, all at once; the environment as a whole, so that no service is left out. */
export async function askFirstRound(asker: Asker, question: Question): Promise<FirstRound> {
  const { environment, at } = question;
  const period = interval(at.getTime() - question.windowMinutes * minuteMs, at.getTime());
  const [alerts, anomalies, errors, comparison, history] = await Promise.all([
    asker.ask(
      'alerts',
      'get_active_alerts',
      { environment, at: at.toISOString(), maxTokens: answerTokens },
      alertsAnswer,
    ),
    asker.ask(
      'metrics',
      'find_anomalies',
      { environment, period, top: 20, maxTokens: answerTokens },
      anomaliesAnswer,
    ),
    asker.ask(
      'logs',
      'get_error_summary',
      { environment, period, top: 30, maxTokens: answerTokens },
      errorsAnswer,
    ),
    askComparison(asker, question, question.windowMinutes * minuteMs),
    asker.ask(
      'deployments',
      'get_deployment_history',
      {
        environment,
        period: interval(at.getTime() - changesWindowMs, at.getTime()),
        limit: 50,
        maxTokens: answerTokens,
      },
      historyAnswer,
    ),
  ]);
  return { alerts, anomalies, errors, comparison, history };
}

/** Traces of the last `lengthMs` against those of the same length before. */
export function askComparison(asker: Asker, question: Question, lengthMs: number): Promise<ComparisonFound> {
  const at = question.at.getTime();
  return asker.ask(
    'logs',
    'compare_traces',
    {
      environment: question.environment,
      period: interval(at - lengthMs, at),
      top: 30,
      maxTokens: answerTokens,
    },
    comparisonAnswer,
  );
}

/** The graph around the services that look ill; one call reaches three calls away in both directions. */
export async function askDependencies(
  asker: Asker,
  question: Question,
  service: string,
): Promise<Found<typeof dependenciesAnswer>> {
  const { environment, at, windowMinutes } = question;
  const period = interval(at.getTime() - windowMinutes * minuteMs, at.getTime());
  return asker.ask(
    'metrics',
    'get_service_dependencies',
    { environment, service, period, direction: 'both', depth: 3, maxTokens: answerTokens },
    dependenciesAnswer,
  );
}

export function toEvidence(
  round: FirstRound,
  dependencies: Found<typeof dependenciesAnswer>,
  question: Question,
): Evidence {
  const at = question.at.getTime();
  return {
    at,
    windowStart: at - question.windowMinutes * minuteMs,
    alerts: (round.alerts?.data.groups ?? [])
      .flatMap(({ alerts }) => alerts)
      .map((alert) => ({ ...alert, since: Date.parse(alert.since) })),
    anomalies: (round.anomalies?.data.services ?? []).flatMap(({ service, signals }) =>
      signals.map(({ end, ...signal }) => ({
        ...signal,
        service,
        direction: signal.value >= signal.baseline ? ('up' as const) : ('down' as const),
        lasting: end === null,
      })),
    ),
    errors: (round.errors?.data.groups ?? []).map((group) => ({
      ...group,
      firstSeen: Date.parse(group.firstSeen),
    })),
    operations: operationsOf(round.comparison),
    changes: (round.history?.data.deployments ?? []).map(({ diff, title, ...change }) => ({
      ...change,
      migrations: diff?.migrations ?? [],
      configuration: diff?.configuration.map(({ field }) => field) ?? [],
      flags: diff?.flags.map(({ field }) => field) ?? [],
      changesImage: (diff?.image ?? null) !== null,
      summary: title,
    })),
    calls: dependencies?.data.edges ?? [],
    examined: Math.max(
      round.anomalies?.data.examined.services ?? 0,
      (round.comparison?.data.traces ?? 0) > 0 ? 1 : 0,
      (round.errors?.data.total ?? 0) > 0 ? 1 : 0,
    ),
  };
}

export function operationsOf(found: ComparisonFound): readonly OperationFact[] {
  return (found?.data.operations ?? []).map(({ selfMsP95, previousSelfMsP95, ...operation }) => ({
    ...operation,
    selfMs: selfMsP95,
    previousSelfMs: previousSelfMsP95,
  }));
}

export function interval(from: number, to: number): string {
  return `${new Date(from).toISOString()}/${new Date(to).toISOString()}`;
}

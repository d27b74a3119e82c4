import { onCallAnswer, planAnswer, runbooksAnswer, signalsAnswer, similarAnswer } from './answers.js';
import type { Asker } from './ask.js';
import { interval, type Question } from './collect-evidence.js';
import { type Evidence, minuteMs } from './evidence.js';
import type { Brief, BriefPlan, BriefPlot, Suspect } from './model.js';

/** What helps with the first suspect. */
export interface Help {
  readonly found: Pick<Brief, 'onCall' | 'runbooks' | 'similar'>;
  readonly plan: BriefPlan | null;
  readonly plots: readonly BriefPlot[];
}

/** Kinds for which going back to an earlier version can help. */
const byChange = [
  'bad_deployment',
  'configuration_change',
  'feature_flag',
  'irreversible_migration',
  'memory_leak',
];
const plotLeadMs = 30 * minuteMs;
const plottedSignals = ['error_rate', 'latency_p95', 'memory'];

/** The last round: who and what helps with the first suspect, all asked at once. */
export async function askForHelp(
  asker: Asker,
  question: Question,
  evidence: Evidence,
  top: Suspect | undefined,
  onset: number | null,
): Promise<Help> {
  if (!top) return { found: { onCall: [], runbooks: [], similar: [] }, plan: null, plots: [] };
  const { environment, at } = question;
  const { service, kind } = top;
  const alerts = [...new Set(evidence.alerts.map(({ name }) => name))].slice(0, 10);
  const alertOfSuspect = evidence.alerts.find((alert) => alert.service === service)?.name;
  // A leak begins before the window; its plots show from where.
  const period = interval(Math.min(evidence.windowStart, (onset ?? evidence.at) - plotLeadMs), evidence.at);
  const [onCall, runbooks, similar, plan, signals] = await Promise.all([
    asker.ask('alerts', 'get_on_call_schedule', { service, at: at.toISOString(), days: 1 }, onCallAnswer),
    asker.ask(
      'alerts',
      'find_runbooks',
      {
        service,
        text: kind.replaceAll('_', ' '),
        ...(alertOfSuspect ? { alert: alertOfSuspect } : {}),
        limit: 3,
      },
      runbooksAnswer,
    ),
    asker.ask('alerts', 'find_similar_incidents', { service, alerts, kind, limit: 3 }, similarAnswer),
    byChange.includes(kind)
      ? asker.ask('rollback', 'plan_rollback', { service, environment }, planAnswer)
      : undefined,
    asker.ask(
      'metrics',
      'get_service_metrics',
      { service, environment, period, signals: plottedSignals, maxTokens: 8_000 },
      signalsAnswer,
    ),
  ]);
  return {
    found: {
      onCall: oncePerPerson(onCall?.data.now ?? []).map(({ who, until, end }) => ({
        service,
        who,
        until: until ?? end ?? null,
      })),
      runbooks: (runbooks?.data.runbooks ?? []).map(({ id, title, why }) => ({
        id,
        title,
        why: why.join('; '),
      })),
      similar: (similar?.data.incidents ?? []).map(({ id, title, why, resolution }) => ({
        id,
        title,
        why: why.join('; '),
        resolution,
      })),
    },
    plan: plan ? planOf(plan.data) : null,
    plots: (signals?.data.signals ?? [])
      .filter(({ group }) => group === undefined || Object.keys(group).length === 0)
      .map(({ signal, unit, points }) => ({ service, signal, unit, points })),
  };
}

/** Somebody who stands in for a colleague is on two levels at once; the first is the one that ends first. */
function oncePerPerson<T extends { readonly who: string }>(duties: readonly T[]): readonly T[] {
  return duties.filter((duty, at) => duties.findIndex(({ who }) => who === duty.who) === at);
}

function planOf(plan: NonNullable<Awaited<ReturnType<typeof planAnswer.parse>>>['data']): BriefPlan {
  const name = ({ version, revision }: { version: string | null; revision: string }) =>
    version ?? revision.slice(0, 10);
  const { planId, service, migrationVerdict, safeToRollBack, evidence, rollForward, apply } = plan;
  return {
    planId,
    service,
    from: name(plan.current),
    to: name(plan.target),
    migrationVerdict,
    safeToRollBack,
    evidence,
    rollForward,
    apply,
  };
}

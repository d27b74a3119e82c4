import { onCallAnswer, planAnswer, runbooksAnswer, signalsAnswer, similarAnswer } from './answers.js';
import type { Asker } from './ask.js';
import { graphOf, isIll } from './brief-graph.js';
import { askDependencies, askFirstRound, interval, type Question, toEvidence } from './collect-evidence.js';
import { type Evidence, minuteMs } from './evidence.js';
import { focusTraces } from './focus.js';
import type { Brief, BriefAffected, BriefGraph, BriefPlan, BriefPlot, Suspect } from './model.js';
import { findOnset, type Onset, refineOnset } from './onset.js';
import { rankSuspects } from './rank-suspects.js';

export interface BriefResult {
  readonly brief: Brief;
  readonly plots: readonly BriefPlot[];
  readonly graph: BriefGraph;
  readonly calls: number;
}

/** Kinds for which going back to an earlier version can help. */
const byChange = [
  'bad_deployment',
  'configuration_change',
  'feature_flag',
  'irreversible_migration',
  'memory_leak',
];
const plottedSignals = ['error_rate', 'latency_p95', 'memory'];

/** Carries out the checklist of an investigation: look at everything at once, rank, then ask about the first suspect. */
export async function makeBrief(
  asker: Asker,
  question: Question,
  onProgress: (message: string) => void,
): Promise<BriefResult> {
  onProgress('Asking for alerts, anomalies, errors, traces and changes');
  const answers = await askFirstRound(asker, question);
  const noticed = findOnset(toEvidence(answers, undefined, question));
  const comparison = await focusTraces(asker, question, noticed.onset, answers.comparison);
  const round = { ...answers, comparison };
  const centre = question.service ?? centreOf(toEvidence(round, undefined, question));
  onProgress(centre === null ? 'Nothing points at a service' : `Following the dependencies of ${centre}`);
  const dependencies = centre === null ? undefined : await askDependencies(asker, question, centre);
  const evidence = toEvidence(round, dependencies, question);
  const { verdict, onset, suspects } = judge(evidence);
  const [top] = suspects;
  onProgress(top ? `Asking for help about ${top.service}` : 'Closing the brief');
  const help = await askForHelp(asker, question, evidence, top);
  const refined = top && help.plan ? [refine(top, help.plan), ...suspects.slice(1)] : suspects;
  const errors = round.errors?.data.groups ?? [];
  const brief: Brief = {
    version: 1,
    at: question.at.toISOString(),
    window: { start: new Date(evidence.windowStart).toISOString(), end: question.at.toISOString() },
    environment: question.environment,
    verdict,
    onset: onset === null ? null : new Date(onset).toISOString(),
    alerts: (round.alerts?.data.groups ?? []).flatMap(({ alerts }) => alerts).map((alert) => ({ ...alert })),
    changes: changesOf(evidence, onset),
    errors: errors.slice(0, 20).map(({ template, ...error }) => ({ ...error, message: template })),
    affected: verdict === 'fault' ? affectedOf(evidence, dependencies?.data.nodes ?? []) : [],
    ...help.found,
    suspects: refined,
    rollbackPlan: help.plan,
    unreachable: [...asker.unreached],
  };
  const graph = graphOf(dependencies?.data);
  return { brief, plots: help.plots, graph, calls: asker.calls() };
}

/** The first suspect tells the onset better than all services together, and the onset tells which change counts. */
function judge(evidence: Evidence): Onset & { readonly suspects: readonly Suspect[] } {
  const { verdict, onset } = findOnset(evidence);
  if (verdict !== 'fault') return { verdict, onset, suspects: [] };
  const [top] = rankSuspects(evidence, onset ?? evidence.at);
  const refined = top === undefined ? onset : refineOnset(evidence, top, onset);
  // A leak begins long before it is felt, and what else happened then does not explain what is felt.
  const felt = top?.kind === 'memory_leak' ? onset : refined;
  return { verdict, onset: refined, suspects: rankSuspects(evidence, felt ?? evidence.at) };
}

/** The service around which the graph is asked for: the one with the most evidence before the graph is known. */
function centreOf(evidence: Evidence): string | null {
  const { verdict, onset } = findOnset(evidence);
  if (verdict !== 'fault') return evidence.alerts[0]?.service ?? evidence.anomalies[0]?.service ?? null;
  return rankSuspects(evidence, onset ?? evidence.at)[0]?.service ?? null;
}

async function askForHelp(asker: Asker, question: Question, evidence: Evidence, top: Suspect | undefined) {
  if (!top) return { found: { onCall: [], runbooks: [], similar: [] }, plan: null, plots: [] };
  const { environment, at } = question;
  const { service, kind } = top;
  const alerts = [...new Set(evidence.alerts.map(({ name }) => name))].slice(0, 10);
  const alertOfSuspect = evidence.alerts.find((alert) => alert.service === service)?.name;
  const period = interval(evidence.windowStart, evidence.at);
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
      onCall: (onCall?.data.now ?? []).map(({ who, until, end }) => ({
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

/** The drafted rollback has read the migrations: what they say decides between two kinds. */
function refine(top: Suspect, plan: BriefPlan): Suspect {
  if (top.kind !== 'irreversible_migration' && top.kind !== 'bad_deployment') return top;
  if (plan.migrationVerdict === 'irreversible') {
    const evidence = {
      direction: 'for' as const,
      text: `a migration of ${plan.from} cannot be undone`,
      source: 'plan_rollback',
    };
    return {
      ...top,
      kind: 'irreversible_migration',
      evidence: [...top.evidence.slice(0, 1), evidence, ...top.evidence.slice(1)],
    };
  }
  return { ...top, kind: 'bad_deployment' };
}

function changesOf(evidence: Evidence, onset: number | null): Brief['changes'] {
  const distance = (time: number) => Math.abs((onset ?? evidence.at) - time);
  return evidence.changes
    .filter(({ time }) => time <= evidence.at)
    .sort((a, b) => distance(a.time) - distance(b.time))
    .slice(0, 12)
    .map(({ service, time, kind, version, revision, by, summary }) => ({
      ...{ service, kind, version, revision, by, summary },
      time: new Date(time).toISOString(),
      minutesBeforeOnset: onset === null ? null : Math.round((onset - time) / minuteMs),
    }));
}

function affectedOf(
  evidence: Evidence,
  nodes: readonly {
    name: string;
    health: string;
    reasons: readonly string[];
    since?: string | undefined;
    owner: string | null;
  }[],
): readonly BriefAffected[] {
  const ill = nodes.filter(({ health }) => isIll(health));
  const known = new Set(ill.map(({ name }) => name));
  const others = [...new Set(evidence.anomalies.map(({ service }) => service))].filter(
    (service) => !known.has(service),
  );
  return [
    ...ill.map(({ name, health, reasons, since, owner }) => ({
      service: name,
      health,
      reason: reasons.join('; '),
      owner,
      since: since ?? null,
    })),
    ...others.map((service) => ({
      service,
      health: 'abnormal',
      reason: 'signals left their normal',
      owner: null,
      since: null,
    })),
  ];
}

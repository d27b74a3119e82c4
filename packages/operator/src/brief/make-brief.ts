import type { Asker, CallTime } from './ask.js';
import { askForHelp } from './ask-for-help.js';
import { graphOf, isIll } from './brief-graph.js';
import { askDependencies, askFirstRound, type Question, toEvidence } from './collect-evidence.js';
import { describeAnomaly } from './describe-fact.js';
import { type AnomalyFact, type Evidence, minuteMs } from './evidence.js';
import { focusTraces } from './focus.js';
import type { Brief, BriefAffected, BriefGraph, BriefPlan, BriefPlot, Suspect } from './model.js';
import { findOnset, type Onset, refineOnset } from './onset.js';
import { rankSuspects } from './rank-suspects.js';
import { errorGrowth, isFelt } from './significance.js';

export interface BriefResult {
  readonly brief: Brief;
  readonly plots: readonly BriefPlot[];
  readonly graph: BriefGraph;
  readonly calls: number;
  /** What starts and calls took, for `--explain`. */
  readonly times: readonly CallTime[];
}

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
  const help = await askForHelp(asker, question, evidence, top, onset);
  const refined = top && help.plan ? [refine(top, help.plan), ...suspects.slice(1)] : suspects;
  const errors = (round.errors?.data.groups ?? []).toSorted((a, b) => errorGrowth(b) - errorGrowth(a));
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
  return {
    brief,
    plots: help.plots,
    graph,
    calls: asker.times.filter(({ tool }) => tool !== null).length,
    times: [...asker.times],
  };
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
  const others = new Map<string, AnomalyFact>();
  for (const found of evidence.anomalies)
    if (isFelt(found) && !known.has(found.service) && !others.has(found.service))
      others.set(found.service, found);
  return [
    ...ill.map(({ name, health, reasons, since, owner }) => ({
      service: name,
      health,
      reason: reasons.join('; '),
      owner,
      since: since ?? null,
    })),
    ...[...others].map(([service, found]) => ({
      service,
      health: 'abnormal',
      reason: describeAnomaly(found),
      owner: null,
      since: new Date(found.onset).toISOString(),
    })),
  ];
}

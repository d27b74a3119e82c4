import {
  type AnswerFrame,
  cutLines,
  type DiffSummary,
  estimateTokens,
  fitTokens,
  knownFields,
  mostPods,
  type PlannedChange,
  type ServiceEntry,
  truncationField,
} from '@devops-mcp/domain';
import type { JudgedRange } from '../migrations/judge-range.js';
import { type MigrationVerdict, verdicts } from '../migrations/verdict.js';
import type { RollbackAnswer } from '../tools/plan-rollback.js';
import type { ChosenTarget } from './choose-target.js';
import { openFreezeWindows } from './freeze-windows.js';
import { shortRevision } from './short-revision.js';

type RollbackPlan = RollbackAnswer['data'];

const diffMax = 12_000;
/** A plan without any of its lines could not be judged. */
const diffMin = 1_200;
/** A diff has about so many characters a token. */
const diffCharsPerToken = 2.5;
const listMax = 50;
const howToGetMore = 'Raise maxTokens; get_deployment_diff shows every line of the revisions.';
/** Kubernetes replaces pods one after the other by default; half a minute each covers start and readiness. */
const minutesPerPod = 0.5;

export interface PlanFacts {
  readonly id: string;
  readonly expires: Date;
  readonly service: string;
  readonly environment: string;
  readonly chosen: ChosenTarget;
  readonly planned: PlannedChange;
  readonly migrations: JudgedRange;
  readonly dependents: readonly string[];
  readonly changes: DiffSummary;
  readonly entry: ServiceEntry | undefined;
  readonly now: Date;
}

/** The plan as callers get it: what decides stays whole, then migrations, drift and diff share what is left. */
export function describePlan(facts: PlanFacts, maxTokens: number, frame: AnswerFrame): RollbackAnswer {
  const fixed = decidingFacts(facts);
  const left = maxTokens - frame.tokens - estimateTokens(fixed);
  const migrations = fitTokens(facts.migrations.judged.map(decisive), {
    maxTokens: left / 2,
    reserved: 0,
    rank: (a, b) => verdicts.indexOf(b.verdict) - verdicts.indexOf(a.verdict),
    howToGetMore,
  });
  const drift = fitTokens(configurationDrift(facts.planned), {
    maxTokens: (left - migrations.tokens) / 2,
    reserved: 0,
    howToGetMore,
  });
  const room = (left - migrations.tokens - drift.tokens) * diffCharsPerToken;
  const diff = cutLines(facts.planned.plan.diff, Math.max(diffMin, Math.min(diffMax, Math.floor(room))));
  const returned = migrations.rows.length + drift.rows.length;
  const total = facts.migrations.judged.length + (drift.truncation?.total ?? drift.rows.length);
  const cut = returned < total || diff !== facts.planned.plan.diff;
  return {
    data: {
      ...fixed,
      diff,
      migrations: inOrder(migrations.rows, facts.migrations.judged),
      configurationDrift: [...drift.rows],
    },
    ...frame.fields,
    ...truncationField(cut ? { returned, total, more: true, howToGetMore } : undefined),
  };
}

function decidingFacts(facts: PlanFacts): Omit<RollbackPlan, 'diff' | 'migrations' | 'configurationDrift'> {
  const { chosen, planned, migrations } = facts;
  const { verdict: migrationVerdict, unknownBecause } = migrations;
  const pods = mostPods(planned.current);
  return {
    planId: facts.id,
    planExpires: facts.expires.toISOString(),
    service: facts.service,
    environment: facts.environment,
    current: identity(chosen.current),
    target: identity(chosen.target),
    targetJudgedGood: chosen.judgedGood,
    evidence: chosen.judgement,
    mechanism: planned.plan.summary,
    warnings: [
      ...(unknownBecause === null ? [] : [`Migrations in between are unknown: ${unknownBecause}`]),
      ...(planned.plan.warnings ?? []),
      ...autoscalerWarning(planned),
    ],
    migrationVerdict,
    safeToRollBack: migrationVerdict === 'safe' && chosen.judgedGood,
    secretReferencesChanged: secretChanges(planned).slice(0, listMax),
    dependents: facts.dependents.slice(0, listMax),
    freezeWindows: openFreezeWindows(facts.entry?.annotations['devops-mcp/freeze-windows'], facts.now),
    estimateMinutes: {
      value: Math.ceil(1 + pods * minutesPerPod),
      basis: `one minute to begin and half a minute for each of at most ${pods} pods`,
    },
    verify: verification(chosen),
    stopWhen: [
      'the rollout makes no progress for ten minutes',
      'the error rate is higher ten minutes after the change than before it',
      'a dependent service starts to fail',
    ],
    rollForward: rollForward(facts.changes, migrationVerdict),
    apply: `propose_roll_back_service { planId: "${facts.id}", reason: ... }`,
  };
}

/** The worst are kept when not all fit, and shown in the order in which they ran. */
function inOrder(
  kept: Readonly<RollbackPlan['migrations']>,
  all: readonly MigrationVerdict[],
): RollbackPlan['migrations'] {
  const order = new Map(all.map(({ path }, place) => [path, place]));
  return kept.toSorted((a, b) => (order.get(a.path) ?? 0) - (order.get(b.path) ?? 0));
}

function identity({ revision, version, image, time, by }: ChosenTarget['current']): RollbackPlan['current'] {
  return knownFields({ revision, version, image, time: time.toISOString(), by });
}

function autoscalerWarning({ current }: PlannedChange): readonly string[] {
  return current.autoscaler
    ? [
        `An autoscaler holds the replicas between ${current.autoscaler.min} and ${current.autoscaler.max}; a replica count in the manifest does not win over it.`,
      ]
    : [];
}

/** The statement that decided stands for the file. */
function decisive(migration: MigrationVerdict): RollbackPlan['migrations'][number] {
  const statement = migration.statements.find(({ verdict }) => verdict === migration.verdict);
  return {
    path: migration.path,
    verdict: migration.verdict,
    rule: statement?.rule ?? 'no-statements',
    reason: statement?.reason ?? 'The file holds no statements.',
    statement: statement?.statement ?? '',
    hasDownMigration: migration.hasDownMigration,
  };
}

function configurationDrift({ current, next }: PlannedChange): RollbackPlan['configurationDrift'] {
  const before = { ...current.configuration, ...current.flags };
  const after = { ...next.configuration, ...next.flags };
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => before[field] !== after[field])
    .sort()
    .map((field) => knownFields({ field, from: before[field], to: after[field] }));
}

function secretChanges({ current, next }: PlannedChange): readonly string[] {
  const [now, then] = [current.secretReferences, next.secretReferences];
  return [
    ...now.filter((name) => !then.includes(name)).map((name) => `no longer used: ${name}`),
    ...then.filter((name) => !now.includes(name)).map((name) => `used again: ${name}`),
  ];
}

function verification({ targetHealth, target }: ChosenTarget): string[] {
  const { errorRate, latencyP95 } = targetHealth;
  return [
    `get_deployment_history shows ${target.version ?? shortRevision(target.revision)} as what runs`,
    errorRate === null
      ? 'get_service_metrics: error_rate falls within ten minutes'
      : `get_service_metrics: error_rate back at about ${(errorRate * 100).toFixed(2)} % within ten minutes`,
    ...(latencyP95 === null
      ? []
      : [`get_service_metrics: latency_p95 back at about ${Math.round(latencyP95 * 1000)} ms`]),
    'get_error_summary shows no group that is new since the change',
    'get_active_alerts: the alerts of this service resolve',
  ];
}

function rollForward(changes: DiffSummary, verdict: string): string {
  const requests =
    changes.pullRequests.length > 0
      ? `revert ${changes.pullRequests.map((request) => (request.startsWith('#') ? request : `#${request}`)).join(', ')} in the source and deploy the result`
      : 'fix the fault in the source and deploy the result';
  const flags = changes.flags.map(({ field }) => field);
  const byFlag = flags.length > 0 ? `, or set the flag ${flags.join(', ')} back with open_config_change` : '';
  return verdict === 'irreversible'
    ? `Preferred, since a migration cannot be undone: ${requests}${byFlag}.`
    : `Instead of going back: ${requests}${byFlag}.`;
}

import type { DiffSummary, FieldChange, PlannedChange, ServiceEntry } from '@devops-mcp/domain';
import { z } from 'zod';
import { type MigrationVerdict, verdicts, worstVerdict } from '../migrations/verdict.js';
import type { ChosenTarget } from './choose-target.js';
import { openFreezeWindows } from './freeze-windows.js';

const versionFacts = z.object({
  revision: z.string(),
  version: z.string().nullable(),
  image: z.string().nullable(),
  deployed: z.string(),
  by: z.string(),
});
const fieldChange = z.object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() });

/** The plan as callers get it. Times are RFC 3339, shares 0 to 1. */
export const rollbackPlan = z.object({
  planId: z.string(),
  planExpires: z.string(),
  service: z.string(),
  environment: z.string(),
  current: versionFacts,
  target: versionFacts,
  targetJudgedGood: z.boolean(),
  evidence: z.string(),
  mechanism: z.string(),
  warnings: z.array(z.string()),
  diff: z.string(),
  migrations: z.array(
    z.object({
      path: z.string(),
      verdict: z.enum(verdicts),
      rule: z.string(),
      reason: z.string(),
      statement: z.string(),
      hasDownMigration: z.boolean(),
    }),
  ),
  migrationVerdict: z.enum(verdicts),
  safeToRollBack: z.boolean(),
  configurationDrift: z.array(fieldChange),
  secretReferencesChanged: z.array(z.string()),
  dependents: z.array(z.string()),
  freezeWindows: z.array(z.string()),
  estimateMinutes: z.object({ value: z.number(), basis: z.string() }),
  verify: z.array(z.string()),
  stopWhen: z.array(z.string()),
  rollForward: z.string(),
  apply: z.string(),
});
export type RollbackPlan = z.output<typeof rollbackPlan>;

const diffMax = 12_000;
/** Kubernetes replaces pods one after the other by default; half a minute each covers start and readiness. */
const minutesPerPod = 0.5;

export interface PlanFacts {
  readonly id: string;
  readonly expires: Date;
  readonly service: string;
  readonly environment: string;
  readonly chosen: ChosenTarget;
  readonly planned: PlannedChange;
  readonly migrations: readonly MigrationVerdict[];
  readonly dependents: readonly string[];
  readonly changes: DiffSummary;
  readonly entry: ServiceEntry | undefined;
  readonly now: Date;
}

export function describePlan(facts: PlanFacts): RollbackPlan {
  const { chosen, planned, migrations } = facts;
  const migrationVerdict = worstVerdict(migrations.map(({ verdict }) => verdict));
  const replicas = planned.current.replicas ?? 1;
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
    warnings: [...(planned.plan.warnings ?? []), ...autoscalerWarning(planned)],
    diff:
      planned.plan.diff.length > diffMax
        ? `${planned.plan.diff.slice(0, diffMax)}\n[cut; see get_deployment_diff]`
        : planned.plan.diff,
    migrations: migrations.map(decisive),
    migrationVerdict,
    safeToRollBack: migrationVerdict === 'safe' && chosen.judgedGood,
    configurationDrift: configurationDrift(planned),
    secretReferencesChanged: difference(planned.current.secretReferences, planned.next.secretReferences),
    dependents: [...facts.dependents],
    freezeWindows: openFreezeWindows(facts.entry?.annotations['devops-mcp/freeze-windows'], facts.now),
    estimateMinutes: {
      value: Math.ceil(1 + replicas * minutesPerPod),
      basis: `one minute to reconcile and half a minute for each of ${replicas} pods`,
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

function identity({
  revision,
  version,
  image,
  time,
  by,
}: ChosenTarget['current']): z.output<typeof versionFacts> {
  return { revision, version, image, deployed: time.toISOString(), by };
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

function configurationDrift({ current, next }: PlannedChange): FieldChange[] {
  const before = { ...current.configuration, ...current.flags };
  const after = { ...next.configuration, ...next.flags };
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => before[field] !== after[field])
    .sort()
    .map((field) => ({ field, from: before[field] ?? null, to: after[field] ?? null }));
}

function difference(a: readonly string[], b: readonly string[]): string[] {
  return [
    ...a.filter((one) => !b.includes(one)).map((one) => `no longer used: ${one}`),
    ...b.filter((one) => !a.includes(one)).map((one) => `used again: ${one}`),
  ];
}

function verification({ targetHealth, target }: ChosenTarget): string[] {
  const { errorRate, latencyP95 } = targetHealth;
  return [
    `get_deployment_history shows ${target.version ?? target.revision.slice(0, 10)} as what runs`,
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

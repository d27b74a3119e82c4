import { type CallContext, defineAction, ToolError } from '@devops-mcp/contract';
import {
  countChangedFiles,
  countDependents,
  type DeploymentsApi,
  deploymentsPort,
  mostPods,
  planStorePort,
  servicesPort,
} from '@devops-mcp/domain';
import { z } from 'zod';
import { judgeRange } from '../migrations/judge-range.js';
import { type PlanDocument, readPlanDocument, sameJson } from '../planning/plan-document.js';
import { shortRevision } from '../planning/short-revision.js';

/**
 * A backend that changes what runs watches the rollout to its end, for at most ten minutes; the rest is
 * for planning again and for the report, so that a slow rollout has an outcome.
 */
const rolloutTimeoutMs = 660_000;

export const rollBackService = defineAction({
  name: 'roll_back_service',
  title: 'Roll back a service',
  description:
    'Brings a service back to the target of a plan made by plan_rollback. Refused when what runs is no longer what was planned against.',
  riskTier: 3,
  ports: { deployments: deploymentsPort, services: servicesPort, planStore: planStorePort },
  input: z.strictObject({ planId: z.string().min(8).max(128).describe('planId of plan_rollback') }),
  limits: { timeoutMs: rolloutTimeoutMs, outputBytes: 48_000 },
  environments: ['production', 'staging', 'development'],
  blastRadius: { services: 1, podsRestarted: 200, filesChanged: 50, dependents: 500 },
  reversal: {
    kind: 'reversible',
    how: 'Roll forward to the revision that is replaced; it stays in the history.',
  },
  async resolve({ input, ports }) {
    const { environment, service } = readPlanDocument(await ports.planStore.get(input.planId));
    return { environment, services: [service] };
  },
  classify: ({ plan }) => (plan.reversal.kind === 'irreversible' ? 4 : 3),
  async plan({ input, ports, signal, progress, now }) {
    const context = { signal, progress, now };
    const stored = readPlanDocument(await ports.planStore.get(input.planId));
    const planned = await ports.deployments.planRollback(
      { service: stored.service, revision: stored.targetRevision },
      context,
    );
    if (!sameJson(planned.plan.observed, stored.observed)) throw stale(stored);
    const migrations = await migrationVerdict(stored, ports.deployments, context);
    return {
      ...planned.plan,
      blastRadius: {
        services: 1,
        podsRestarted: mostPods(planned.current),
        filesChanged: countChangedFiles(planned.plan.diff),
        dependents: countDependents(stored.service, ports.services),
      },
      reversal:
        migrations.verdict === 'irreversible'
          ? {
              kind: 'irreversible',
              why: `The older version would meet a database it cannot use: ${migrations.why}`,
            }
          : { kind: 'reversible', how: `Roll forward to ${shortRevision(stored.currentRevision)}.` },
      warnings: [
        ...(planned.plan.warnings ?? []),
        ...(migrations.verdict === 'unknown' || migrations.verdict === 'needs_down_migration'
          ? [`Migrations in between are ${migrations.verdict}: ${migrations.why}`]
          : []),
      ],
    };
  },
  apply: ({ plan, ports, idempotencyKey, reason, signal, progress, now }) =>
    ports.deployments.applyChange(
      { change: plan.change, idempotencyKey, message: reason },
      { signal, progress, now },
    ),
});

function stale({ service }: PlanDocument): ToolError {
  return new ToolError('conflict', `${service} has changed since the rollback was planned.`, {
    hint: 'Make a new plan with plan_rollback and propose that.',
  });
}

/** Judged again here, so that the tier never rests on what the requester's side stored. */
async function migrationVerdict(stored: PlanDocument, deployments: DeploymentsApi, context: CallContext) {
  const range = { service: stored.service, from: stored.targetRevision, to: stored.currentRevision };
  const { judged, verdict, unknownBecause } = await judgeRange(deployments, range, context);
  if (unknownBecause !== null) return { verdict, why: unknownBecause };
  const worst = judged.find((migration) => migration.verdict === verdict);
  const statement = worst?.statements.find((found) => found.verdict === verdict);
  return { verdict, why: worst ? `${worst.path}: ${statement?.reason ?? 'not judged'}` : 'none' };
}

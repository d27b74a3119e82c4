import type { CallContext } from '@devops-mcp/contract';
import {
  type AlertsApi,
  type DeploymentsApi,
  frameAnswer,
  type MetricsApi,
  type PlanStoreApi,
  requireService,
  type ServicesApi,
} from '@devops-mcp/domain';
import { judgeRange } from '../migrations/judge-range.js';
import type { RollbackAnswer } from '../tools/plan-rollback.js';
import { chooseTarget } from './choose-target.js';
import { describePlan } from './describe-plan.js';
import { planFormat } from './plan-document.js';

export interface PlanQuestion {
  readonly service: string;
  readonly environment: string;
  readonly target: string;
  readonly maxTokens: number;
}

export interface PlanPorts {
  readonly deployments: DeploymentsApi;
  readonly services: ServicesApi;
  readonly planStore: PlanStoreApi;
  readonly metrics: MetricsApi | undefined;
  readonly alerts: AlertsApi | undefined;
}

/** So many deployments are read for their services' names when the catalog does not know one. */
const searched = 200;

/** Chooses a target, has the change planned, judges the migrations, and keeps the plan for its caller. */
export async function draftPlan(
  { service, environment, target, maxTokens }: PlanQuestion,
  ports: PlanPorts,
  context: CallContext,
): Promise<RollbackAnswer> {
  const { deployments, services } = ports;
  const deployed = async () =>
    (await deployments.history({ limit: searched }, context)).data.map((one) => one.service);
  await requireService({ service, catalog: services, telemetry: deployed });
  context.progress(0, 3, 'Looking for the last good deployment');
  const chosen = await chooseTarget({ service, environment, wanted: target }, ports, context);
  context.progress(1, 3, 'Planning the change');
  const range = { service, from: chosen.target.revision, to: chosen.current.revision };
  const [planned, migrations, diff] = await Promise.all([
    deployments.planRollback({ service, revision: range.from }, context),
    judgeRange(deployments, range, context),
    deployments.diff(range, context),
  ]);
  context.progress(2, 3, 'Keeping the plan');
  const { id, expires } = await ports.planStore.put({
    format: planFormat,
    environment,
    service,
    currentRevision: range.to,
    targetRevision: range.from,
    observed: planned.plan.observed,
  });
  const frame = frameAnswer({
    source: diff.source,
    hints: [
      ...migrations.hints,
      ...chosen.hints,
      ...(migrations.verdict === 'unknown'
        ? ['A migration could not be judged; have its owner look before anybody applies this.']
        : []),
    ],
    partial: [...migrations.partial, ...(diff.partial ?? []), ...chosen.partial],
  });
  const facts = {
    ...{ id, expires, service, environment, chosen, planned, migrations, now: context.now },
    dependents: services.dependents(service),
    changes: diff.data.summary,
    entry: services.get(service),
  };
  return describePlan(facts, maxTokens, frame);
}

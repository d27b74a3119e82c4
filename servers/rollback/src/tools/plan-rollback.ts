import {
  defineTool,
  envelope,
  environmentName,
  optional,
  serviceName,
  ToolError,
} from '@devops-mcp/contract';
import { alertsPort, deploymentsPort, metricsPort, planStorePort, servicesPort } from '@devops-mcp/domain';
import { z } from 'zod';
import { judgeMigrations } from '../migrations/judge-migrations.js';
import { worstVerdict } from '../migrations/verdict.js';
import { chooseTarget } from '../planning/choose-target.js';
import { describePlan, rollbackPlan } from '../planning/describe-plan.js';
import { renderPlan } from '../planning/render-plan.js';

const ports = {
  deployments: deploymentsPort,
  services: servicesPort,
  planStore: planStorePort,
  metrics: optional(metricsPort),
  alerts: optional(alertsPort),
};

export const planRollback = defineTool({
  name: 'plan_rollback',
  title: 'Plan a rollback',
  description:
    'Drafts a rollback of a service and changes nothing: target and why it is held good, exact diff, a verdict for every migration in between, dependents, checks and a roll-forward alternative. Its planId is what propose_roll_back_service takes.',
  riskTier: 1,
  ports,
  input: z.strictObject({
    service: serviceName,
    environment: environmentName,
    target: z
      .string()
      .min(1)
      .max(80)
      .default('last_known_good')
      .describe('last_known_good, a revision or a version'),
  }),
  output: envelope(rollbackPlan),
  limits: { timeoutMs: 30_000, outputBytes: 48_000 },
  target: ({ environment, service }) => ({ environment, services: [service] }),
  async run({ input, ports, signal, progress, now }) {
    const context = { signal, progress, now };
    const { service, environment } = input;
    if (ports.services.list().length > 0 && !ports.services.get(service)) {
      throw new ToolError('not_found', `No service ${service} is in the catalog.`, {
        hint: `Closest: ${ports.services.closest(service).join(', ')}.`,
      });
    }
    progress(0, 3, 'Looking for the last good deployment');
    const chosen = await chooseTarget(service, input.target, ports, context);
    progress(1, 3, 'Planning the change');
    const range = { service, from: chosen.target.revision, to: chosen.current.revision };
    const [planned, files, diff] = await Promise.all([
      ports.deployments.planRollback({ service, revision: chosen.target.revision }, context),
      ports.deployments.migrationsBetween(range, context),
      ports.deployments.diff(range, context),
    ]);
    progress(2, 3, 'Judging migrations');
    const migrations = await judgeMigrations(files.data);
    const { id, expires } = await ports.planStore.put({
      format: 'devops-mcp/rollback-plan/v1',
      environment,
      service,
      currentRevision: chosen.current.revision,
      targetRevision: chosen.target.revision,
      observed: planned.plan.observed,
    });
    const dependents = ports.services.dependents(service);
    const data = describePlan({
      id,
      expires,
      service,
      environment,
      chosen,
      planned,
      migrations,
      dependents,
      now,
      changes: diff.data.summary,
      entry: ports.services.get(service),
    });
    const hints = [
      ...(files.hints ?? []),
      ...(ports.metrics ? [] : ['No health evidence: configure the metrics port of this environment.']),
      ...(worstVerdict(migrations.map(({ verdict }) => verdict)) === 'unknown'
        ? ['A migration could not be judged; have its owner look before anybody applies this.']
        : []),
    ];
    return { data, source: diff.source, hints };
  },
  render: ({ data, hints }) => renderPlan(data, hints ?? []),
});

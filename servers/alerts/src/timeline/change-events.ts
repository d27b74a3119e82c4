import type { CallContext, PartialFailure } from '@devops-mcp/contract';
import {
  type ActionHistoryApi,
  type AuditedAction,
  type Deployment,
  type DeploymentsApi,
  optionalAnswer,
  quoteInline,
  type Window,
} from '@devops-mcp/domain';
import { inScope, nameText, type TimelineEvent, type TimelineScope } from './timeline-event.js';

export interface ChangeRecord {
  readonly deployments: readonly Deployment[];
  readonly actions: readonly AuditedAction[];
  readonly events: readonly TimelineEvent[];
  readonly partial: readonly PartialFailure[];
  readonly hints: readonly string[];
}

const mostDeployments = 200;

/** Deployments, and what this suite itself did. */
export async function recordChanges(
  ports: {
    readonly deployments: DeploymentsApi | undefined;
    readonly actionHistory: ActionHistoryApi | undefined;
  },
  scope: TimelineScope,
  window: Window,
  context: CallContext,
): Promise<ChangeRecord> {
  const { environment, services } = scope;
  const only = services?.size === 1 ? [...services][0] : undefined;
  const deployed = await optionalAnswer(
    { port: ports.deployments, name: 'deployments', environment, adds: 'deployments' },
    context,
    (port) =>
      port.history(
        { ...(only === undefined ? {} : { service: only }), window, limit: mostDeployments },
        context,
      ),
  );
  const acted = await optionalAnswer(
    { port: ports.actionHistory, name: 'actionHistory', environment, adds: 'actions of this suite' },
    context,
    async (port) => ({
      data: await port.actions({ window, environment }),
      source: { backend: 'audit' },
    }),
  );
  const deployments = (deployed.data ?? []).filter(({ service }) => inScope(scope, service));
  const actions = (acted.data ?? []).filter(
    (action) =>
      services === undefined ||
      action.services.length === 0 ||
      action.services.some((service) => services.has(service)),
  );
  return {
    deployments,
    actions,
    events: [...deployments.map(deploymentEvent), ...actions.map(actionEvent)],
    partial: [...deployed.partial, ...acted.partial],
    hints: [...deployed.hints, ...acted.hints],
  };
}

function deploymentEvent({ time, service, kind, version, by, result, title }: Deployment): TimelineEvent {
  const outcome = result === 'succeeded' || result === 'unknown' ? '' : `, ${result}`;
  const text = `${kind}${version ? ` of ${nameText(version)}` : ''} by ${nameText(by)}${outcome}: ${quoteInline(title)}`;
  return { time, kind: 'deployment', service, rank: 0, text };
}

function actionEvent(action: AuditedAction): TimelineEvent {
  const { time, kind, services, actor, proposalId, summary } = action;
  const proposal = proposalId ? ` (${proposalId})` : '';
  const text = `${action.action} ${kind.replaceAll('_', ' ')} by ${nameText(actor)}${proposal}${summary ? `: ${quoteInline(summary)}` : ''}`;
  const changed = kind === 'executed' || kind === 'failed' || kind === 'ambiguous';
  return { time, kind: 'suite_action', service: services[0] ?? null, rank: changed ? 0 : 1, text };
}

import { type CallContext, type PartialFailure, ToolError } from '@devops-mcp/contract';
import {
  type AlertsApi,
  closestNames,
  type Deployment,
  type DeploymentsApi,
  didYouMean,
  fitTokens,
  frameAnswer,
  type Incident,
  type InventoryPorts,
  type KnowledgeApi,
  optionalAnswer,
  parsePeriod,
  type ServicesApi,
  severityRank,
  showWindow,
  truncationField,
  type Window,
} from '@devops-mcp/domain';
import type { z } from 'zod';
import { requireAlertedService } from '../matching/require-alerted-service.js';
import type { alertHistoryAnswer } from '../tools/get-alert-history.js';
import { type AlertHistory, historiesFrom } from './firings.js';
import { justBeforeMs, presentHistory } from './present-history.js';

export interface HistoryQuestion {
  readonly environment: string;
  readonly service?: string | undefined;
  readonly alert?: string | undefined;
  readonly period: string;
  readonly maxTokens: number;
}

export interface HistoryPorts extends InventoryPorts {
  readonly alerts: AlertsApi;
  readonly services: ServicesApi;
  readonly knowledge: KnowledgeApi | undefined;
  readonly deployments: DeploymentsApi | undefined;
}

type HistoryAnswer = z.input<typeof alertHistoryAnswer>;

const dayMs = 86_400_000;
const lookBackMs = 30 * dayMs;
const mostDeployments = 200;

export async function askHistory(
  question: HistoryQuestion,
  ports: HistoryPorts,
  context: CallContext,
): Promise<HistoryAnswer> {
  const { window, hints } = parsePeriod(question.period, context.now);
  const names = {
    ...(question.service === undefined ? {} : { service: question.service }),
    ...(question.alert === undefined ? {} : { name: question.alert }),
  };
  const found = await ports.alerts.transitions({ ...names, window }, context);
  const firingBefore = await ports.alerts.active(
    { at: window.start, ...(question.service === undefined ? {} : { service: question.service }) },
    context,
  );
  const earlier = await ports.alerts.transitions(
    { ...names, window: { start: new Date(window.start.getTime() - lookBackMs), end: window.start } },
    context,
  );
  const before = firingBefore.data.filter(({ name }) => !question.alert || name === question.alert);
  const histories = historiesFrom(found.data, before, window);
  if (histories.length === 0) await explainNothing(question, ports, context);
  const more = await extras(question, ports, window, context);
  const frame = frameAnswer({
    window: showWindow(window, context.now),
    source: found.source,
    hints: [...hints, ...(found.hints ?? []), ...more.hints],
    partial: [...(found.partial ?? []), ...more.partial],
  });
  const fitted = fitTokens(
    histories.toSorted(byUse).map((history) => presentHistory(history, window, earlier.data, more)),
    {
      maxTokens: question.maxTokens,
      reserved: frame.tokens,
      howToGetMore: 'Name a service or an alert, or raise maxTokens.',
    },
  );
  return {
    data: { environment: question.environment, alerts: [...fitted.rows] },
    ...frame.fields,
    ...truncationField(fitted.truncation),
  };
}

interface Extras {
  readonly incidents: readonly Incident[];
  readonly deployments: readonly Deployment[];
  readonly partial: readonly PartialFailure[];
  readonly hints: readonly string[];
}

async function extras(
  { environment, service }: HistoryQuestion,
  ports: HistoryPorts,
  window: Window,
  context: CallContext,
): Promise<Extras> {
  const incidents = await optionalAnswer(
    { port: ports.knowledge, name: 'knowledge', environment, adds: 'past incidents' },
    context,
    (port) => port.incidents(context),
  );
  const deployments = await optionalAnswer(
    { port: ports.deployments, name: 'deployments', environment, adds: 'deployments just before' },
    context,
    (port) =>
      port.history(
        {
          ...(service === undefined ? {} : { service }),
          window: { start: new Date(window.start.getTime() - justBeforeMs), end: window.end },
          limit: mostDeployments,
        },
        context,
      ),
  );
  return {
    incidents: incidents.data ?? [],
    deployments: deployments.data ?? [],
    partial: [...incidents.partial, ...deployments.partial],
    hints: [...incidents.hints, ...deployments.hints],
  };
}

/** Still firing first, then the worst, then the one that fired last. */
function byUse(a: AlertHistory, b: AlertHistory): number {
  const firing = ({ firings }: AlertHistory) => (firings.some(({ end }) => end === null) ? 0 : 1);
  const last = ({ firings }: AlertHistory) => firings.at(-1)?.start.getTime() ?? 0;
  return firing(a) - firing(b) || severityRank(a.severity) - severityRank(b.severity) || last(b) - last(a);
}

/** An empty history of a name that nobody knows is a mistake, not good news. */
async function explainNothing(
  { service, alert }: HistoryQuestion,
  ports: HistoryPorts,
  context: CallContext,
): Promise<void> {
  const { alerts } = ports;
  const month = { start: new Date(context.now.getTime() - lookBackMs), end: context.now };
  if (service !== undefined) {
    const alerting = (await alerts.active({}, context)).data;
    await requireAlertedService(service, alerting, ports, month, context);
  }
  if (alert === undefined) return;
  const known = new Set((await alerts.transitions({ window: month }, context)).data.map(({ name }) => name));
  if (known.has(alert)) return;
  throw new ToolError('not_found', `No alert named ${alert} fired in the last 30 days.`, {
    hint: didYouMean(
      closestNames(alert, known),
      `Alerts that did: ${[...known].slice(0, 10).join(', ') || 'none'}.`,
    ),
  });
}

import { type CallContext, ToolError } from '@devops-mcp/contract';
import {
  type ActionHistoryApi,
  type AlertsApi,
  type DeploymentsApi,
  frameAnswer,
  type Incident,
  type InventoryPorts,
  type KnowledgeApi,
  type LogsApi,
  optionalAnswer,
  parsePeriod,
  type ServicesApi,
  showWindow,
  type Window,
} from '@devops-mcp/domain';
import { requireAlertedService } from '../matching/require-alerted-service.js';
import { findRecord } from '../resources/find-record.js';
import type { TimelineAnswer } from '../tools/build-incident-timeline.js';
import { recordAlerts } from './alert-events.js';
import { recordChanges } from './change-events.js';
import { recordErrors } from './error-events.js';
import { findGaps } from './gaps.js';
import { incidentEvents } from './incident-events.js';
import { findPhases } from './phases.js';
import { presentTimeline } from './present-timeline.js';
import type { TimelineScope } from './timeline-event.js';

export interface TimelineQuestion {
  readonly environment: string;
  readonly incident?: string | undefined;
  readonly service?: string | undefined;
  readonly period?: string | undefined;
  readonly format: 'markdown' | 'json';
  readonly maxTokens: number;
}

export interface TimelinePorts extends InventoryPorts {
  readonly alerts: AlertsApi;
  readonly services: ServicesApi;
  readonly deployments: DeploymentsApi | undefined;
  readonly logs: LogsApi | undefined;
  readonly knowledge: KnowledgeApi | undefined;
  readonly actionHistory: ActionHistoryApi | undefined;
}

const hourMs = 3_600_000;
const longestMs = 7 * 24 * hourMs;
/** What led to an incident lies before it, and its end is seen only after it. */
const leadMs = hourMs;
const trailMs = hourMs / 2;

export async function askTimeline(
  question: TimelineQuestion,
  ports: TimelinePorts,
  context: CallContext,
): Promise<TimelineAnswer> {
  const { environment } = question;
  const known = await optionalAnswer(
    { port: ports.knowledge, name: 'knowledge', environment, adds: 'incident records' },
    context,
    (port) => port.incidents(context),
  );
  const incident = chooseIncident(question.incident, known.data);
  const { window, hints } = windowOf(question.period, incident, context.now);
  if (question.service !== undefined) {
    const alerted = async () => (await ports.alerts.transitions({ window }, context)).data;
    await requireAlertedService(question.service, alerted, ports, window, context);
  }
  const scope = scopeOf(question, incident);
  context.progress(1, 4, 'alerts');
  const alerts = await recordAlerts(ports.alerts, scope, window, context);
  context.progress(2, 4, 'changes');
  const changes = await recordChanges(ports, scope, window, context);
  context.progress(3, 4, 'errors');
  const errors = await recordErrors(ports.logs, scope, window, context);
  const evidence = { incident, alerts, changes, errors };
  const phases = findPhases(evidence);
  const events = [
    ...alerts.events,
    ...changes.events,
    ...errors.events,
    ...incidentEvents(known.data ?? [], incident, scope, window),
  ].toSorted((a, b) => a.time.getTime() - b.time.getTime() || a.rank - b.rank);
  const end = window.end < context.now ? window.end : context.now;
  const gaps = findGaps(phases, events, evidence, end);
  const frame = frameAnswer({
    window: showWindow(window, context.now),
    source: alerts.answer.source,
    hints: [...hints, ...(alerts.answer.hints ?? []), ...known.hints, ...changes.hints, ...errors.hints],
    partial: [...(alerts.answer.partial ?? []), ...known.partial, ...changes.partial, ...errors.partial],
  });
  return presentTimeline({ incident, scope, phases, events, gaps }, question, frame);
}

function chooseIncident(
  id: string | undefined,
  incidents: readonly Incident[] | undefined,
): Incident | undefined {
  if (id === undefined) return undefined;
  if (incidents !== undefined) return findRecord('incident', id, incidents);
  throw new ToolError('unavailable', 'The incident records cannot be read.', {
    hint: 'Configure or repair the knowledge port, or give service and period instead of incident.',
  });
}

function windowOf(
  period: string | undefined,
  incident: Incident | undefined,
  now: Date,
): { readonly window: Window; readonly hints: readonly string[] } {
  if (period !== undefined || !incident) return parsePeriod(period ?? 'last_6h', now);
  const start = new Date(incident.started.getTime() - leadMs);
  const until = Math.min((incident.resolved ?? now).getTime() + trailMs, now.getTime());
  const end = new Date(Math.max(until, incident.started.getTime() + 60_000));
  if (end.getTime() - start.getTime() <= longestMs) return { window: { start, end }, hints: [] };
  return {
    window: { start, end: new Date(start.getTime() + longestMs) },
    hints: [`Only the first 7 days of ${incident.id} are shown; give a period for more.`],
  };
}

function scopeOf(question: TimelineQuestion, incident: Incident | undefined): TimelineScope {
  const services = [
    ...(question.service === undefined ? [] : [question.service]),
    ...(incident?.services ?? []),
  ];
  return {
    environment: question.environment,
    services: services.length > 0 ? new Set(services) : undefined,
    alertNames: new Set(incident?.alerts ?? []),
  };
}

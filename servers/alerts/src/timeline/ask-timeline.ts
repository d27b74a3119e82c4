import { type CallContext, type PartialFailure, ToolError } from '@devops-mcp/contract';
import {
  type ActionHistoryApi,
  type AlertsApi,
  type DeploymentsApi,
  fitTokens,
  frameAnswer,
  type Incident,
  type KnowledgeApi,
  knownFields,
  type LogsApi,
  optionalAnswer,
  parsePeriod,
  requireService,
  type ServicesApi,
  showWindow,
  type Window,
} from '@devops-mcp/domain';
import type { z } from 'zod';
import { findRecord } from '../resources/find-record.js';
import type { timelineAnswer } from '../tools/build-incident-timeline.js';
import { recordAlerts } from './alert-events.js';
import { recordChanges } from './change-events.js';
import { recordErrors } from './error-events.js';
import { findGaps } from './gaps.js';
import { incidentEvents } from './incident-events.js';
import { findPhases, type Phase } from './phases.js';
import type { TimelineEvent, TimelineScope } from './timeline-event.js';

export interface TimelineQuestion {
  readonly environment: string;
  readonly incident?: string | undefined;
  readonly service?: string | undefined;
  readonly period?: string | undefined;
  readonly format: 'markdown' | 'json';
  readonly maxTokens: number;
}

export interface TimelinePorts {
  readonly alerts: AlertsApi;
  readonly services: ServicesApi;
  readonly deployments: DeploymentsApi | undefined;
  readonly logs: LogsApi | undefined;
  readonly knowledge: KnowledgeApi | undefined;
  readonly actionHistory: ActionHistoryApi | undefined;
}

type TimelineAnswer = z.input<typeof timelineAnswer>;

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
    const telemetry = async () =>
      (await ports.alerts.transitions({ window }, context)).data.flatMap(({ service }) => service ?? []);
    await requireService({ service: question.service, catalog: ports.services, telemetry });
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
  const notes: Notes = {
    hints: [...hints, ...(alerts.answer.hints ?? []), ...known.hints, ...changes.hints, ...errors.hints],
    partial: [...(alerts.answer.partial ?? []), ...known.partial, ...changes.partial, ...errors.partial],
  };
  return {
    ...shape(question, incident, scope, phases, events, findGaps(phases, events, evidence, end), notes),
    window: showWindow(window, context.now),
    source: alerts.answer.source,
  };
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

interface Notes {
  readonly hints: readonly string[];
  readonly partial: readonly PartialFailure[];
}

function shape(
  question: TimelineQuestion,
  incident: Incident | undefined,
  scope: TimelineScope,
  phases: readonly Phase[],
  events: readonly TimelineEvent[],
  gaps: readonly string[],
  { hints, partial }: Notes,
): Omit<TimelineAnswer, 'window' | 'source'> {
  const started = phases[0]?.time;
  const fitted = fitTokens(events.map(showEvent), {
    maxTokens: question.maxTokens,
    reserved: 700,
    // The events stay in order of time below; only what is left out is decided by rank.
    rank: (a, b) => a.rank - b.rank,
    howToGetMore: 'Raise maxTokens, or give a shorter period or a service; repeated alerts were cut first.',
  });
  return {
    data: {
      title: incident ? `${incident.id} ${incident.title}` : (question.service ?? question.environment),
      environment: question.environment,
      services: [...(scope.services ?? [])],
      format: question.format,
      phases: phases.map(({ phase, time, basis }) => ({
        phase,
        time: time?.toISOString() ?? null,
        secondsFromStart: time && started ? Math.round((time.getTime() - started.getTime()) / 1000) : null,
        basis,
      })),
      events: fitted.rows
        .toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
        .map(({ time, kind, service, text }) => ({ time, kind, service, text })),
      gaps: [...gaps],
    },
    ...(fitted.truncation ? { truncation: fitted.truncation } : {}),
    ...(partial.length > 0 ? { partial: [...partial] } : {}),
    ...(hints.length > 0 ? { hints: [...hints] } : {}),
  };
}

function showEvent({ time, kind, service, text, rank }: TimelineEvent) {
  return { time: time.toISOString(), kind, service, text, rank };
}

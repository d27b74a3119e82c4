import { type Incident, quoteInline, type Window } from '@devops-mcp/domain';
import { nameText, type TimelineEvent, type TimelineScope } from './timeline-event.js';

/** What the records themselves say: of the incident in question everything, of others that they began. */
export function incidentEvents(
  incidents: readonly Incident[],
  chosen: Incident | undefined,
  scope: TimelineScope,
  window: Window,
): readonly TimelineEvent[] {
  const events = chosen ? [...ownEvents(chosen)] : [];
  for (const other of incidents) {
    const elsewhere = other.environment != null && other.environment !== scope.environment;
    const related =
      scope.services === undefined || other.services.some((service) => scope.services?.has(service));
    if (other.id === chosen?.id || elsewhere || !related) continue;
    events.push(mark(other, other.started, `${other.id} began: ${quoteInline(other.title)}`, 2));
  }
  return events.filter(({ time }) => time >= window.start && time < window.end);
}

function ownEvents(incident: Incident): readonly TimelineEvent[] {
  const { id, title, started, detected, acknowledged, resolved } = incident;
  return [
    mark(incident, started, `${id} began: ${quoteInline(title)}`, 1),
    ...(detected ? [mark(incident, detected, `${id} detected`, 1)] : []),
    ...(acknowledged ? [mark(incident, acknowledged, `${id} acknowledged`, 1)] : []),
    ...(resolved ? [mark(incident, resolved, `${id} resolved`, 1)] : []),
    ...incident.timeline.map(({ time, who, text }) =>
      mark(incident, time, `${who === '' ? '' : `${nameText(who)}: `}${quoteInline(text, 300)}`, 1),
    ),
  ];
}

function mark(incident: Incident, time: Date, text: string, rank: 1 | 2): TimelineEvent {
  return { time, kind: 'incident', service: incident.services[0] ?? null, text, rank };
}

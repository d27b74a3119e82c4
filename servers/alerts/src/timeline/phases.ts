import { type Incident, showTime } from '@devops-mcp/domain';
import type { AlertRecord } from './alert-events.js';
import type { ChangeRecord } from './change-events.js';
import type { ErrorRecord } from './error-events.js';

export const phaseNames = ['started', 'detected', 'acknowledged', 'mitigated', 'resolved'] as const;

export interface Phase {
  readonly phase: (typeof phaseNames)[number];
  /** Null when nothing on record tells. */
  readonly time: Date | null;
  /** What the time rests on, or why there is none. */
  readonly basis: string;
}

export interface PhaseEvidence {
  readonly incident: Incident | undefined;
  readonly alerts: AlertRecord;
  readonly changes: ChangeRecord;
  readonly errors: ErrorRecord;
}

type Found = readonly [Date, string] | undefined;

/**
 * When the trouble started, was detected, acknowledged, mitigated and resolved. The incident's own
 * record counts before anything else, except for a start that one of its own alerts contradicts: a
 * record that was opened late says when it was opened. Otherwise: started = the first new error or alert; detected =
 * the first alert; acknowledged = the first acknowledgement; mitigated = the first rollback or
 * executed action after detection; resolved = the last alert's end, when none fires any more.
 */
export function findPhases(evidence: PhaseEvidence): readonly Phase[] {
  const { incident } = evidence;
  const own = (time: Date | null | undefined): Found =>
    time ? [time, `record of ${incident?.id}`] : undefined;
  const started = earlierSign(evidence) ?? own(incident?.started) ?? firstSign(evidence);
  const since = started?.[0];
  const detected = own(incident?.detected) ?? firstAlert(evidence, since);
  const acknowledged = own(incident?.acknowledged) ?? firstAcknowledgement(evidence, since);
  const mitigated = mitigation(evidence, detected?.[0] ?? since);
  const resolved = own(incident?.resolved) ?? lastEnd(evidence);
  return [
    phase('started', started, 'no error and no alert is on record'),
    phase('detected', detected, 'no alert fired'),
    phase('acknowledged', acknowledged, 'nobody acknowledged on record'),
    phase('mitigated', mitigated, 'no rollback or executed action on record'),
    phase('resolved', resolved, unresolved(evidence)),
  ];
}

function phase(name: Phase['phase'], found: Found, otherwise: string): Phase {
  return { phase: name, time: found?.[0] ?? null, basis: found?.[1] ?? otherwise };
}

/** The first sign, when an alert that the record names fired before the record says it began. */
function earlierSign(evidence: PhaseEvidence): Found {
  const { incident, alerts } = evidence;
  const contradicted = alerts.transitions.some(
    ({ state, name, time }) =>
      incident !== undefined &&
      state === 'firing' &&
      incident.alerts.includes(name) &&
      time < incident.started,
  );
  const sign = contradicted ? firstSign(evidence) : undefined;
  return sign && incident
    ? [sign[0], `${sign[1]}; the record of ${incident.id} says ${showTime(incident.started, sign[0])}`]
    : undefined;
}

function firstSign({ errors, alerts }: PhaseEvidence): Found {
  const error = errors.fresh[0];
  const alert = alerts.transitions.find(({ state }) => state === 'firing');
  if (error && (!alert || error.firstSeen <= alert.time)) return [error.firstSeen, 'first new error'];
  return alert ? [alert.time, `alert ${alert.name}`] : undefined;
}

function firstAlert({ alerts }: PhaseEvidence, since: Date | undefined): Found {
  const alert = alerts.transitions.find(({ state, time }) => state === 'firing' && (!since || time >= since));
  return alert ? [alert.time, `alert ${alert.name}`] : undefined;
}

function firstAcknowledgement({ alerts }: PhaseEvidence, since: Date | undefined): Found {
  const found = alerts.acknowledgements.find(({ time }) => !since || time >= since);
  return found ? [found.time, `${found.by} took ${found.name}`] : undefined;
}

function mitigation({ changes }: PhaseEvidence, since: Date | undefined): Found {
  if (!since) return undefined;
  const rollbacks = changes.deployments
    .filter(({ kind, time }) => kind === 'rollback' && time >= since)
    .map(({ time, service }): readonly [Date, string] => [time, `rollback of ${service}`]);
  const recording = new Set(['create_incident', 'acknowledge_alert', 'silence_alert']);
  const actions = changes.actions
    .filter(({ kind, time, action }) => kind === 'executed' && time >= since && !recording.has(action))
    .map(({ time, action }): readonly [Date, string] => [time, `${action} executed`]);
  return [...rollbacks, ...actions].toSorted(([a], [b]) => a.getTime() - b.getTime())[0];
}

function lastEnd({ incident, alerts }: PhaseEvidence): Found {
  if (incident && incident.status !== 'resolved') return undefined;
  if (alerts.after.length > 0) return undefined;
  const end = alerts.transitions.findLast(({ state }) => state === 'resolved');
  return end ? [end.time, `${end.name} ended, nothing fires any more`] : undefined;
}

function unresolved({ incident, alerts }: PhaseEvidence): string {
  if (alerts.after.length > 0) {
    const names = [...new Set(alerts.after.map(({ name }) => name))].slice(0, 5).join(', ');
    return `still firing at the end: ${names}`;
  }
  return incident ? `${incident.id} is ${incident.status}` : 'no alert ended';
}

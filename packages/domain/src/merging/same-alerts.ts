import type { Severity } from '@devops-mcp/contract';
import type { Alert } from '../alerts.js';
import { union } from './join-answers.js';

/** Labels by which copies of one alert differ when several Prometheus servers evaluate the same rule. */
const replicaLabels = new Set([
  'replica',
  'prometheus',
  'prometheus_replica',
  '__replica__',
  'receive_replica',
  'monitor',
]);
const severityLabels = new Set(['severity', 'level', 'priority', 'sev']);
const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** 0 is the worst. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

export interface MergedAlert {
  /** The worst of the copies, then the oldest. */
  readonly alert: Alert;
  readonly since: Date;
  readonly receivers: readonly string[];
  readonly seenIn: readonly string[];
  /** The others that were taken to be the same. */
  readonly copies: readonly Alert[];
}

/**
 * Merges alerts of the same name, service, instance and other labels that differ only in which
 * replica evaluated them or in severity (a rule with two thresholds fires twice).
 */
export function mergeDuplicates(alerts: readonly Alert[]): readonly MergedAlert[] {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const key = identityOf(alert);
    groups.set(key, [...(groups.get(key) ?? []), alert]);
  }
  return [...groups.values()].flatMap((group) => mergeCopies(group) ?? []);
}

/** What one system says fires. */
export interface AlertsOf {
  readonly backend: string;
  readonly alerts: readonly Alert[];
}

/**
 * Merges the alerts of several systems. An alert of one is that of another when the fingerprints, all
 * labels, or name, service and instance are the same; two of one system stay two. The merged alert
 * keeps the fingerprint of the first system, is as bad as the worst and as old as the oldest copy,
 * and is silenced only where every copy is.
 */
export function mergeSystems(systems: readonly AlertsOf[]): readonly Alert[] {
  const groups: Seen[][] = [];
  for (const { backend, alerts } of systems) {
    const open = [...groups];
    const left: Alert[] = [];
    const waiting = new Set(alerts);
    // The closest likeness first, so that a loose one never takes the place of an exact one.
    for (const likeness of likenesses) {
      for (const alert of waiting) {
        const at = open.findIndex((group) => group.some((one) => likeness(one.alert) === likeness(alert)));
        if (at < 0) continue;
        open.splice(at, 1)[0]?.push({ backend, alert });
        waiting.delete(alert);
      }
    }
    left.push(...alerts.filter((alert) => waiting.has(alert)));
    groups.push(...left.map((alert) => [{ backend, alert }]));
  }
  return groups.flatMap((group) => asOne(group) ?? []);
}

interface Seen {
  readonly backend: string;
  readonly alert: Alert;
}

const likenesses: readonly ((alert: Alert) => string)[] = [
  ({ fingerprint }) => fingerprint,
  (alert) => identityOf(alert),
  ({ name, service, instance }) => JSON.stringify([name, service, instance]),
];

function asOne(group: readonly Seen[]): Alert | undefined {
  const first = group[0]?.alert;
  const merged = mergeCopies(group.map(({ alert }) => alert));
  if (!first || !merged) return undefined;
  const all = [merged.alert, ...merged.copies];
  const own = union(group.map(({ backend, alert }) => (alert.seenIn.length > 0 ? alert.seenIn : [backend])));
  return {
    ...merged.alert,
    fingerprint: first.fingerprint,
    since: merged.since,
    value: merged.alert.value ?? firstOf(all, ({ value }) => value),
    threshold: merged.alert.threshold ?? firstOf(all, ({ threshold }) => threshold),
    runbookUrl: firstOf(all, ({ runbookUrl }) => runbookUrl),
    acknowledgedBy: firstOf(all, ({ acknowledgedBy }) => acknowledgedBy),
    receivers: merged.receivers,
    silencedBy: all.every(({ silencedBy }) => silencedBy.length > 0)
      ? union(all.map(({ silencedBy }) => silencedBy))
      : [],
    inhibitedBy: all.every(({ inhibitedBy = [] }) => inhibitedBy.length > 0)
      ? union(all.map(({ inhibitedBy = [] }) => inhibitedBy))
      : [],
    seenIn: group.length > 1 ? union([group.map(({ backend }) => backend), own]) : own,
  };
}

function firstOf<T>(alerts: readonly Alert[], pick: (alert: Alert) => T | null): T | null {
  for (const alert of alerts) {
    const value = pick(alert);
    if (value !== null) return value;
  }
  return null;
}

function mergeCopies(group: readonly Alert[]): MergedAlert | undefined {
  const [alert, ...copies] = group.toSorted(
    (a, b) => severityRank(a.severity) - severityRank(b.severity) || a.since.getTime() - b.since.getTime(),
  );
  if (!alert) return undefined;
  return {
    alert,
    since: new Date(Math.min(...group.map(({ since }) => since.getTime()))),
    receivers: union(group.map(({ receivers }) => receivers)).toSorted(),
    seenIn: union(group.map(({ seenIn }) => seenIn)).toSorted(),
    copies,
  };
}

function identityOf({ name, service, instance, labels }: Alert): string {
  const rest = Object.entries(labels)
    .filter(([label]) => !replicaLabels.has(label) && !severityLabels.has(label))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([name, service, instance, rest]);
}

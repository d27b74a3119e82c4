import type { Alert } from '@devops-mcp/domain';
import { severityRank } from './severity-rank.js';

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
  return [...groups.values()].flatMap((group) => {
    const [alert, ...copies] = group.toSorted(
      (a, b) => severityRank(a.severity) - severityRank(b.severity) || a.since.getTime() - b.since.getTime(),
    );
    if (!alert) return [];
    return {
      alert,
      since: new Date(Math.min(...group.map(({ since }) => since.getTime()))),
      receivers: unique(group.flatMap(({ receivers }) => receivers)),
      seenIn: unique(group.flatMap(({ seenIn }) => seenIn)),
      copies,
    };
  });
}

function identityOf({ name, service, instance, labels }: Alert): string {
  const rest = Object.entries(labels)
    .filter(([label]) => !replicaLabels.has(label) && !severityLabels.has(label))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([name, service, instance, rest]);
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

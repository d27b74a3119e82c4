import type { Alert, Anomaly, DependencyEdge, Deployment, Point } from '@devops-mcp/domain';
import { fakeServices } from '@devops-mcp/testing';

export const now = new Date('2026-05-04T12:00:00Z');
export const at = (time: string) => new Date(`2026-05-04T${time}Z`);

/** A point a minute from `from` until now; the level changes where `fault` says so. */
export function minutes(from: string, level: number, fault?: { since: string; level: number }): Point[] {
  const points: Point[] = [];
  for (let time = at(from).getTime(); time < now.getTime(); time += 60_000) {
    const own = fault && time >= at(fault.since).getTime() ? fault.level : level;
    points.push([time, own * (1 + 0.05 * Math.sin(time / 97_000))]);
  }
  return points;
}

export const catalog = fakeServices([
  {
    name: 'web',
    owner: 'group:default/team-web',
    dependsOn: ['payments-api', 'catalogue'],
  },
  {
    name: 'payments-api',
    owner: 'group:default/team-payments',
    dependsOn: ['ledger', 'fraud-check'],
    resources: ['resource:default/payments-db'],
    signals: { queue_depth: { metric: 'payments.queue.depth', unit: 'count', kind: 'gauge' } },
  },
  { name: 'ledger', owner: 'group:default/team-ledger' },
  { name: 'fraud-check', owner: 'group:default/team-risk' },
  { name: 'catalogue', owner: 'group:default/team-web' },
]);

export const deployment = (
  id: string,
  service: string,
  time: string,
  more: Partial<Deployment> = {},
): Deployment => ({
  id,
  service,
  time: at(time),
  by: 'release@example.com',
  revision: `${id}-revision`,
  version: '2.4.1',
  image: null,
  result: 'succeeded',
  title: 'Charge in one request (#381)',
  kind: 'deployment',
  diff: null,
  ...more,
});

export const anomaly = (
  service: string,
  signal: string,
  onset: string,
  score: number,
  more: Partial<Anomaly> = {},
): Anomaly => ({
  service,
  instance: null,
  signal,
  unit: signal === 'error_rate' ? 'ratio' : 's',
  onset: at(onset),
  end: null,
  baseline: 0.002,
  value: 0.31,
  score,
  direction: 'up',
  ...more,
});

export const edge = (from: string, to: string, more: Partial<DependencyEdge> = {}): DependencyEdge => ({
  from,
  to,
  callsPerSecond: 10,
  errorShare: 0.001,
  p95Seconds: 0.05,
  lastSeen: at('11:59:30'),
  ...more,
});

export const alert = (name: string, service: string, severity: Alert['severity']): Alert => ({
  fingerprint: name,
  name,
  service,
  instance: null,
  severity,
  rawSeverity: null,
  state: 'firing',
  since: at('11:45:00'),
  resolved: null,
  value: null,
  threshold: null,
  unit: null,
  summary: '',
  labels: {},
  receivers: [],
  runbookUrl: null,
  silencedBy: [],
  acknowledgedBy: null,
  seenIn: [],
});

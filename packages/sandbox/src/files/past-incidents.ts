import type { Scenario } from '../scenario/model.js';

interface PastIncident {
  readonly kind: string;
  readonly service: string;
  readonly title: string;
  readonly severity: string;
  readonly alerts: readonly string[];
  readonly daysAgo: number;
  readonly lastedMinutes: number;
  readonly summary: string;
  readonly acts: readonly string[];
  readonly resolution: string;
}

const hourMs = 3_600_000;
const minuteMs = 60_000;

const others: readonly PastIncident[] = [
  {
    kind: 'traffic_spike',
    service: 'web',
    title: 'Storefront slow during the spring sale',
    severity: 'high',
    alerts: ['HighLatency'],
    daysAgo: 71,
    lastedMinutes: 52,
    summary: 'Three times the usual traffic. The autoscaler had reached its maximum.',
    acts: ['Scaled web from 6 to 10 replicas', 'Raised the page cache to 60 seconds'],
    resolution: 'Scaled web to 10 replicas and cached pages for longer.',
  },
  {
    kind: 'certificate_expiry',
    service: 'web',
    title: 'Certificate of the storefront expired',
    severity: 'critical',
    alerts: ['CertificateExpiresSoon', 'HighErrorRate'],
    daysAgo: 158,
    lastedMinutes: 38,
    summary: 'The renewal job had been failing for three weeks.',
    acts: ['Renewed the certificate by hand', 'Repaired the renewal job'],
    resolution: 'Renewed the certificate; the job now alerts when it fails.',
  },
  {
    kind: 'slow_database',
    service: 'orders',
    title: 'Order list slow after a missing index',
    severity: 'medium',
    alerts: ['HighLatency'],
    daysAgo: 93,
    lastedMinutes: 75,
    summary: 'A sort without an index on the largest table.',
    acts: ['Found the statement in the traces', 'Added the index concurrently'],
    resolution: 'Added the index orders_user_id.',
  },
];

/** One incident of the past that looks like the present one. */
function lookalike(scenario: Scenario): PastIncident {
  const service = scenario.culprit?.service ?? 'checkout';
  const common = { service, daysAgo: 46, severity: 'high' };
  switch (scenario.kind) {
    case 'irreversible_migration':
      return {
        ...common,
        kind: 'irreversible_migration',
        title: `${service} failed after a migration dropped a column`,
        alerts: ['HighErrorRate'],
        lastedMinutes: 96,
        summary:
          'The version removed a column that one statement still read. A rollback was tried first and made it worse.',
        acts: [
          'Rolled back: all statements failed, rolled forward again',
          'Added the column again as nullable',
          'Restored its data from the backup',
        ],
        resolution: 'Went forward: added the column again and restored its data. No rollback.',
      };
    case 'dependency_outage':
      return {
        ...common,
        kind: 'dependency_outage',
        title: `${scenario.culprit?.resource ?? 'A dependency'} did not answer ${service}`,
        alerts: ['HighErrorRate', 'HighLatency'],
        lastedMinutes: 64,
        summary: 'Time was lost on a deployment that had nothing to do with it.',
        acts: [
          'Rolled back an unrelated deployment: no effect',
          'Called the operator of the dependency',
          'Lowered the timeout so that callers fail fast',
        ],
        resolution: 'The dependency came back. Timeouts were lowered for good.',
      };
    case 'memory_leak':
      return {
        ...common,
        kind: 'memory_leak',
        title: `${service} restarted again and again for lack of memory`,
        alerts: ['ContainerMemoryNearLimit', 'ContainerRestarted'],
        lastedMinutes: 340,
        summary:
          'A cache without a bound. The version had been running for five hours when the first container was killed.',
        acts: [
          'Restarted the service to win time',
          'Compared memory with deployments of the day',
          'Rolled back',
        ],
        resolution: 'Rolled back to the version before; the cache got a bound.',
      };
    case 'bad_deployment':
    case 'quiet_day':
      return {
        ...common,
        kind: 'bad_deployment',
        title: `${service} answered with errors after a deployment`,
        alerts: ['HighErrorRate', 'HighLatency'],
        lastedMinutes: 41,
        summary: 'An exception for customers with a saved setting. Tests had no such customer.',
        acts: [
          'Compared the onset with deployments',
          'Checked that no migration was part of it',
          'Rolled back',
        ],
        resolution: 'Rolled back to the version before within 41 minutes.',
      };
  }
}

/** File name to content, oldest first. */
export function renderPastIncidents(scenario: Scenario): ReadonlyMap<string, string> {
  const all = [...others, lookalike(scenario)].sort((a, b) => b.daysAgo - a.daysAgo);
  return new Map(
    all.map((incident, index) => {
      const id = `INC-${2_031 + index * 17}`;
      return [`${id}.md`, render(id, incident, scenario.nowMs)];
    }),
  );
}

function render(id: string, incident: PastIncident, nowMs: number): string {
  const started = Math.floor((nowMs - incident.daysAgo * 24 * hourMs) / hourMs) * hourMs + 13 * minuteMs;
  const time = (minutes: number) => `${new Date(started + minutes * minuteMs).toISOString().slice(0, 19)}Z`;
  const step = incident.lastedMinutes / (incident.acts.length + 1);
  const acts = incident.acts.map(
    (act, index) => `- ${time(Math.round(9 + step * (index + 0.5)))} oncall@example.com: ${act}`,
  );
  return `---
id: ${id}
title: ${incident.title}
status: resolved
severity: ${incident.severity}
environment: production
services: [${incident.service}]
alerts: [${incident.alerts.join(', ')}]
kind: ${incident.kind}
started: ${time(0)}
detected: ${time(4)}
acknowledged: ${time(7)}
resolved: ${time(incident.lastedMinutes)}
---
# ${id}: ${incident.title}

${incident.summary}

## Timeline

- ${time(0)} telemetry: first errors
- ${time(4)} alertmanager: ${incident.alerts[0] ?? 'alert'} fires
- ${time(7)} oncall@example.com: acknowledged
${acts.join('\n')}
- ${time(incident.lastedMinutes)} oncall@example.com: resolved

## Resolution

${incident.resolution}
`;
}

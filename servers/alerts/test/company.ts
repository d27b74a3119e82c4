import type {
  Alert,
  AlertTransition,
  Deployment,
  Incident,
  LogLine,
  Runbook,
  Shift,
} from '@devops-mcp/domain';
import { fakeServices } from '@devops-mcp/testing';

export const now = new Date('2026-05-04T12:00:00Z');

/** A time of the day of the tests. */
export function at(time: string): Date {
  return new Date(`2026-05-04T${time}Z`);
}

/** web calls checkout, checkout calls payments-api, payments-api calls ledger. */
export const catalog = fakeServices([
  { name: 'web', owner: 'group:default/team-web', dependsOn: ['checkout'] },
  { name: 'checkout', owner: 'group:default/team-checkout', dependsOn: ['payments-api'] },
  { name: 'payments-api', owner: 'group:default/team-payments', dependsOn: ['ledger'] },
  { name: 'ledger', owner: 'group:default/team-ledger' },
  { name: 'catalogue', owner: 'group:default/team-catalogue' },
  { name: 'orphan' },
]);

export function alert(name: string, service: string | null, since: string, more: Partial<Alert> = {}): Alert {
  return {
    fingerprint: `${name}-${service}`,
    name,
    service,
    instance: null,
    severity: 'critical',
    rawSeverity: 'page',
    state: 'firing',
    since: at(since),
    resolved: null,
    value: 0.31,
    threshold: 0.05,
    comparison: '>',
    unit: 'ratio',
    summary: `${name} on ${service}`,
    labels: { alertname: name, ...(service ? { service } : {}) },
    receivers: ['team-payments'],
    runbookUrl: null,
    silencedBy: [],
    acknowledgedBy: null,
    seenIn: ['http://am-1'],
    ...more,
  };
}

export function transition(
  name: string,
  service: string,
  state: AlertTransition['state'],
  time: string,
  fingerprint = `${name}-${service}`,
): AlertTransition {
  return {
    fingerprint,
    name,
    service,
    severity: 'critical',
    state,
    time: time.includes('T') ? new Date(time) : at(time),
    value: null,
    receivers: ['team-payments'],
  };
}

export function deployment(
  id: string,
  service: string,
  time: string,
  kind: Deployment['kind'] = 'deployment',
): Deployment {
  return {
    id,
    service,
    time: at(time),
    by: 'dev@example.com',
    revision: id,
    version: '1.4.2',
    image: null,
    result: 'succeeded',
    title: `Change of ${service}`,
    kind,
    diff: null,
  };
}

export function incident(id: string, more: Partial<Incident> = {}): Incident {
  return {
    id,
    title: 'Payments declined',
    status: 'resolved',
    severity: 'high',
    environment: 'production',
    services: ['payments-api'],
    alerts: ['HighErrorRate'],
    kind: 'bad_deployment',
    started: new Date('2026-03-01T10:00:00Z'),
    detected: null,
    acknowledged: null,
    resolved: new Date('2026-03-01T11:00:00Z'),
    resolution: 'Rolled back to 1.4.1',
    body: 'The connection pool was exhausted after the deployment.',
    timeline: [],
    ...more,
  };
}

export function runbook(id: string, more: Partial<Runbook> = {}): Runbook {
  return {
    id,
    title: 'Error rate of payments',
    services: ['payments-api'],
    alerts: ['HighErrorRate'],
    tags: ['errors'],
    reviewed: new Date('2026-04-01T00:00:00Z'),
    body: 'Look at the connection pool.',
    steps: [
      { title: 'Look at the errors', text: 'Which are new?', tools: ['get_error_summary'] },
      { title: 'Roll back', text: '', tools: ['plan_rollback'] },
    ],
    ...more,
  };
}

export function errorLines(
  service: string,
  from: string,
  count: number,
  message: string,
): readonly LogLine[] {
  return Array.from({ length: count }, (_, i) => ({
    time: new Date(at(from).getTime() + i * 1000),
    service,
    instance: null,
    level: 'error',
    message,
    traceId: null,
    spanId: null,
    attributes: {},
    position: `${service} ${from} ${i}`,
  }));
}

export function shift(who: string, start: string, end: string, more: Partial<Shift> = {}): Shift {
  return {
    who: `${who}@example.com`,
    schedule: 'payments',
    start: new Date(start),
    end: new Date(end),
    level: 1,
    override: false,
    ...more,
  };
}

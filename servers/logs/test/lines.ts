import type { Deployment, LogLine, Span } from '@devops-mcp/domain';
import { fakeServices } from '@devops-mcp/testing';

export const now = new Date('2026-05-04T12:00:00Z');
export const at = (time: string) => new Date(`2026-05-04T${time}Z`);

export const catalog = fakeServices([
  { name: 'payments-api', owner: 'group:default/team-payments' },
  { name: 'ledger', owner: 'group:default/team-ledger' },
]);

let position = 0;

export function line(time: string, message: string, more: Partial<LogLine> = {}): LogLine {
  position += 1;
  return {
    time: at(time),
    service: 'payments-api',
    instance: 'payments-api-1',
    level: 'info',
    message,
    traceId: null,
    spanId: null,
    attributes: {},
    position: `segment-${position}`,
    ...more,
  };
}

export const deployment = (id: string, service: string, time: string): Deployment => ({
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
});

/** A span with its start in ms after noon less an hour. */
export function span(
  id: string,
  parent: string | null,
  startMs: number,
  durationMs: number,
  more: Partial<Span> = {},
): Span {
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: id,
    parentSpanId: parent,
    service: 'payments-api',
    instance: 'payments-api-1',
    operation: `operation ${id}`,
    kind: 'internal',
    startUs: (at('11:00:00').getTime() + startMs) * 1_000,
    durationUs: durationMs * 1_000,
    error: false,
    statusMessage: null,
    attributes: {},
    events: [],
    ...more,
  };
}

import type { ShopException } from '../company/exceptions.js';
import { stackTrace } from '../company/exceptions.js';
import type { Operation } from '../company/model.js';
import type { Random } from '../random.js';
import type { Scenario } from '../scenario/model.js';
import type { Pod } from '../scenario/pods.js';
import type { Batches } from './batches.js';
import { exceptionAttributes, integer, logRecord, type SeverityText, spanRecord, text } from './encode.js';
import type { Meters } from './meters.js';
import type { ServiceMinutes } from './service-minutes.js';
import type { Trip } from './trip.js';

/** Where everything that a request leaves behind goes. */
export interface World {
  readonly scenario: Scenario;
  readonly pods: ReadonlyMap<string, readonly Pod[]>;
  /** Decides durations and faults. What is written never draws from it, so that scale changes no fault. */
  readonly random: Random;
  readonly ids: Random;
  /** Background lines and the level of queues. */
  readonly noise: Random;
  readonly fill: (template: string, trip: Trip) => string;
  readonly logs: Batches;
  readonly spans: Batches;
  readonly meters: Meters;
  readonly minutes: ServiceMinutes;
}

export interface Served {
  readonly endUs: number;
  /** 0: the connection was refused and nobody served. */
  readonly status: number;
}

/** One operation being served by one instance. */
export interface Work {
  readonly world: World;
  readonly operation: Operation;
  readonly pod: Pod;
  readonly trip: Trip;
  readonly spanId: string;
  /** How much slower than usual everything is here. */
  readonly slower: number;
  atUs: number;
}

/** Why an operation does not succeed. */
export interface Trouble {
  readonly status: number;
  readonly level: 'WARN' | 'ERROR';
  readonly line: string;
  readonly exception: ShopException | undefined;
}

/** Writes what is left of an operation that ended: lines, its span, measurements. */
export function finish(
  work: Work,
  startUs: number,
  parentSpanId: string,
  trouble: Trouble | undefined,
): void {
  const { world, operation, pod, trip, spanId } = work;
  const status = trouble?.status ?? operation.success;
  const durationUs = work.atUs - startUs;
  const message = trouble?.exception === undefined ? '' : world.fill(trouble.exception.message, trip);
  const exception =
    trouble?.exception === undefined
      ? ''
      : exceptionAttributes(trouble.exception.type, message, stackTrace(trouble.exception, message));
  if (trouble !== undefined) {
    const body = world.fill(trouble.line, trip);
    emitLog(work, trouble.level, body, exception === '' ? text('http.route', operation.name) : exception);
  } else if (operation.lines.length > 1) logLine(work, 1);
  access(work, status, durationUs);
  emitSpan(work, {
    spanId,
    parentSpanId,
    name: operation.name,
    kind: operation.kind,
    startUs,
    error: status >= 500 ? (message === '' ? (trouble?.line ?? 'failed') : message) : null,
    attributes: () => serverAttributes(operation, status, trouble),
    ...(exception === ''
      ? {}
      : { events: `{"timeUnixNano":"${work.atUs - 60}000","name":"exception","attributes":[${exception}]}` }),
  });
  const exemplar = trip.sampled ? { traceId: trip.traceId, spanId } : null;
  world.meters.request({ pod, operation, status, startUs, durationUs, exemplar });
  world.minutes.add(operation.service, work.atUs, status, durationUs);
}

function serverAttributes(operation: Operation, status: number, trouble: Trouble | undefined): string {
  const failed = status >= 500 ? `,${text('error.type', trouble?.exception?.type ?? String(status))}` : '';
  if (operation.kind === 'consumer')
    return `${text('messaging.system', 'rabbitmq')},${text('messaging.destination.name', 'order-events')},${text('messaging.operation.type', 'process')}${failed}`;
  const [method = '', route = ''] = operation.name.split(' ');
  return `${text('http.request.method', method)},${text('http.route', route)},${integer('http.response.status_code', status)},${text('url.scheme', 'http')}${failed}`;
}

export function logLine(work: Work, number: number): void {
  const line = work.operation.lines[number];
  if (line === undefined || !work.trip.logged) return;
  emitLog(work, 'INFO', work.world.fill(line, work.trip), text('http.route', work.operation.name));
}

function access(work: Work, status: number, durationUs: number): void {
  // The storefront keeps an access log; the services behind it log what they did, and refusals.
  const isAccessLog = work.operation.service === 'web' || status >= 400;
  if (!work.trip.logged || !isAccessLog || work.operation.kind === 'consumer') return;
  const took = durationUs >= 10_000 ? Math.round(durationUs / 1_000) : (durationUs / 1_000).toFixed(1);
  const attributes = `${text('http.route', work.operation.name)},${integer('http.response.status_code', status)}`;
  const path = work.world.fill(work.operation.name, work.trip);
  emitLog(work, 'INFO', `${path} ${status} ${took}ms`, attributes);
}

export function emitLog(work: Work, severity: SeverityText, body: string, attributes: string): void {
  const { trip, pod, world } = work;
  if (severity === 'INFO' && !trip.logged) return;
  if (trip.traceId === '') trip.traceId = world.ids.hex(32);
  const { traceId, sampled } = trip;
  const spanId = work.spanId === '' ? world.ids.hex(16) : work.spanId;
  world.logs.add(
    pod,
    work.atUs,
    logRecord({ atUs: work.atUs, severity, body, attributes, traceId, spanId, sampled }),
  );
}

export function emitSpan(
  work: Work,
  span: {
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly name: string;
    readonly kind: 'server' | 'client' | 'producer' | 'consumer';
    readonly startUs: number;
    /** Made only when the span is written. */
    readonly attributes: () => string;
    readonly error: string | null;
    readonly events?: string;
  },
): void {
  const { world, trip, pod } = work;
  if (!trip.sampled) return;
  const record = spanRecord({
    parentSpanId: work.spanId,
    ...span,
    attributes: span.attributes(),
    traceId: trip.traceId,
    endUs: work.atUs,
  });
  world.spans.add(pod, work.atUs, record);
}

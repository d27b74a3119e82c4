import type { ShopException } from '../company/exceptions.js';
import { stackTrace } from '../company/exceptions.js';
import type { Operation, Step } from '../company/model.js';
import { operationOf } from '../company/operations.js';
import { shopResource } from '../company/organisation.js';
import { quirks } from '../company/quirks.js';
import { shopService } from '../company/services.js';
import type { Random } from '../random.js';
import type { Scenario } from '../scenario/model.js';
import { isRefusing, isServing, type Pod } from '../scenario/pods.js';
import type { Batches } from './batches.js';
import { exceptionAttributes, integer, logRecord, type SeverityText, spanRecord, text } from './encode.js';
import { type Meters, memoryLevel } from './meters.js';
import type { ServiceMinutes } from './service-minutes.js';
import type { Trip } from './trip.js';

/** Where everything that a request leaves behind goes. */
export interface World {
  readonly scenario: Scenario;
  readonly pods: ReadonlyMap<string, readonly Pod[]>;
  /** Decides durations and faults. What is written never draws from it, so that scale changes no fault. */
  readonly random: Random;
  readonly ids: Random;
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

interface Work {
  readonly world: World;
  readonly operation: Operation;
  readonly pod: Pod;
  readonly trip: Trip;
  readonly spanId: string;
  /** How much slower than usual everything is here. */
  readonly slower: number;
  atUs: number;
}

interface Trouble {
  readonly status: number;
  readonly level: 'WARN' | 'ERROR';
  readonly line: string;
  readonly exception: ShopException | undefined;
}

/** Serves one operation and all that it calls; leaves spans, log lines and measurements behind. */
export function serve(
  world: World,
  operation: Operation,
  startUs: number,
  parentSpanId: string,
  trip: Trip,
): Served {
  const pod = choosePod(world, operation.service, startUs);
  if (pod === undefined || isRefusing(pod, startUs)) return { endUs: startUs + 1_400, status: 0 };
  const effect = world.scenario.effectOn(operation, startUs, pod);
  const slower = (effect?.slower ?? 1) * collectorPressure(world, pod, startUs);
  const spanId = world.ids.hex(16);
  const work: Work = { world, operation, pod, trip, spanId, slower, atUs: startUs };
  const ownUs = world.random.skewed(operation.selfMs, 0.3) * slower * 1_000 * (world.random.chance(0.006) ? 6 : 1);
  work.atUs += Math.round(ownUs * 0.5);
  logLine(work, 0);
  const failure = effect?.failure;
  const failed = failure !== undefined && world.random.chance(failure.share);
  const trouble: Trouble | undefined = failed
    ? { status: failure.status, level: 'ERROR', line: failure.line, exception: failure.exception }
    : (quirkOf(work) ?? takeSteps(work));
  work.atUs += Math.round(ownUs * 0.5) + 40;
  finish(work, startUs, parentSpanId, trouble);
  return { endUs: work.atUs, status: trouble?.status ?? operation.success };
}

function choosePod(world: World, service: string, atUs: number): Pod | undefined {
  const pods = world.pods.get(service) ?? [];
  const ready = pods.filter((pod) => isServing(pod, atUs) || (isRefusing(pod, atUs) && atUs < pod.endUs));
  return ready.length === 0 ? undefined : world.random.pick(ready);
}

/** A nearly full heap costs time: collections run more and more often. */
function collectorPressure(world: World, pod: Pod, atUs: number): number {
  if (pod.leakRate === 0) return 1;
  const level = memoryLevel(pod, atUs, world.scenario.leakOf(pod.service));
  return level < 0.7 ? 1 : 1 + 14 * ((level - 0.7) / 0.3) ** 2;
}

function quirkOf(work: Work): Trouble | undefined {
  const { operation, world } = work;
  for (const quirk of quirks) {
    if (quirk.service !== operation.service || quirk.operation !== operation.name) continue;
    if (!world.random.chance(quirk.share)) continue;
    const level = quirk.level === 'error' ? 'ERROR' : 'WARN';
    return { status: quirk.status, level, line: quirk.line, exception: quirk.exception };
  }
  return undefined;
}

function takeSteps(work: Work): Trouble | undefined {
  for (const step of work.operation.steps) {
    if (step.kind !== 'publish' && step.share !== undefined && !work.world.random.chance(step.share)) continue;
    const trouble =
      step.kind === 'call' ? callService(work, step) : step.kind === 'resource' ? callResource(work, step) : publish(work, step);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function callService(work: Work, step: Extract<Step, { kind: 'call' }>): Trouble | undefined {
  const { world, trip } = work;
  const startUs = work.atUs;
  const spanId = world.ids.hex(16);
  const networkUs = Math.round(world.random.between(180, 650));
  const served = serve(world, operationOf(step.service, step.operation), startUs + networkUs, spanId, trip);
  const limitUs = (step.timeoutMs ?? 10_000) * 1_000;
  const late = served.endUs + networkUs - startUs > limitUs;
  work.atUs = late ? startUs + limitUs : served.endUs + networkUs;
  const status = late ? 504 : served.status === 0 ? 503 : served.status;
  const reason = late ? 'timed out' : served.status === 0 ? 'connection refused' : `answered ${status}`;
  const [method = '', route = ''] = step.operation.split(' ');
  emitSpan(work, {
    spanId,
    name: step.operation,
    kind: 'client',
    startUs,
    error: late || served.status === 0 || served.status >= 500 ? `${step.service} ${reason}` : null,
    attributes: `${text('http.request.method', method)},${text('url.template', route)},${text('server.address', step.service)},${integer('server.port', shopService(step.service).port)}${late || served.status === 0 ? '' : `,${integer('http.response.status_code', status)}`}`,
  });
  if (status < 400) return undefined;
  if (status >= 500 && step.optional === true) {
    emitLog(work, 'WARN', `Continuing without ${step.service}: ${step.operation} ${reason}`, '');
    return undefined;
  }
  const line = `Upstream ${step.service} ${reason} for ${step.operation}`;
  if (status >= 500) return { status: late ? 504 : 502, level: 'ERROR', line, exception: undefined };
  return { status, level: 'WARN', line, exception: undefined };
}

function callResource(work: Work, step: Extract<Step, { kind: 'resource' }>): Trouble | undefined {
  const { world } = work;
  const resource = shopResource(step.resource);
  const startUs = work.atUs;
  const fault = world.scenario.faultOf(step.resource, startUs);
  const failed = fault !== undefined && world.random.chance(fault.share);
  const usual = world.random.skewed(step.ms, 0.35) * (work.slower > 1 ? 1 + (work.slower - 1) * 0.7 : 1);
  const tookMs = failed ? fault.afterMs * world.random.between(1, 1.02) : usual * (fault === undefined ? 1 : 3);
  work.atUs += Math.max(120, Math.round(tookMs * 1_000));
  const external = resource.type === 'external-service';
  const [verb = '', object = ''] = step.what.split(' ');
  const attributes = external
    ? `${text('http.request.method', verb)},${text('url.template', object)},${text('server.address', resource.host)},${integer('server.port', resource.port)}`
    : `${text('db.system.name', resource.system)},${text('db.operation.name', verb)},${text('db.collection.name', object)},${text('db.namespace', work.operation.service)},${text('server.address', resource.host)},${integer('server.port', resource.port)}`;
  emitSpan(work, {
    spanId: world.ids.hex(16),
    name: step.what,
    kind: 'client',
    startUs,
    error: failed ? fault.exception.message : null,
    attributes: `${attributes}${failed ? `,${text('error.type', fault.exception.type)}` : ''}`,
  });
  if (!failed) return undefined;
  return { status: fault.status, level: 'ERROR', line: fault.line, exception: fault.exception };
}

function publish(work: Work, step: Extract<Step, { kind: 'publish' }>): undefined {
  const { world, trip } = work;
  const spanId = world.ids.hex(16);
  const startUs = work.atUs;
  work.atUs += Math.round(world.random.between(600, 1_800));
  const attributes = `${text('messaging.system', 'rabbitmq')},${text('messaging.destination.name', step.queue)},${text('messaging.operation.type', 'send')},${text('server.address', shopResource(step.resource).host)}`;
  emitSpan(work, { spanId, name: `${step.queue} publish`, kind: 'producer', startUs, error: null, attributes });
  for (const consumer of step.consumers) {
    const waitsUs = Math.round(world.random.skewed(45, 0.6) * 1_000);
    serve(world, operationOf(consumer.service, consumer.operation), work.atUs + waitsUs, spanId, trip);
  }
  return undefined;
}

function finish(work: Work, startUs: number, parentSpanId: string, trouble: Trouble | undefined): void {
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
    attributes: serverAttributes(operation, status, trouble),
    ...(exception === '' ? {} : { events: `{"timeUnixNano":"${work.atUs - 60}000","name":"exception","attributes":[${exception}]}` }),
  });
  const exemplar = trip.sampled ? { traceId: trip.traceId, spanId } : null;
  world.meters.request({ pod, operation, status, startUs, durationUs, exemplar });
  world.minutes.add(operation.service, work.atUs, status, durationUs);
}

function serverAttributes(operation: Operation, status: number, trouble: Trouble | undefined): string {
  const failed =
    status >= 500 ? `,${text('error.type', trouble?.exception?.type ?? String(status))}` : '';
  if (operation.kind === 'consumer')
    return `${text('messaging.system', 'rabbitmq')},${text('messaging.destination.name', 'order-events')},${text('messaging.operation.type', 'process')}${failed}`;
  const [method = '', route = ''] = operation.name.split(' ');
  return `${text('http.request.method', method)},${text('http.route', route)},${integer('http.response.status_code', status)},${text('url.scheme', 'http')}${failed}`;
}

function logLine(work: Work, number: number): void {
  const line = work.operation.lines[number];
  if (line === undefined || !work.trip.logged) return;
  emitLog(work, 'INFO', work.world.fill(line, work.trip), text('http.route', work.operation.name));
}

function access(work: Work, status: number, durationUs: number): void {
  if (!work.trip.logged || work.operation.kind === 'consumer') return;
  const took = durationUs >= 10_000 ? Math.round(durationUs / 1_000) : (durationUs / 1_000).toFixed(1);
  const attributes = `${text('http.route', work.operation.name)},${integer('http.response.status_code', status)}`;
  emitLog(work, 'INFO', `${work.operation.name} ${status} ${took}ms`, attributes);
}

function emitLog(work: Work, severity: SeverityText, body: string, attributes: string): void {
  const { trip, pod, world, spanId } = work;
  if (severity === 'INFO' && !trip.logged) return;
  const { traceId, sampled } = trip;
  world.logs.add(pod, work.atUs, logRecord({ atUs: work.atUs, severity, body, attributes, traceId, spanId, sampled }));
}

function emitSpan(
  work: Work,
  span: {
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly name: string;
    readonly kind: 'server' | 'client' | 'producer' | 'consumer';
    readonly startUs: number;
    readonly attributes: string;
    readonly error: string | null;
    readonly events?: string;
  },
): void {
  const { world, trip, pod } = work;
  if (!trip.sampled) return;
  const record = spanRecord({
    parentSpanId: work.spanId,
    ...span,
    traceId: trip.traceId,
    endUs: work.atUs,
  });
  world.spans.add(pod, work.atUs, record);
}

import type { Operation, Step } from '../company/model.js';
import { operationOf } from '../company/operations.js';
import { shopResource } from '../company/organisation.js';
import { shopService } from '../company/services.js';
import { integer, text } from './encode.js';
import type { Trip } from './trip.js';
import { emitLog, emitSpan, type Served, type Trouble, type Work, type World } from './work.js';

/** How a step has another operation served. */
export type Serve = (
  world: World,
  operation: Operation,
  startUs: number,
  parentSpanId: string,
  trip: Trip,
) => Served;

/** Carries out what an operation needs from others, in order, until something fails. */
export function takeSteps(work: Work, serve: Serve): Trouble | undefined {
  for (const step of work.operation.steps) {
    if (step.kind !== 'publish' && step.share !== undefined && !work.world.random.chance(step.share))
      continue;
    const trouble =
      step.kind === 'call'
        ? callService(work, step, serve)
        : step.kind === 'resource'
          ? callResource(work, step)
          : publish(work, step, serve);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function callService(work: Work, step: Extract<Step, { kind: 'call' }>, serve: Serve): Trouble | undefined {
  const { world, trip } = work;
  const startUs = work.atUs;
  const spanId = trip.sampled ? world.ids.hex(16) : '';
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
    attributes: () =>
      `${text('http.request.method', method)},${text('url.template', route)},${text('server.address', step.service)},${integer('server.port', shopService(step.service).port)}${late || served.status === 0 ? '' : `,${integer('http.response.status_code', status)}`}`,
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
  const startUs = work.atUs;
  const fault = world.scenario.faultOf(step.resource, startUs);
  const failed = fault !== undefined && world.random.chance(fault.share);
  const usual = world.random.skewed(step.ms, 0.35) * (work.slower > 1 ? 1 + (work.slower - 1) * 0.7 : 1);
  const tookMs = failed
    ? fault.afterMs * world.random.between(1, 1.02)
    : usual * (fault === undefined ? 1 : 3);
  work.atUs += Math.max(120, Math.round(tookMs * 1_000));
  emitSpan(work, {
    spanId: work.trip.sampled ? world.ids.hex(16) : '',
    name: step.what,
    kind: 'client',
    startUs,
    error: failed ? fault.exception.message : null,
    attributes: () =>
      resourceAttributes(step) + (failed ? `,${text('error.type', fault.exception.type)}` : ''),
  });
  if (!failed) return undefined;
  return { status: fault.status, level: 'ERROR', line: fault.line, exception: fault.exception };
}

function resourceAttributes(step: Extract<Step, { kind: 'resource' }>): string {
  const resource = shopResource(step.resource);
  const [verb = '', object = ''] = step.what.split(' ');
  const address = `${text('server.address', resource.host)},${integer('server.port', resource.port)}`;
  return resource.type === 'external-service'
    ? `${text('http.request.method', verb)},${text('url.template', object)},${address}`
    : `${text('db.system.name', resource.system)},${text('db.operation.name', verb)},${text('db.collection.name', object)},${text('db.namespace', resource.name)},${address}`;
}

function publish(work: Work, step: Extract<Step, { kind: 'publish' }>, serve: Serve): undefined {
  const { world, trip } = work;
  const spanId = trip.sampled ? world.ids.hex(16) : '';
  const startUs = work.atUs;
  work.atUs += Math.round(world.random.between(600, 1_800));
  const attributes = () =>
    `${text('messaging.system', 'rabbitmq')},${text('messaging.destination.name', step.queue)},${text('messaging.operation.type', 'send')},${text('server.address', shopResource(step.resource).host)}`;
  emitSpan(work, {
    spanId,
    name: `${step.queue} publish`,
    kind: 'producer',
    startUs,
    error: null,
    attributes,
  });
  for (const consumer of step.consumers) {
    const waitsUs = Math.round(world.random.skewed(45, 0.6) * 1_000);
    serve(world, operationOf(consumer.service, consumer.operation), work.atUs + waitsUs, spanId, trip);
  }
  return undefined;
}

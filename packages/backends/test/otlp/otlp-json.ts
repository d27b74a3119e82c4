import type { LogLevel, Span } from '@devops-mcp/domain';
import type { GivenLog, GivenMinute } from '@devops-mcp/domain/contract-tests';

type Value = string | number | boolean;
type Attributes = Readonly<Record<string, Value>>;

/** One line of the collector's file exporter, as an object. */
export type Line = Readonly<Record<string, unknown>>;

export function attributeList(attributes: Attributes): readonly unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

export function resource(service: string, instance?: string, more: Attributes = {}): unknown {
  const own = { 'service.name': service, ...(instance === undefined ? {} : { 'k8s.pod.name': instance }) };
  return { attributes: attributeList({ ...own, ...more }) };
}

export function nanoseconds(time: Date | number): string {
  return `${typeof time === 'number' ? time : time.getTime()}000000`;
}

const severities: Readonly<Record<LogLevel, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
};

export function logLine(given: GivenLog): Line {
  const { service, instance, version, exceptionType } = given;
  const record = {
    timeUnixNano: nanoseconds(given.time),
    severityNumber: severities[given.level],
    severityText: given.level.toUpperCase(),
    body: { stringValue: given.message },
    ...(given.traceId === undefined ? {} : { traceId: given.traceId }),
    attributes: attributeList(exceptionType === undefined ? {} : { 'exception.type': exceptionType }),
  };
  return logsLine(resource(service, instance, { 'service.version': version }), [record]);
}

export function logsLine(from: unknown, records: readonly unknown[]): Line {
  return { resourceLogs: [{ resource: from, scopeLogs: [{ scope: {}, logRecords: records }] }] };
}

const kinds: Readonly<Record<Span['kind'], number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};

export function spanLine(span: Span, links: readonly { traceId: string; spanId: string }[] = []): Line {
  const us = (time: number) => `${time}000`;
  const record = {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.operation,
    kind: kinds[span.kind],
    startTimeUnixNano: us(span.startUs),
    endTimeUnixNano: us(span.startUs + span.durationUs),
    status: span.error ? { code: 2, message: span.statusMessage ?? '' } : {},
    attributes: attributeList(span.attributes),
    events: span.events.map((event) => ({
      timeUnixNano: us(event.timeUs),
      name: event.name,
      attributes: attributeList(event.attributes),
    })),
    links,
  };
  return {
    resourceSpans: [
      { resource: resource(span.service, span.instance ?? undefined), scopeSpans: [{ spans: [record] }] },
    ],
  };
}

export function metricsLine(from: unknown, metrics: readonly unknown[]): Line {
  return { resourceMetrics: [{ resource: from, scopeMetrics: [{ scope: {}, metrics }] }] };
}

export function gauge(
  name: string,
  unit: string,
  points: readonly [Date, number][],
  more: Attributes = {},
): unknown {
  const attributes = attributeList(more);
  return {
    name,
    unit,
    gauge: {
      dataPoints: points.map(([time, value]) => ({
        timeUnixNano: nanoseconds(time),
        asDouble: value,
        attributes,
      })),
    },
  };
}

export interface CounterPoint {
  readonly time: Date;
  readonly start?: Date;
  readonly value: number;
}

export function counter(
  name: string,
  temporality: 'delta' | 'cumulative',
  points: readonly CounterPoint[],
  more: Attributes = {},
): unknown {
  return {
    name,
    unit: '1',
    sum: {
      aggregationTemporality: temporality === 'delta' ? 1 : 'AGGREGATION_TEMPORALITY_CUMULATIVE',
      isMonotonic: true,
      dataPoints: points.map(({ time, start, value }) => ({
        timeUnixNano: nanoseconds(time),
        ...(start === undefined ? {} : { startTimeUnixNano: nanoseconds(start) }),
        asInt: String(value),
        attributes: attributeList(more),
      })),
    },
  };
}

export const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Bucket counts of values that are all the same. */
export function bucketsOf(value: number, count: number): readonly string[] {
  const at = bounds.findIndex((bound) => value <= bound);
  return [...bounds, Number.POSITIVE_INFINITY].map((_, index) =>
    String(index === (at < 0 ? bounds.length : at) ? count : 0),
  );
}

/** The metrics of an instrumented HTTP service, cumulative since `start`, one line a minute. */
export function metricLines(minutes: readonly GivenMinute[]): readonly Line[] {
  const totals = new Map<string, { ok: number[]; failed: number[] }>();
  const start = new Date(Math.min(...minutes.map(({ time }) => time.getTime())) - 60_000);
  return minutes.map((minute) => {
    const total = totals.get(minute.instance) ?? {
      ok: bounds.concat(0).map(() => 0),
      failed: bounds.concat(0).map(() => 0),
    };
    totals.set(minute.instance, total);
    const add = (to: number[], count: number) =>
      bucketsOf(minute.seconds, count).forEach((value, index) => {
        to[index] = (to[index] ?? 0) + Number(value);
      });
    add(total.ok, minute.requests - minute.failed);
    add(total.failed, minute.failed);
    const point = (counts: readonly number[], status: number) => ({
      timeUnixNano: nanoseconds(minute.time),
      startTimeUnixNano: nanoseconds(start),
      count: String(counts.reduce((sum, count) => sum + count, 0)),
      sum: 1,
      explicitBounds: bounds,
      bucketCounts: counts.map(String),
      attributes: attributeList({ 'http.route': '/x', 'http.response.status_code': status }),
    });
    const requests = {
      name: 'http.server.request.duration',
      unit: 's',
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [point(total.ok, 200), point(total.failed, 500)],
      },
    };
    return metricsLine(resource(minute.service, minute.instance), [
      requests,
      gauge('process.cpu.utilization', '1', [[minute.time, minute.cpu]]),
      gauge('process.memory.usage', 'By', [[minute.time, minute.memoryBytes]]),
    ]);
  });
}

function anyValue(value: Value): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

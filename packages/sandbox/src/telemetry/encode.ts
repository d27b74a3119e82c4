import { shopService } from '../company/services.js';
import type { Pod } from '../scenario/pods.js';

/**
 * OTLP as JSON (opentelemetry-proto, "OTLP/JSON"): written as text, since a hundred megabytes of
 * objects would cost more to build than to write. 64-bit integers are strings, ids hexadecimal.
 */
export function text(key: string, value: string): string {
  return `{"key":"${key}","value":{"stringValue":${JSON.stringify(value)}}}`;
}

export function integer(key: string, value: number): string {
  return `{"key":"${key}","value":{"intValue":"${value}"}}`;
}

/** Nanoseconds from whole microseconds, without passing through a number too large to be exact. */
export function nanos(us: number): string {
  return `${us}000`;
}

const severityNumbers = { DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17 } as const;
export type SeverityText = keyof typeof severityNumbers;

export function logRecord(record: {
  readonly atUs: number;
  readonly severity: SeverityText;
  readonly body: string;
  /** JSON objects made with `text` and `integer`, joined with commas. */
  readonly attributes: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}): string {
  const { atUs, severity, body, attributes, traceId, spanId, sampled } = record;
  const context =
    traceId === '' ? '' : `,"flags":${sampled ? 1 : 0},"traceId":"${traceId}","spanId":"${spanId}"`;
  return `{"timeUnixNano":"${nanos(atUs)}","observedTimeUnixNano":"${nanos(atUs + 1_900)}","severityNumber":${severityNumbers[severity]},"severityText":"${severity}","body":{"stringValue":${JSON.stringify(body)}},"attributes":[${attributes}]${context}}`;
}

export const spanKinds = { server: 2, client: 3, producer: 4, consumer: 5 } as const;

export function spanRecord(span: {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: keyof typeof spanKinds;
  readonly startUs: number;
  readonly endUs: number;
  readonly attributes: string;
  /** The status message of a span in error; null for one that is not. */
  readonly error: string | null;
  readonly events?: string;
}): string {
  const status = span.error === null ? '{}' : `{"message":${JSON.stringify(span.error)},"code":2}`;
  const events = span.events === undefined ? '' : `,"events":[${span.events}]`;
  return `{"traceId":"${span.traceId}","spanId":"${span.spanId}","parentSpanId":"${span.parentSpanId}","flags":257,"name":${JSON.stringify(span.name)},"kind":${spanKinds[span.kind]},"startTimeUnixNano":"${nanos(span.startUs)}","endTimeUnixNano":"${nanos(span.endUs)}","attributes":[${span.attributes}]${events},"status":${status}}`;
}

export function exceptionAttributes(type: string, message: string, stack: string): string {
  return `${text('exception.type', type)},${text('exception.message', message)},${text('exception.stacktrace', stack)}`;
}

/** The resource of an instance, with the names of the OpenTelemetry resource conventions. */
export function resourceOf(pod: Pod): string {
  const { language } = shopService(pod.service);
  const attributes = [
    text('service.name', pod.service),
    text('service.version', pod.version),
    text('service.namespace', 'shop'),
    text('service.instance.id', pod.name),
    text('deployment.environment.name', 'production'),
    text('k8s.namespace.name', 'shop'),
    text('k8s.deployment.name', pod.service),
    text('k8s.pod.name', pod.name),
    text('k8s.node.name', pod.node),
    text('telemetry.sdk.language', { java: 'java', go: 'go', node: 'nodejs', python: 'python' }[language]),
  ];
  return `{"attributes":[${attributes.join(',')}]}`;
}

/** Name of the library that makes a service's own telemetry. */
export function scopeOf(pod: Pod): string {
  return `{"name":"com.example.${pod.service.replaceAll('-', '')}"}`;
}

import type { Pod } from '../scenario/pods.js';
import { integer, nanos, text } from './encode.js';

/** Bounds of the OpenTelemetry HTTP conventions, in seconds. */
export const durationBounds = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
] as const;

export interface Measured {
  readonly pod: Pod;
  readonly operation: { readonly name: string; readonly kind: 'server' | 'consumer' };
  readonly status: number;
  readonly startUs: number;
  readonly durationUs: number;
  /** The sampled trace that the request belongs to. */
  readonly exemplar: { readonly traceId: string; readonly spanId: string } | null;
}

/** What an instance counted of one operation and status since it started. */
export interface Series {
  readonly attributes: string;
  readonly kind: 'server' | 'consumer';
  readonly buckets: number[];
  count: number;
  sum: number;
  exemplar: Measured | null;
}

export function emptySeries(operation: Measured['operation'], status: number): Series {
  return {
    attributes: attributesOf(operation, status),
    kind: operation.kind,
    buckets: new Array<number>(durationBounds.length + 1).fill(0),
    count: 0,
    sum: 0,
    exemplar: null,
  };
}

/** The bucket that a duration falls into; bounds belong to the bucket below them. */
export function bucketOf(seconds: number): number {
  const found = durationBounds.findIndex((bound) => seconds <= bound);
  return found < 0 ? durationBounds.length : found;
}

/** One histogram for each metric that the series belong to. */
export function* histograms(list: readonly Series[], startUs: number, atUs: number): Generator<string> {
  for (const kind of ['server', 'consumer'] as const) {
    const points: string[] = [];
    for (const series of list) if (series.kind === kind) points.push(point(series, startUs, atUs));
    if (points.length === 0) continue;
    const name = kind === 'server' ? 'http.server.request.duration' : 'messaging.process.duration';
    yield `{"name":"${name}","unit":"s","histogram":{"aggregationTemporality":2,"dataPoints":[${points.join(',')}]}}`;
  }
}

function point(series: Series, startUs: number, atUs: number): string {
  const measured = series.exemplar;
  series.exemplar = null;
  const exemplars =
    measured === null || measured.exemplar === null
      ? ''
      : `,"exemplars":[{"timeUnixNano":"${nanos(measured.startUs + measured.durationUs)}","asDouble":${measured.durationUs / 1_000_000},"spanId":"${measured.exemplar.spanId}","traceId":"${measured.exemplar.traceId}"}]`;
  return `{"attributes":[${series.attributes}],"startTimeUnixNano":"${nanos(startUs)}","timeUnixNano":"${nanos(atUs)}","count":"${series.count}","sum":${Number(series.sum.toFixed(6))},"bucketCounts":["${series.buckets.join('","')}"],"explicitBounds":[${durationBounds.join(',')}]${exemplars}}`;
}

export function gauge(name: string, unit: string, atUs: number, value: string, attributes: string): string {
  const list = attributes === '' ? '' : `"attributes":[${attributes}],`;
  return `{"name":"${name}","unit":"${unit}","gauge":{"dataPoints":[{${list}"timeUnixNano":"${nanos(atUs)}","asDouble":${value}}]}}`;
}

/** Goes up and down and is added over instances, hence a sum that is not monotonic. */
export function connections(atUs: number, used: number): string {
  const attributes = `${text('db.client.connection.state', 'used')},${text('db.client.connection.pool.name', 'main')}`;
  return `{"name":"db.client.connection.count","unit":"{connection}","sum":{"aggregationTemporality":2,"isMonotonic":false,"dataPoints":[{"attributes":[${attributes}],"timeUnixNano":"${nanos(atUs)}","asInt":"${used}"}]}}`;
}

function attributesOf(operation: Measured['operation'], status: number): string {
  if (operation.kind === 'consumer') {
    const failed = status >= 500 ? `,${text('error.type', String(status))}` : '';
    return `${text('messaging.destination.name', 'order-events')},${text('messaging.operation.name', 'process')},${text('messaging.system', 'rabbitmq')}${failed}`;
  }
  const [method = '', route = ''] = operation.name.split(' ');
  const failed = status >= 500 ? `,${text('error.type', String(status))}` : '';
  return `${text('http.request.method', method)},${text('http.route', route)},${integer('http.response.status_code', status)},${text('url.scheme', 'http')}${failed}`;
}

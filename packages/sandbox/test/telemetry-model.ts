import { exportRequests } from './read-sandbox.js';

/** What the tests read of OTLP. JSON is cast here and nowhere else: a wrong shape fails an expectation. */
interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

export interface Log {
  readonly service: string;
  readonly pod: string;
  readonly version: string;
  readonly timeUnixNano: string;
  readonly severityText: string;
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly Attribute[];
  readonly traceId?: string;
  readonly spanId?: string;
  readonly flags?: number;
}

export interface Span {
  readonly service: string;
  readonly pod: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
}

export interface Point {
  readonly service: string;
  readonly pod: string;
  readonly metric: string;
  readonly attributes?: readonly Attribute[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly count?: string;
  readonly sum?: number;
  readonly bucketCounts?: readonly string[];
  readonly explicitBounds?: readonly number[];
  readonly asDouble?: number;
  readonly asInt?: string;
}

export function logsOf(directory: string): readonly Log[] {
  return records(directory, 'logs', 'resourceLogs', 'scopeLogs', 'logRecords') as readonly Log[];
}

export function spansOf(directory: string): readonly Span[] {
  return records(directory, 'traces', 'resourceSpans', 'scopeSpans', 'spans') as readonly Span[];
}

export function pointsOf(directory: string): readonly Point[] {
  const metrics = records(
    directory,
    'metrics',
    'resourceMetrics',
    'scopeMetrics',
    'metrics',
  ) as readonly (Origin & {
    readonly name: string;
    readonly histogram?: { readonly dataPoints: readonly object[] };
    readonly gauge?: { readonly dataPoints: readonly object[] };
    readonly sum?: { readonly dataPoints: readonly object[] };
  })[];
  return metrics.flatMap((metric) => {
    const { service, pod, version } = metric;
    const points = (metric.histogram ?? metric.gauge ?? metric.sum)?.dataPoints ?? [];
    return points.map((point) => ({
      service,
      pod,
      version,
      metric: metric.name,
      ...point,
    })) as unknown as readonly Point[];
  });
}

export function attribute(
  record: { readonly attributes?: readonly Attribute[] },
  key: string,
): string | undefined {
  const value = record.attributes?.find((entry) => entry.key === key)?.value;
  return value?.stringValue ?? value?.intValue;
}

interface Origin {
  readonly service: string;
  readonly pod: string;
  readonly version: string;
}

function records(
  directory: string,
  signal: 'metrics' | 'logs' | 'traces',
  outer: string,
  scopes: string,
  list: string,
): readonly object[] {
  const requests = exportRequests(directory, signal) as readonly Record<
    string,
    readonly Record<string, unknown>[]
  >[];
  return requests.flatMap((request) =>
    (request[outer] ?? []).flatMap((block) => {
      const resource = block.resource as { readonly attributes: readonly Attribute[] };
      const origin: Origin = {
        service: attribute(resource, 'service.name') ?? '',
        pod: attribute(resource, 'k8s.pod.name') ?? '',
        version: attribute(resource, 'service.version') ?? '',
      };
      const inner = block[scopes] as readonly Record<string, readonly object[]>[];
      return inner.flatMap((scope) => scope[list] ?? []).map((record) => ({ ...record, ...origin }));
    }),
  );
}

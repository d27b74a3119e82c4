import { z } from 'zod';
import { familyName, labelName, type MetricKind } from './prometheus-naming.js';

/** Numbers that may be written as text, as 64-bit integers are. */
const number = z.union([z.number(), z.string().transform(Number)]);
const attributes = z
  .array(
    z.object({
      key: z.string(),
      value: z.object({
        stringValue: z.string().optional(),
        boolValue: z.boolean().optional(),
        intValue: number.optional(),
        doubleValue: number.optional(),
      }),
    }),
  )
  .default([]);
const buckets = z
  .object({ offset: number.default(0), bucketCounts: z.array(number).default([]) })
  .default({ offset: 0, bucketCounts: [] });
const point = z.object({
  attributes,
  timeUnixNano: z.string().min(7),
  flags: z.number().default(0),
  asDouble: number.optional(),
  asInt: number.optional(),
  count: number.default(0),
  sum: number.default(0),
  bucketCounts: z.array(number).default([]),
  explicitBounds: z.array(number).default([]),
  scale: z.number().default(0),
  zeroCount: number.default(0),
  positive: buckets,
  negative: buckets,
});
const temporality = z.union([z.number(), z.string()]).default(2);
const points = z.object({
  dataPoints: z.array(point).default([]),
  aggregationTemporality: temporality,
  isMonotonic: z.boolean().default(false),
});
const lineShape = z.object({
  resourceMetrics: z.array(
    z.object({
      resource: z.object({ attributes }).default({ attributes: [] }),
      scopeMetrics: z.array(
        z.object({
          metrics: z.array(
            z.object({
              name: z.string(),
              unit: z.string().default(''),
              gauge: points.optional(),
              sum: points.optional(),
              histogram: points.optional(),
              exponentialHistogram: points.optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});

export type OtlpPoint = z.output<typeof point>;
type Attributes = z.output<typeof attributes>;

/** The points of one metric of one resource. */
export interface MetricPoints {
  readonly family: string;
  readonly kind: MetricKind;
  readonly exponential: boolean;
  readonly delta: boolean;
  readonly points: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly point: OtlpPoint;
  }[];
}

/** One line as the collector's file exporter writes metrics. Summaries are passed over. */
export function metricPointsOf(line: string): readonly MetricPoints[] {
  return lineShape.parse(JSON.parse(line)).resourceMetrics.flatMap(({ resource, scopeMetrics }) => {
    const shared = resourceLabels(resource.attributes);
    return scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ name, unit, gauge, sum, histogram, exponentialHistogram }) => {
        const found = gauge ?? sum ?? histogram ?? exponentialHistogram;
        if (!found) return [];
        const kind = gauge ? 'gauge' : sum ? (sum.isMonotonic ? 'counter' : 'gauge') : 'histogram';
        return {
          family: familyName(name, unit, kind),
          kind,
          exponential: exponentialHistogram !== undefined,
          delta: !gauge && [1, 'AGGREGATION_TEMPORALITY_DELTA'].includes(found.aggregationTemporality),
          // The lowest flag says that nothing was recorded.
          points: found.dataPoints
            .filter(({ flags }) => flags % 2 === 0)
            .map((one) => ({ labels: { ...shared, ...labelsOf(one.attributes) }, point: one })),
        };
      }),
    );
  });
}

/** What a resource gives to each of its series; the rest of it would be `target_info`. */
const promoted = ['service.name', 'service.version', 'k8s.pod.name', 'deployment.environment.name'];

function resourceLabels(attributes: Attributes): Readonly<Record<string, string>> {
  const all = new Map(attributes.map(({ key, value }) => [key, textOf(value)]));
  const [service, namespace] = [all.get('service.name'), all.get('service.namespace')];
  const instance = all.get('service.instance.id') ?? all.get('k8s.pod.name') ?? all.get('host.name');
  const labels: Record<string, string> = {};
  if (service !== undefined) labels.job = namespace === undefined ? service : `${namespace}/${service}`;
  if (instance !== undefined) labels.instance = instance;
  for (const key of promoted) {
    const value = all.get(key);
    if (value !== undefined) labels[labelName(key)] = value;
  }
  return labels;
}

function labelsOf(attributes: Attributes): Readonly<Record<string, string>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [labelName(key), textOf(value)]));
}

function textOf({ stringValue, boolValue, intValue, doubleValue }: Attributes[number]['value']): string {
  return String(stringValue ?? boolValue ?? intValue ?? doubleValue ?? '');
}

import { exponentialJson } from './exponential.js';
import { outcomeOf } from './point-outcome.js';
import { type Origin, originOf } from './resource.js';
import { type Place, type PointRow, pointKinds } from './rows.js';
import { seriesHash } from './series-hash.js';
import {
  attributesJson,
  attributesOf,
  bounded,
  enumOf,
  type Fields,
  identifier,
  isFields,
  list,
  microseconds,
  numberOf,
  textOf,
} from './values.js';

const temporalityNames = [
  'AGGREGATION_TEMPORALITY_UNSPECIFIED',
  'AGGREGATION_TEMPORALITY_DELTA',
  'AGGREGATION_TEMPORALITY_CUMULATIVE',
];
const mostBounds = 200;
const mostExemplars = 3;

type Kind = (typeof pointKinds)[number];
const forms: readonly (readonly [key: string, kind: Kind])[] = [
  ['gauge', 'gauge'],
  ['sum', 'counter'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential_histogram'],
  ['summary', 'summary'],
];

/** What all points of one metric share. */
interface MetricFacts {
  readonly origin: Origin;
  readonly metric: string;
  readonly unit: string;
  readonly kind: Kind;
  readonly temporality: number;
  readonly monotonic: boolean;
}

/** Rows of one `resourceMetrics` entry. */
export function decodePoints(resourceMetrics: Fields, place: Place, add: (row: PointRow) => void): void {
  const origin = originOf(resourceMetrics.resource);
  for (const scope of list(resourceMetrics.scopeMetrics)) {
    if (!isFields(scope)) continue;
    for (const metric of list(scope.metrics)) {
      if (isFields(metric)) decodeMetric(metric, origin, place, add);
    }
  }
}

function decodeMetric(metric: Fields, origin: Origin, place: Place, add: (row: PointRow) => void): void {
  for (const [key, kind] of forms) {
    const data = metric[key];
    if (!isFields(data)) continue;
    const facts: MetricFacts = {
      origin,
      metric: bounded(textOf(metric.name), 200),
      unit: bounded(textOf(metric.unit), 40),
      kind,
      // A summary's count and sum only ever grow (OpenTelemetry metrics data model).
      temporality: kind === 'summary' ? 2 : enumOf(data.aggregationTemporality, temporalityNames),
      monotonic: data.isMonotonic === true || kind === 'histogram' || kind === 'exponential_histogram',
    };
    for (const point of list(data.dataPoints)) {
      // A point may say that there is no value: bit 0 of the flags.
      if (isFields(point) && ((numberOf(point.flags) ?? 0) & 1) === 0) {
        const row = pointRow(point, facts, place);
        if (row !== undefined) add(row);
      }
    }
  }
}

function pointRow(point: Fields, facts: MetricFacts, place: Place): PointRow | undefined {
  const attributes = attributesOf(point.attributes);
  const outcome = outcomeOf(facts.metric, attributes, facts.origin.service);
  const value = numberOf(point.asDouble) ?? numberOf(point.asInt) ?? numberOf(point.count);
  if (value === null || outcome === undefined) return undefined;
  const text = attributesJson(attributes);
  const { origin } = facts;
  const key = `${outcome.service}\n${origin.instance}\n${origin.version}\n${facts.metric}\n${text}`;
  return {
    file_id: place.fileId,
    seq: place.next(),
    time_us: microseconds(point.timeUnixNano),
    start_us: microseconds(point.startTimeUnixNano),
    service: outcome.service,
    instance: origin.instance,
    version: origin.version,
    metric: facts.metric,
    unit: facts.unit,
    kind: pointKinds.indexOf(facts.kind),
    temporality: facts.temporality,
    monotonic: facts.monotonic,
    series: seriesHash(key),
    operation: outcome.operation,
    failed: outcome.failed,
    attributes: text,
    value,
    sum: numberOf(point.sum),
    ...distribution(point, facts.kind),
    exemplars: exemplarsOf(point.exemplars),
  };
}

function distribution(point: Fields, kind: Kind): { bounds: string | null; counts: string | null } {
  if (kind === 'histogram')
    return { bounds: numbersJson(point.explicitBounds), counts: numbersJson(point.bucketCounts) };
  if (kind === 'exponential_histogram') return { bounds: null, counts: exponentialJson(point) };
  if (kind !== 'summary') return { bounds: null, counts: null };
  const quantiles = list(point.quantileValues).filter(isFields).slice(0, 20);
  return {
    bounds: JSON.stringify(quantiles.map((entry) => numberOf(entry.quantile) ?? 0)),
    counts: JSON.stringify(quantiles.map((entry) => numberOf(entry.value) ?? 0)),
  };
}

function numbersJson(value: unknown): string {
  return JSON.stringify(
    list(value)
      .slice(0, mostBounds)
      .map((item) => numberOf(item) ?? 0),
  );
}

function exemplarsOf(value: unknown): string | null {
  const ids = list(value)
    .slice(0, 20)
    .map((exemplar) => (isFields(exemplar) ? identifier(exemplar.traceId, 16) : null))
    .filter((id) => id !== null);
  return ids.length === 0 ? null : [...new Set(ids)].slice(0, mostExemplars).join(',');
}

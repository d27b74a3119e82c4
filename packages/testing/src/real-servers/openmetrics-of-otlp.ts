import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Classic, explicitBuckets, exponentialBuckets } from './classic-buckets.js';
import { type MetricPoints, metricPointsOf, type OtlpPoint } from './otlp-points.js';

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: OtlpPoint[];
}

interface Family extends Pick<MetricPoints, 'kind' | 'exponential' | 'delta'> {
  readonly series: Map<string, Series>;
}

/**
 * All `metrics*.jsonl` and `.gz` of a folder such as a sandbox's `telemetry`, for `createBlocks` or
 * `importOpenMetrics`. Rejects other compressions.
 */
export async function openMetricsOfFolder(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => /^metrics.*\.jsonl/.test(name)).sort();
  const lines: string[] = [];
  for (const name of names) {
    if (!/\.jsonl(\.gz)?$/.test(name)) throw new Error(`${name} is neither .jsonl nor .jsonl.gz`);
    const bytes = await readFile(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    for (const line of text.split('\n')) lines.push(line);
  }
  return openMetricsOfOtlp(lines);
}

/**
 * Metrics as the collector's file exporter writes them, one batch a line, as OpenMetrics text with
 * timestamps: names and labels as a Prometheus shows what it receives over OTLP, deltas added up,
 * exponential histograms with classic buckets. Rejects lines that are no OTLP JSON.
 */
export function openMetricsOfOtlp(lines: Iterable<string>): string {
  const families = new Map<string, Family>();
  for (const line of lines) {
    if (line.trim() === '') continue;
    for (const metric of metricPointsOf(line)) collect(families, metric);
  }
  const text: string[] = [];
  for (const [name, family] of families) {
    text.push(`# TYPE ${name} ${family.kind}`);
    for (const series of family.series.values()) {
      const write = family.kind === 'histogram' ? histogramLines : numberLines;
      for (const one of write(name, family, inOrder(series))) text.push(one);
    }
  }
  return `${[...text, '# EOF'].join('\n')}\n`;
}

function collect(families: Map<string, Family>, { family, points, ...facts }: MetricPoints): void {
  const known = families.get(family) ?? { ...facts, series: new Map() };
  families.set(family, known);
  for (const { labels, point } of points) {
    const key = JSON.stringify(Object.entries(labels).sort());
    const series = known.series.get(key) ?? { labels, points: [] };
    known.series.set(key, series);
    series.points.push(point);
  }
}

/** Oldest first, one for each time. */
function inOrder({ labels, points }: Series): Series {
  const byTime = new Map(points.map((point) => [timeOf(point), point]));
  return { labels, points: [...byTime].toSorted(([a], [b]) => a - b).map(([, point]) => point) };
}

function* numberLines(name: string, { kind, delta }: Family, { labels, points }: Series): Generator<string> {
  const series = seriesText(kind === 'counter' ? `${name}_total` : name, labels);
  let total = 0;
  for (const point of points) {
    const value = point.asDouble ?? point.asInt;
    if (value === undefined) continue;
    total = delta ? total + value : value;
    yield `${series} ${valueText(total)} ${timeOf(point)}`;
  }
}

function* histogramLines(
  name: string,
  { exponential, delta }: Family,
  { labels, points }: Series,
): Generator<string> {
  const classic = exponential ? exponentialBuckets(points) : explicitBuckets(points);
  // Written once a series and not once a sample: a day of a few services is millions of samples.
  const named = ['sum', 'count'].map((part) => seriesText(`${name}_${part}`, labels));
  const buckets = new Map<string, string>();
  const bucket = (le: string) => {
    const known = buckets.get(le) ?? seriesText(`${name}_bucket`, { ...labels, le });
    buckets.set(le, known);
    return known;
  };
  let totals = { count: 0, sum: 0, counts: [] as readonly number[] };
  for (const [at, point] of points.entries()) {
    const { bounds, counts }: Classic = classic[at] ?? { bounds: [], counts: [] };
    totals = delta
      ? {
          count: totals.count + point.count,
          sum: totals.sum + point.sum,
          counts: counts.map((count, place) => count + (totals.counts[place] ?? 0)),
        }
      : { count: point.count, sum: point.sum, counts };
    const time = timeOf(point);
    let below = 0;
    for (const [place, bound] of bounds.entries()) {
      below += totals.counts[place] ?? 0;
      yield `${bucket(leText(bound))} ${below} ${time}`;
    }
    yield `${bucket('+Inf')} ${totals.count} ${time}`;
    yield `${named[0]} ${valueText(totals.sum)} ${time}`;
    yield `${named[1]} ${totals.count} ${time}`;
  }
}

function seriesText(name: string, labels: Readonly<Record<string, string>>): string {
  const shown = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return shown.length > 0 ? `${name}{${shown.join(',')}}` : name;
}

function escaped(value: string): string {
  return value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
}

function valueText(value: number): string {
  return value === Number.POSITIVE_INFINITY
    ? '+Inf'
    : value === Number.NEGATIVE_INFINITY
      ? '-Inf'
      : `${value}`;
}

/** OpenMetrics writes bounds as floats: 1.0, not 1. */
function leText(bound: number): string {
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
}

/** Seconds, to the millisecond that Prometheus keeps. */
function timeOf({ timeUnixNano }: OtlpPoint): number {
  return Number(timeUnixNano.slice(0, -6)) / 1000;
}

import type { Grid } from './grid.js';
import { by, duration, literal, type Matcher, selector } from './promql.js';
import type { Resolved, ResolvedSource } from './resolve-source.js';

/** Whose series, over which spans, and what they are grouped by. */
export interface Asked {
  /** Conditions on every series: the service or services, and those of the configuration. */
  readonly who: readonly Matcher[];
  readonly by: readonly string[];
  /** The label that tells instances apart, where series have one. */
  readonly instance: readonly string[];
  readonly grid: Pick<Grid, 'rateMs' | 'gauge' | 'gaugeMs'>;
}

/** The PromQL of a signal, in the signal's unit. */
export function expressionOf(resolved: Resolved, asked: Asked): string {
  const { reading, sources } = resolved;
  const inner = [...new Set([...asked.by, ...asked.instance])];
  if (reading.how === 'requests') return requestsOf(resolved, asked, reading.want, reading.quantile);
  if (reading.how === 'increase') {
    const grown = ratesOf(sources, asked, 'increase').join(' or ');
    return `sum${by(asked.by)} (${grown})`;
  }
  if (reading.how === 'rate') {
    const grown = ratesOf(sources, asked, 'rate').join(' or ');
    return `avg${by(asked.by)} (sum${by(inner)} (${grown}))`;
  }
  const joined = { sum: 'sum', mean: 'avg', max: 'max' }[reading.across];
  const values = sources.map(
    (source) => `${asked.grid.gauge}(${series(source, asked)}[${duration(asked.grid.gaugeMs)}])`,
  );
  const each = reading.across === 'max' ? 'max' : 'sum';
  const value = `${joined}${by(asked.by)} (${each}${by(inner)} (${values.join(' or ')}))`;
  const scaled = times(value, sources[0]?.factor ?? 1);
  return reading.inverted === true ? `1 - ${scaled}` : scaled;
}

/** Requests per second, for the weight of what is derived from them. */
export function requestsPerSecond(resolved: Resolved, asked: Asked): string {
  return `sum${by(asked.by)} (${union(ratesOf(resolved.sources, asked, 'rate'))})`;
}

function requestsOf(
  resolved: Resolved,
  asked: Asked,
  want: 'rate' | 'errors' | 'latency',
  quantile: number,
): string {
  if (want === 'latency') return latencyOf(resolved.sources, asked, quantile);
  const all = requestsPerSecond(resolved, asked);
  if (want === 'rate') return all;
  const failed = resolved.sources.flatMap((source) =>
    source.failed.map((matchers) => rateOf(source, asked, 'rate', matchers)),
  );
  // Series of failures may not exist before the first: then none failed.
  return `(sum${by(asked.by)} (${union(failed)}) or ${all} * 0) / ${all}`;
}

function latencyOf(sources: readonly ResolvedSource[], asked: Asked, quantile: number): string {
  const [first] = sources;
  if (first === undefined) return 'vector(NaN)';
  if (first.kind === 'summary') {
    const matcher: Matcher = { label: 'quantile', op: '=~', value: `${literal(String(quantile))}0*` };
    const selected = series(first, asked, [matcher]);
    // Quantiles were computed where they were measured and cannot be merged: the worst stands for all.
    return times(
      `max${by(asked.by)} (${asked.grid.gauge}(${selected}[${duration(asked.grid.gaugeMs)}]))`,
      first.factor,
    );
  }
  const labels = first.kind === 'classic' ? ['le', ...asked.by] : asked.by;
  const rates = sources.map((source) => `rate(${series(source, asked)}[${duration(asked.grid.rateMs)}])`);
  return times(`histogram_quantile(${quantile}, sum${by(labels)} (${union(rates)}))`, first.factor);
}

function ratesOf(
  sources: readonly ResolvedSource[],
  asked: Asked,
  how: 'rate' | 'increase',
): readonly string[] {
  return sources.map((source) => rateOf(source, asked, how, []));
}

function rateOf(
  source: ResolvedSource,
  asked: Asked,
  how: 'rate' | 'increase',
  more: readonly Matcher[],
): string {
  const grown = `${how}(${series(source, asked, more)}[${duration(asked.grid.rateMs)}])`;
  return source.kind === 'native' ? `histogram_count(${grown})` : grown;
}

function series(source: ResolvedSource, { who }: Asked, more: readonly Matcher[] = []): string {
  return selector(source.name, [...who, ...source.only, ...more]);
}

/** Series of several metrics side by side; a label keeps those apart that differ in their name alone. */
function union(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? 'vector(0)';
  return parts.map((part, index) => `label_replace(${part}, "meter", "${index}", "", "")`).join(' or ');
}

function times(expression: string, factor: number): string {
  return factor === 1 ? expression : `${expression} * ${factor}`;
}

import type { MetricConvention } from '@devops-mcp/domain';
import type { Family } from './identities.js';
import { type Meter, meters } from './meters.js';

/** How a signal comes out of series. */
export type Reading =
  /** Requests: per second, the failed share, or a quantile of their time. */
  | { readonly how: 'requests'; readonly want: 'rate' | 'errors' | 'latency'; readonly quantile: number }
  /** A value as it is: series of one instance are added up; `across` says how instances are joined. */
  | { readonly how: 'gauge'; readonly across: 'sum' | 'mean' | 'max'; readonly inverted?: boolean }
  /** Growth of a counter per second: added up within an instance, the mean over instances. */
  | { readonly how: 'rate' }
  /** Growth of a counter in each step, added up. */
  | { readonly how: 'increase' };

/** Metrics that can answer for a signal. */
export interface Candidate {
  readonly convention: MetricConvention;
  readonly family: Family;
  readonly unit: string;
  readonly reading: Reading;
  /** The first that exists answers. */
  readonly metrics: readonly Named[];
  /** For requests instead: all that exist are added up. */
  readonly meters?: readonly Meter[];
  /** Instead of names: what the names of ready-made gauges look like. */
  readonly pattern?: RegExp;
}

export interface Named {
  readonly name: string;
  /** Multiplies values into the unit of the candidate. */
  readonly factor: number;
}

/** For each signal what is tried, in order; the first with data in the window answers. */
export const signalSources: Readonly<Record<string, readonly Candidate[]>> = {
  request_rate: [
    ...requests('1/s', { how: 'requests', want: 'rate', quantile: 0 }),
    gauges(/^(?!.*client).*(requests?_(rate|per_second|rate_per_second)|_(rps|qps))$/, '1/s', 'sum'),
  ],
  error_rate: [
    ...requests('ratio', { how: 'requests', want: 'errors', quantile: 0 }),
    gauges(/^(?!.*client).*(errors?|failures?)_(ratio|rate)(_ratio)?$/, 'ratio', 'mean'),
    gauges(/^(?!.*client).*success_(ratio|rate)(_ratio)?$/, 'ratio', 'mean', true),
  ],
  latency_p50: latency(0.5, 'p?50(th)?'),
  latency_p95: latency(0.95, 'p?95(th)?'),
  latency_p99: latency(0.99, 'p?99(th)?'),
  cpu: [
    gauge('opentelemetry', 'ratio', [
      'k8s_pod_cpu_limit_utilization_ratio',
      'k8s_pod_cpu_limit_utilization',
      'k8s_container_cpu_limit_utilization_ratio',
      'k8s_container_cpu_limit_utilization',
    ]),
    gauge('opentelemetry', 'ratio', [
      'process_cpu_utilization_ratio',
      'process_cpu_utilization',
      'jvm_cpu_recent_utilization_ratio',
      'process_runtime_jvm_cpu_utilization_ratio',
    ]),
    gauge('opentelemetry', 'cores', [
      'k8s_pod_cpu_usage',
      'container_cpu_usage',
      'k8s_pod_cpu_utilization_ratio',
      'container_cpu_utilization_ratio',
    ]),
    gauge('spring', 'ratio', ['process_cpu_usage']),
    counter('opentelemetry', 'application', 'cores', [
      'k8s_pod_cpu_time_seconds_total',
      'container_cpu_time_seconds_total',
      'process_cpu_time_seconds_total',
      'jvm_cpu_time_seconds_total',
    ]),
    counter('custom', 'kubernetes', 'cores', ['container_cpu_usage_seconds_total']),
    counter('custom', 'application', 'cores', [
      'container_cpu_usage_seconds_total',
      'process_cpu_seconds_total',
    ]),
  ],
  memory: [
    gauge('opentelemetry', 'By', [
      'k8s_pod_memory_working_set_bytes',
      'k8s_pod_memory_usage_bytes',
      'container_memory_usage_bytes',
    ]),
    gauge('custom', 'By', ['container_memory_working_set_bytes'], 'kubernetes'),
    gauge('opentelemetry', 'By', [
      'process_memory_usage_bytes',
      'process_memory_physical_usage_bytes',
      'jvm_memory_used_bytes',
      'process_runtime_jvm_memory_usage_bytes',
    ]),
    gauge('custom', 'By', ['container_memory_working_set_bytes', 'process_resident_memory_bytes']),
  ],
  restarts: [
    increase('custom', 'kubernetes', ['kube_pod_container_status_restarts_total']),
    increase('opentelemetry', 'application', ['k8s_container_restarts', 'k8s_container_restart_count_total']),
    increase('custom', 'application', ['kube_pod_container_status_restarts_total']),
  ],
};

/** The candidate of a catalog signal: the metric that the owner named, wherever the service is named. */
export function ownSources(signal: {
  readonly metric: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'rate';
}): readonly Candidate[] {
  const name = signal.metric.replaceAll(/[^A-Za-z0-9_:]/g, '_');
  const names = signal.kind === 'rate' ? [name, `${name}_total`] : [name];
  const families: readonly Family[] = ['application', 'istio', 'envoy', 'kubernetes'];
  return families.map((family) => ({
    convention: 'custom',
    family,
    unit: signal.unit,
    reading: signal.kind === 'rate' ? { how: 'rate' } : { how: 'gauge', across: 'mean' },
    metrics: plain(names),
  }));
}

function requests(unit: string, reading: Reading): readonly Candidate[] {
  return meters.map(({ convention, family, of }) => ({
    ...{ convention, family, unit, reading, metrics: [] },
    meters: of,
  }));
}

/** Instances' ready-made percentiles cannot be averaged honestly: the worst instance stands for all. */
function latency(quantile: number, ending: string): readonly Candidate[] {
  const name = new RegExp(
    `^(?!.*client).*(latency|duration|response_time).*_${ending}(_(seconds|milliseconds|ms|microseconds|us))?$`,
  );
  return [...requests('s', { how: 'requests', want: 'latency', quantile }), gauges(name, 's', 'max')];
}

function gauges(pattern: RegExp, unit: string, across: 'sum' | 'mean' | 'max', inverted = false): Candidate {
  const reading = { how: 'gauge', across, ...(inverted ? { inverted } : {}) } as const;
  return { convention: 'percentile-gauges', family: 'application', unit, reading, metrics: [], pattern };
}

function gauge(
  convention: MetricConvention,
  unit: string,
  names: readonly string[],
  family: Family = 'application',
): Candidate {
  return { convention, family, unit, reading: { how: 'gauge', across: 'mean' }, metrics: plain(names) };
}

function counter(
  convention: MetricConvention,
  family: Family,
  unit: string,
  names: readonly string[],
): Candidate {
  return { convention, family, unit, reading: { how: 'rate' }, metrics: plain(names) };
}

function increase(convention: MetricConvention, family: Family, names: readonly string[]): Candidate {
  return { convention, family, unit: 'count', reading: { how: 'increase' }, metrics: plain(names) };
}

function plain(names: readonly string[]): readonly Named[] {
  return names.map((name) => ({ name, factor: 1 }));
}

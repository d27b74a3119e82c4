import type { MetricConvention } from '@devops-mcp/domain';

/** How a signal comes out of data points. */
export type Reading =
  /** Requests counted by counters or histograms: per second, the failed share, or a quantile of their time. */
  | { readonly how: 'requests'; readonly want: 'rate' | 'errors' | 'latency'; readonly quantile?: number }
  /** A value as it is. Attributes of one instance are added up; `across` says how instances are joined. */
  | { readonly how: 'gauge'; readonly across: 'sum' | 'mean' | 'max'; readonly inverted?: boolean }
  /** Growth of a counter per second: added up within an instance, the mean over instances. */
  | { readonly how: 'rate' }
  /** Growth of a counter in each step, added up. */
  | { readonly how: 'increase' };

/** A metric that can answer for a signal. `metrics` are all read; within each list the first that exists. */
export interface Candidate {
  readonly convention: MetricConvention;
  readonly unit: string;
  readonly reading: Reading;
  readonly metrics: readonly (readonly string[])[];
  /** Instead of names: what the names of ready-made gauges look like. */
  readonly pattern?: RegExp;
}

const otelServers = [
  ['http.server.request.duration', 'http.server.duration'],
  ['rpc.server.call.duration', 'rpc.server.duration'],
];
const springServers = [
  ['http.server.requests', 'http_server_requests_seconds', 'http.server.requests.duration'],
];
const istioRequests = [['istio_requests_total', 'istio_requests']];
const istioTimes = [['istio_request_duration_milliseconds', 'istio_request_duration']];
const envoyByClass = [['envoy_http_downstream_rq_xx', 'envoy_cluster_upstream_rq_xx']];
const envoyRequests = [
  [
    'envoy_http_downstream_rq_xx',
    'envoy_http_downstream_rq_total',
    'envoy_cluster_upstream_rq_xx',
    'envoy_cluster_upstream_rq_total',
    'envoy_cluster_upstream_rq',
  ],
];
const envoyTimes = [['envoy_http_downstream_rq_time', 'envoy_cluster_upstream_rq_time']];

/** For each signal what is tried, in order; the first with data in the window answers. */
export const signalSources: Readonly<Record<string, readonly Candidate[]>> = {
  request_rate: [
    ...requests('1/s', { how: 'requests', want: 'rate' }, istioRequests, envoyRequests),
    gauges(/^(?!.*client).*(requests?[._](rate|per_second)|[._](rps|qps))$/, '1/s', 'sum'),
  ],
  error_rate: [
    ...requests('ratio', { how: 'requests', want: 'errors' }, istioRequests, envoyByClass),
    gauges(/^(?!.*client).*(errors?|failures?)[._](ratio|rate)$/, 'ratio', 'mean'),
    {
      ...gauges(/^(?!.*client).*success[._](ratio|rate)$/, 'ratio', 'mean'),
      reading: { how: 'gauge', across: 'mean', inverted: true },
    },
  ],
  latency_p50: latency(0.5, /p?50(th)?$/),
  latency_p95: latency(0.95, /p?95(th)?$/),
  latency_p99: latency(0.99, /p?99(th)?$/),
  cpu: [
    one('opentelemetry', 'ratio', 'mean', [
      'k8s.pod.cpu_limit_utilization',
      'k8s.pod.cpu.limit_utilization',
      'k8s.container.cpu_limit_utilization',
    ]),
    one('opentelemetry', 'ratio', 'mean', [
      'process.cpu.utilization',
      'jvm.cpu.recent_utilization',
      'process.runtime.jvm.cpu.utilization',
    ]),
    one('opentelemetry', 'cores', 'mean', [
      'k8s.pod.cpu.usage',
      'container.cpu.usage',
      'k8s.pod.cpu.utilization',
      'container.cpu.utilization',
    ]),
    one('spring', 'ratio', 'mean', ['process.cpu.usage', 'process_cpu_usage']),
    counted('opentelemetry', 'cores', [
      'k8s.pod.cpu.time',
      'container.cpu.time',
      'process.cpu.time',
      'jvm.cpu.time',
      'container.cpu.usage.total',
    ]),
    counted('custom', 'cores', [
      'container_cpu_usage_seconds_total',
      'process_cpu_seconds_total',
      'process_cpu_seconds',
    ]),
  ],
  memory: [
    one('opentelemetry', 'By', 'mean', [
      'k8s.pod.memory.working_set',
      'k8s.pod.memory.usage',
      'container.memory.working_set',
      'container.memory.usage',
      'container.memory.usage.total',
    ]),
    one('opentelemetry', 'By', 'mean', [
      'process.memory.usage',
      'process.memory.physical_usage',
      'jvm.memory.used',
      'process.runtime.jvm.memory.usage',
    ]),
    one('custom', 'By', 'mean', ['container_memory_working_set_bytes', 'process_resident_memory_bytes']),
  ],
  restarts: [
    restarts('opentelemetry', ['k8s.container.restarts', 'k8s.container.restart.count']),
    restarts('custom', ['kube_pod_container_status_restarts_total']),
  ],
};

/** Candidates of a catalog signal: the metric that the owner named. */
export function ownSource(signal: {
  readonly metric: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'rate';
}): Candidate {
  return {
    convention: 'custom',
    unit: signal.unit,
    reading: signal.kind === 'rate' ? { how: 'rate' } : { how: 'gauge', across: 'mean' },
    metrics: [[signal.metric]],
  };
}

function requests(
  unit: string,
  reading: Reading,
  istio: Candidate['metrics'],
  envoy: Candidate['metrics'],
): readonly Candidate[] {
  return [
    { convention: 'opentelemetry', unit, reading, metrics: otelServers },
    { convention: 'spring', unit, reading, metrics: springServers },
    { convention: 'istio', unit, reading, metrics: istio },
    { convention: 'envoy', unit, reading, metrics: envoy },
  ];
}

/** Instances' ready-made percentiles cannot be averaged honestly: the worst instance stands for all. */
function latency(quantile: number, ending: RegExp): readonly Candidate[] {
  const name = new RegExp(`^(?!.*client).*(latency|duration|response[._]time).*[._]${ending.source}`);
  return [
    ...requests('s', { how: 'requests', want: 'latency', quantile }, istioTimes, envoyTimes),
    gauges(name, 's', 'max'),
  ];
}

function gauges(pattern: RegExp, unit: string, across: 'sum' | 'mean' | 'max'): Candidate {
  return { convention: 'percentile-gauges', unit, reading: { how: 'gauge', across }, metrics: [], pattern };
}

function one(
  convention: MetricConvention,
  unit: string,
  across: 'mean',
  names: readonly string[],
): Candidate {
  return { convention, unit, reading: { how: 'gauge', across }, metrics: [names] };
}

function counted(convention: MetricConvention, unit: string, names: readonly string[]): Candidate {
  return { convention, unit, reading: { how: 'rate' }, metrics: [names] };
}

function restarts(convention: MetricConvention, names: readonly string[]): Candidate {
  return { convention, unit: 'count', reading: { how: 'increase' }, metrics: [names] };
}

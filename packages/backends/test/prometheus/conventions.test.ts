import type { SignalSeries } from '@devops-mcp/domain';
import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { lacks } from '@devops-mcp/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bounds, type FamilySamples } from './open-metrics.js';
import { openPorts, type Ports, type Store, stores } from './stores.js';

type Labels = Readonly<Record<string, string>>;
type Sample = FamilySamples['samples'][number];

const minuteMs = 60_000;
const window = { start: new Date(worldNow.getTime() - 30 * minuteMs), end: worldNow };
const minutes = Array.from({ length: 61 }, (_, at) => at);
const timeOf = (minute: number) => new Date(worldNow.getTime() - (60 - minute) * minuteMs);

/** A counter that grows by so much each minute. */
function growing(labels: Labels, perMinute: number, suffix = '_total'): readonly Sample[] {
  return minutes.map((at) => ({ suffix, labels, time: timeOf(at), value: at * perMinute }));
}

function steady(labels: Labels, value: number): readonly Sample[] {
  return minutes.map((at) => ({ suffix: '', labels, time: timeOf(at), value }));
}

/** A histogram in which every observation is the same. */
function buckets(labels: Labels, perMinute: number, observed: number, scale = 1): readonly Sample[] {
  return minutes.flatMap((at) => [
    ...[...bounds.map((bound) => bound * scale), Number.POSITIVE_INFINITY].map((bound) => ({
      suffix: '_bucket',
      labels: { ...labels, le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound) },
      time: timeOf(at),
      value: observed <= bound ? at * perMinute : 0,
    })),
    { suffix: '_count', labels, time: timeOf(at), value: at * perMinute },
  ]);
}

const pod = { namespace: 'shop', pod: 'cart-7d9c5b6f4-x2x4z', instance: '10.0.0.1:10250' };
const mesh = {
  source_workload: 'front',
  destination_workload: 'mesh',
  destination_canonical_service: 'mesh',
};
const cluster = { envoy_cluster_name: 'outbound|80||proxied.shop.svc.cluster.local', instance: 'proxy-1' };
const client = { direction: 'outbound', deployment: 'front', dst_deployment: 'linked' };

const families: readonly FamilySamples[] = [
  {
    name: 'http_server_duration_milliseconds',
    kind: 'histogram',
    samples: [
      ...buckets({ service_name: 'older', http_status_code: '200' }, 54, 40, 1_000),
      ...buckets({ service_name: 'older', http_status_code: '503' }, 6, 40, 1_000),
    ],
  },
  {
    name: 'http_server_request_duration_seconds',
    kind: 'histogram',
    samples: [
      ...buckets({ service_name: 'both', http_response_status_code: '200' }, 60, 0.04),
      ...buckets({ service_name: 'both', error_type: 'timeout' }, 6, 0.04),
      ...buckets({ service_name: 'both', http_response_status_code: '404', error_type: '404' }, 6, 0.04),
    ],
  },
  {
    name: 'rpc_server_call_duration_seconds',
    kind: 'histogram',
    samples: buckets(
      { service_name: 'both', rpc_method: 'Get', rpc_response_status_code: 'UNAVAILABLE' },
      48,
      0.04,
    ),
  },
  {
    name: 'http_server_requests_seconds',
    kind: 'histogram',
    samples: [
      ...buckets({ application: 'boot', instance: 'boot-1', status: '200', uri: '/a' }, 45, 0.2),
      ...buckets({ application: 'boot', instance: 'boot-1', status: '500', uri: '/b' }, 15, 0.2),
    ],
  },
  {
    name: 'istio_requests',
    kind: 'counter',
    samples: [
      ...growing({ ...mesh, reporter: 'destination', response_code: '200', grpc_response_status: '' }, 48),
      ...growing({ ...mesh, reporter: 'destination', response_code: '200', grpc_response_status: '14' }, 6),
      ...growing({ ...mesh, reporter: 'destination', response_code: '503', grpc_response_status: '' }, 6),
      ...growing({ ...mesh, reporter: 'source', response_code: '200', grpc_response_status: '' }, 60),
    ],
  },
  {
    name: 'istio_request_duration_milliseconds',
    kind: 'histogram',
    samples: buckets({ ...mesh, reporter: 'destination' }, 60, 20, 1_000),
  },
  {
    name: 'envoy_cluster_upstream_rq_xx',
    kind: 'counter',
    samples: [
      ...growing({ ...cluster, envoy_response_code_class: '2' }, 57, ''),
      ...growing({ ...cluster, envoy_response_code_class: '5' }, 3, ''),
    ],
  },
  {
    name: 'traces_spanmetrics_calls',
    kind: 'counter',
    samples: [
      ...growing({ service: 'spanned', span_kind: 'SPAN_KIND_SERVER', status_code: 'STATUS_CODE_UNSET' }, 54),
      ...growing({ service: 'spanned', span_kind: 'SPAN_KIND_SERVER', status_code: 'STATUS_CODE_ERROR' }, 6),
      ...growing(
        { service: 'spanned', span_kind: 'SPAN_KIND_CLIENT', status_code: 'STATUS_CODE_ERROR' },
        600,
      ),
    ],
  },
  {
    name: 'http_requests',
    kind: 'counter',
    samples: [
      ...growing({ job: 'plain', instance: 'plain-1', code: '200' }, 30),
      ...growing({ job: 'plain', instance: 'plain-1', code: '500' }, 30),
    ],
  },
  {
    name: 'process_cpu_seconds',
    kind: 'counter',
    samples: growing({ job: 'plain', instance: 'plain-1' }, 30),
  },
  {
    name: 'process_resident_memory_bytes',
    kind: 'gauge',
    samples: steady({ job: 'plain', instance: 'plain-1' }, 5e7),
  },
  {
    name: 'container_cpu_usage_seconds',
    kind: 'counter',
    samples: [...growing({ ...pod, container: 'server' }, 15), ...growing({ ...pod, container: '' }, 900)],
  },
  {
    name: 'container_memory_working_set_bytes',
    kind: 'gauge',
    samples: steady({ ...pod, container: 'server' }, 1e8),
  },
  {
    name: 'kube_pod_container_status_restarts',
    kind: 'counter',
    samples: minutes.map((at) => ({
      suffix: '_total',
      labels: { ...pod, container: 'server' },
      time: timeOf(at),
      value: at >= 50 ? 4 : 3,
    })),
  },
  {
    name: 'api_latency_p95',
    kind: 'gauge',
    samples: steady({ service_name: 'ready', instance: 'ready-1' }, 0.3),
  },
  {
    name: 'api_success_rate',
    kind: 'gauge',
    samples: steady({ service_name: 'ready', instance: 'ready-1' }, 0.98),
  },
  {
    name: 'queue_depth',
    kind: 'gauge',
    samples: steady({ job: 'owned', instance: 'owned-1' }, 12),
  },
  {
    name: 'response',
    kind: 'counter',
    samples: [
      ...growing({ ...client, classification: 'success' }, 54),
      ...growing({ ...client, classification: 'failure' }, 6),
    ],
  },
  {
    name: 'response_latency_ms',
    kind: 'histogram',
    samples: buckets(client, 60, 20, 1_000),
  },
];

describe.each(stores)('conventions over $name', ({ programs, fill }) => {
  describe.skipIf(lacks(...programs))('are found and read', () => {
    let store: Store | undefined;
    let ports: Ports | undefined;
    beforeAll(async () => {
      store = await fill(families);
      ports = await openPorts(
        { address: store.address },
        {
          services: {
            telemetryName: (service) => service,
            serviceOf: (name) => name,
            setting: (service, path) =>
              service === 'owned' && path === 'signals'
                ? { depth: { metric: 'queue.depth', unit: 'count', kind: 'gauge' } }
                : undefined,
            services: () => ['owned'],
          },
        },
      );
    }, 60_000);
    afterAll(() => store?.close());
    const opened = (): Ports => {
      if (ports === undefined) throw new Error('the store was not started');
      return ports;
    };
    const read = async (service: string, signal: string): Promise<SignalSeries | undefined> => {
      const query = { service, signals: [signal], window, maxPoints: 30 };
      return (await opened().metrics.querySignals(query, callContext())).data.series[0];
    };

    it.each([
      ['older', 'request_rate', 'opentelemetry', 'http_server_duration_milliseconds_count', '1/s', 1],
      ['older', 'error_rate', 'opentelemetry', 'http_server_duration_milliseconds_count', 'ratio', 0.1],
      // All requests are of 25 to 50 ms: the quantile lies 95 % of the way through that bucket.
      ['older', 'latency_p95', 'opentelemetry', 'http_server_duration_milliseconds_bucket', 's', 0.04875],
      // 72 requests by HTTP and 48 by RPC; those with an error and no status and those by RPC failed.
      [
        'both',
        'request_rate',
        'opentelemetry',
        'http_server_request_duration_seconds_count + rpc_server_call_duration_seconds_count',
        '1/s',
        2,
      ],
      [
        'both',
        'error_rate',
        'opentelemetry',
        'http_server_request_duration_seconds_count + rpc_server_call_duration_seconds_count',
        'ratio',
        0.45,
      ],
      ['boot', 'error_rate', 'spring', 'http_server_requests_seconds_count', 'ratio', 0.25],
      ['mesh', 'request_rate', 'istio', 'istio_requests_total', '1/s', 1],
      ['mesh', 'error_rate', 'istio', 'istio_requests_total', 'ratio', 0.2],
      ['mesh', 'latency_p50', 'istio', 'istio_request_duration_milliseconds_bucket', 's', 0.0175],
      ['proxied', 'error_rate', 'envoy', 'envoy_cluster_upstream_rq_xx', 'ratio', 0.05],
      ['spanned', 'request_rate', 'opentelemetry', 'traces_spanmetrics_calls_total', '1/s', 1],
      ['spanned', 'error_rate', 'opentelemetry', 'traces_spanmetrics_calls_total', 'ratio', 0.1],
      ['plain', 'error_rate', 'custom', 'http_requests_total', 'ratio', 0.5],
      ['plain', 'cpu', 'custom', 'process_cpu_seconds_total', 'cores', 0.5],
      ['plain', 'memory', 'custom', 'process_resident_memory_bytes', 'By', 5e7],
      ['cart', 'cpu', 'custom', 'container_cpu_usage_seconds_total', 'cores', 0.25],
      ['cart', 'memory', 'custom', 'container_memory_working_set_bytes', 'By', 1e8],
      ['ready', 'latency_p95', 'percentile-gauges', 'api_latency_p95', 's', 0.3],
      ['ready', 'error_rate', 'percentile-gauges', 'api_success_rate', 'ratio', 0.02],
      ['owned', 'depth', 'custom', 'queue_depth', 'count', 12],
    ])('%s: %s by %s', async (service, signal, convention, metric, unit, value) => {
      const series = await read(service, signal);
      expect(series).toMatchObject({ convention, metric, unit });
      expect(series?.statistics.p50).toBeCloseTo(value, unit === 'By' ? 0 : 5);
    });

    it('counts a restart once', async () => {
      const series = await read('cart', 'restarts');
      const restarts = (series?.points ?? []).reduce((sum, [, value]) => sum + (value ?? 0), 0);
      expect(restarts).toBeGreaterThan(0.9);
      expect(restarts).toBeLessThan(1.5);
      expect(series?.stepMs).toBeGreaterThanOrEqual(4 * minuteMs);
    });

    it('names every service once, and containers and sidecars not at all', async () => {
      const found = await opened().metrics.services({ window }, callContext());
      expect(found.data).toEqual(
        ['boot', 'both', 'cart', 'mesh', 'older', 'owned', 'plain', 'proxied', 'ready', 'spanned'].sort(),
      );
    });

    it('sees the calls that meshes tell of', async () => {
      const edges = (await opened().dependencies.edges({ window }, callContext())).data;
      expect(edges.map(({ from, to, kind }) => `${from} ${to} ${kind}`).sort()).toEqual([
        'front linked call',
        'front mesh call',
      ]);
      const linked = edges.find(({ to }) => to === 'linked');
      expect(linked?.callsPerSecond).toBeCloseTo(1, 2);
      expect(linked?.errorShare).toBeCloseTo(0.1, 3);
      expect(linked?.p95Seconds).toBeCloseTo(0.02425, 5);
    });

    it('groups by operation and by instance', async () => {
      const query = { service: 'boot', signals: ['request_rate'], window, maxPoints: 30 };
      const by = async (groupBy: 'operation' | 'instance' | 'version') =>
        (await opened().metrics.querySignals({ ...query, groupBy }, callContext())).data.series.map(
          ({ group }) => group,
        );
      expect(await by('operation')).toEqual([{ operation: '/a' }, { operation: '/b' }]);
      expect(await by('instance')).toEqual([{ instance: 'boot-1' }]);
      expect(await by('version')).toEqual([{ version: 'unknown' }]);
    });
  });
});

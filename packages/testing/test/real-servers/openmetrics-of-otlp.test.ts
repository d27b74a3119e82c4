import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  createBlocks,
  lacks,
  openMetricsOfFolder,
  openMetricsOfOtlp,
  startPrometheus,
} from '../../src/index.js';
import { familyName } from '../../src/real-servers/prometheus-naming.js';

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const resource = {
  attributes: [
    text('service.name', 'payments-api'),
    text('service.namespace', 'shop'),
    text('service.instance.id', 'payments-api-7d4'),
    text('service.version', '1.2.3'),
    text('telemetry.sdk.name', 'opentelemetry'),
  ],
};
const fixed =
  'job="shop/payments-api",instance="payments-api-7d4",service_name="payments-api",service_version="1.2.3"';

function line(...metrics: readonly unknown[]): string {
  return JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ scope: {}, metrics }] }] });
}

const at = (seconds: number) => `${1_700_000_000 + seconds}000000000`;

function samples(...lines: readonly string[]): readonly string[] {
  return openMetricsOfOtlp(lines)
    .split('\n')
    .filter((one) => one !== '')
    .map((one) => one.replace(fixed, '*'));
}

describe('names', () => {
  test.each([
    ['http.server.request.duration', 's', 'histogram', 'http_server_request_duration_seconds'],
    ['k8s.pod.memory.usage', 'By', 'gauge', 'k8s_pod_memory_usage_bytes'],
    ['pod.network.receive', 'By/s', 'gauge', 'pod_network_receive_bytes_per_second'],
    ['pod.server.request_rate', '{request}/s', 'gauge', 'pod_server_request_rate_per_second'],
    ['pod.server.success_ratio', '1', 'gauge', 'pod_server_success_ratio'],
    ['system.cpu.utilization', '1', 'gauge', 'system_cpu_utilization_ratio'],
    ['http.requests.total', '{request}', 'counter', 'http_requests'],
    ['process.cpu.time', 's', 'counter', 'process_cpu_time_seconds'],
    ['1st.thing', '', 'gauge', '_1st_thing'],
    ['wait_seconds', 's', 'gauge', 'wait_seconds'],
  ] as const)('%s in %s as a %s', (name, unit, kind, expected) => {
    expect(familyName(name, unit, kind)).toBe(expected);
  });
});

describe('samples', () => {
  test('of gauges and sums, in order of time, with the labels of resource and point', () => {
    const gauge = (seconds: number, asDouble: number) =>
      line({
        name: 'queue.depth',
        gauge: { dataPoints: [{ timeUnixNano: at(seconds), asDouble, attributes: [text('q.name', 'a"b')] }] },
      });
    expect(samples(gauge(10, 2.5), gauge(0, 1), gauge(10, 3))).toEqual([
      '# TYPE queue_depth gauge',
      'queue_depth{*,q_name="a\\"b"} 1 1700000000',
      'queue_depth{*,q_name="a\\"b"} 3 1700000010',
      '# EOF',
    ]);
  });

  test('of counters, deltas added up, and without points that were not recorded', () => {
    const requests = (seconds: number, asInt: string, flags = 0) =>
      line({
        name: 'requests',
        sum: {
          aggregationTemporality: 1,
          isMonotonic: true,
          dataPoints: [{ timeUnixNano: at(seconds), asInt, flags }],
        },
      });
    expect(samples(requests(0, '5'), requests(10, '3'), requests(20, '100', 1), requests(30, '1'))).toEqual([
      '# TYPE requests counter',
      'requests_total{*} 5 1700000000',
      'requests_total{*} 8 1700000010',
      'requests_total{*} 9 1700000030',
      '# EOF',
    ]);
  });

  test('of a sum that goes both ways, which is a gauge', () => {
    const connections = line({
      name: 'db.client.connection.count',
      unit: '{connection}',
      sum: { aggregationTemporality: 2, dataPoints: [{ timeUnixNano: at(0), asInt: '7' }] },
    });
    expect(samples(connections)).toEqual([
      '# TYPE db_client_connection_count gauge',
      'db_client_connection_count{*} 7 1700000000',
      '# EOF',
    ]);
  });

  test('of histograms, buckets added up', () => {
    const point = { timeUnixNano: at(0), count: '6', sum: 2.5, bucketCounts: ['1', '2', '3'] };
    const duration = line({
      name: 'job.duration',
      unit: 's',
      histogram: { aggregationTemporality: 2, dataPoints: [{ ...point, explicitBounds: [0.5, 1] }] },
    });
    expect(samples(duration)).toEqual([
      '# TYPE job_duration_seconds histogram',
      'job_duration_seconds_bucket{*,le="0.5"} 1 1700000000',
      'job_duration_seconds_bucket{*,le="1.0"} 3 1700000000',
      'job_duration_seconds_bucket{*,le="+Inf"} 6 1700000000',
      'job_duration_seconds_sum{*} 2.5 1700000000',
      'job_duration_seconds_count{*} 6 1700000000',
      '# EOF',
    ]);
  });

  test('of exponential histograms, at bounds that stay, whatever the scales', () => {
    const duration = (seconds: number, scale: number, offset: number, counts: readonly number[]) =>
      line({
        name: 'x',
        exponentialHistogram: {
          aggregationTemporality: 1,
          dataPoints: [
            {
              timeUnixNano: at(seconds),
              ...{ scale, zeroCount: '1', sum: 1, count: String(1 + counts.reduce((a, b) => a + b, 0)) },
              positive: { offset, bucketCounts: counts.map(String) },
            },
          ],
        },
      });
    // At scale 1 the buckets 0 to 3 are (1, 1.41], (1.41, 2], (2, 2.83], (2.83, 4]; at scale 0 half as many.
    expect(samples(duration(0, 1, 0, [1, 2, 3, 4]), duration(10, 0, 1, [5]))).toEqual([
      '# TYPE x histogram',
      'x_bucket{*,le="1.0"} 1 1700000000',
      'x_bucket{*,le="2.0"} 4 1700000000',
      'x_bucket{*,le="4.0"} 11 1700000000',
      'x_bucket{*,le="+Inf"} 11 1700000000',
      'x_sum{*} 1 1700000000',
      'x_count{*} 11 1700000000',
      'x_bucket{*,le="1.0"} 2 1700000010',
      'x_bucket{*,le="2.0"} 5 1700000010',
      'x_bucket{*,le="4.0"} 17 1700000010',
      'x_bucket{*,le="+Inf"} 17 1700000010',
      'x_sum{*} 2 1700000010',
      'x_count{*} 17 1700000010',
      '# EOF',
    ]);
  });
});

describe.skipIf(lacks('prometheus', 'promtool'))('a replay', () => {
  test('of a folder is answered by a real Prometheus', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'replay-'));
    const point = (seconds: number, count: number) => ({
      timeUnixNano: at(seconds),
      ...{ count, sum: count, bucketCounts: [count, 0], explicitBounds: [1] },
    });
    const batches = [0, 10, 20].map((seconds) =>
      line({
        name: 'http.server.request.duration',
        unit: 's',
        histogram: { aggregationTemporality: 2, dataPoints: [point(seconds, seconds * 4)] },
      }),
    );
    await writeFile(join(folder, 'metrics-1.jsonl.gz'), gzipSync(batches.slice(0, 2).join('\n')));
    await writeFile(join(folder, 'metrics.jsonl'), `${batches[2]}\n`);
    await writeFile(join(folder, 'logs.jsonl'), 'not read');
    const dataFolder = join(folder, 'data');
    await createBlocks(await openMetricsOfFolder(folder), dataFolder);
    const server = await startPrometheus({ dataFolder });
    try {
      const query = 'sum by (service_name) (rate(http_server_request_duration_seconds_count[20s]))';
      const url = `${server.address}/api/v1/query?${new URLSearchParams({ query, time: '1700000020' })}`;
      expect(await (await fetch(url)).json()).toMatchObject({
        data: { result: [{ metric: { service_name: 'payments-api' }, value: [1700000020, '4'] }] },
      });
    } finally {
      await server.close();
      await rm(folder, { recursive: true });
    }
  });
});

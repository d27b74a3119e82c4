import type { SignalQuery, SignalSeries } from '@devops-mcp/domain';
import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { afterAll, describe, expect, it } from 'vitest';
import {
  attributeList,
  bounds,
  bucketsOf,
  counter,
  gauge,
  type Line,
  metricsLine,
  nanoseconds,
  resource,
  spanLine,
} from './otlp-json.js';
import { type OpenOptions, removeFolders, telemetryFolder } from './sandbox-folder.js';

afterAll(removeFolders);

const minute = 60_000;
const window = { start: new Date(worldNow.getTime() - 10 * minute), end: worldNow };
/** The end of minute `at` of the window; negative ones lie before it. */
const ending = (at: number) => new Date(window.start.getTime() + at * minute);
const minutes = Array.from({ length: 10 }, (_, at) => at);

async function ask(lines: readonly Line[], query: Partial<SignalQuery>, options: OpenOptions = {}) {
  const folder = await telemetryFolder();
  await folder.write('metrics.jsonl', lines);
  const ports = await folder.open(options);
  const whole: SignalQuery = { service: 'shop', signals: [], window, maxPoints: 60, ...query };
  return ports.metrics.querySignals(whole, callContext());
}

function values(series: SignalSeries | undefined): readonly (number | null)[] {
  return (series?.points ?? []).map(([, value]) => (value === null ? null : Math.round(value * 1e4) / 1e4));
}

const of = (...metrics: unknown[]) => metricsLine(resource('shop', 'shop-1'), metrics);

describe('counters', () => {
  const route = { 'http.route': '/x', response_code: '200', reporter: 'destination' };

  it('are rates per second whatever their temporality', async () => {
    const cumulative = minutes.map((at) =>
      of(
        counter(
          'istio_requests_total',
          'cumulative',
          [{ time: ending(at), start: ending(-5), value: 600 * (at + 1) }],
          route,
        ),
      ),
    );
    const delta = minutes.map((at) =>
      of(
        counter(
          'istio_requests_total',
          'delta',
          [{ time: ending(at), start: ending(at - 1), value: 600 }],
          route,
        ),
      ),
    );
    for (const lines of [cumulative, delta]) {
      const [series] = (await ask(lines, { signals: ['request_rate'] })).data.series;
      expect(series).toMatchObject({ convention: 'istio', unit: '1/s', stepMs: minute });
      expect(values(series).slice(1)).toEqual(minutes.slice(1).map(() => 10));
    }
  });

  it('go on through a reset, seen by a new start or a fall', async () => {
    const start = (at: number) => (at < 5 ? ending(-20) : ending(4.5));
    const total = (at: number) => (at < 5 ? 9_000 + 600 * at : 300 + 600 * (at - 5));
    const told = minutes.map((at) =>
      of(
        counter(
          'istio_requests_total',
          'cumulative',
          [{ time: ending(at), start: start(at), value: total(at) }],
          route,
        ),
      ),
    );
    const seen = minutes.map((at) =>
      of(counter('istio_requests_total', 'cumulative', [{ time: ending(at), value: total(at) }], route)),
    );
    const [withStart] = (await ask(told, { signals: ['request_rate'] })).data.series;
    expect(values(withStart).slice(1)).toEqual(minutes.slice(1).map(() => 10));
    const [withoutStart] = (await ask(seen, { signals: ['request_rate'] })).data.series;
    expect(values(withoutStart).slice(1)).toEqual([10, 10, 10, 10, 5, 10, 10, 10, 10]);
  });

  it('have gaps where there are no data, and no rate before the second reading', async () => {
    const lines = [0, 1, 2, 7, 8, 9].map((at) =>
      of(counter('istio_requests_total', 'cumulative', [{ time: ending(at), value: 600 * at }], route)),
    );
    const [series] = (await ask(lines, { signals: ['request_rate'] })).data.series;
    expect(values(series)).toEqual([null, 10, 10, null, null, null, null, 10, 10, 10]);
  });

  it('count a mesh request once, at its destination', async () => {
    const both = ['source', 'destination'].flatMap((reporter) =>
      minutes.map((at) =>
        metricsLine(resource('istio-proxy', `${reporter}-1`), [
          counter('istio_requests_total', 'cumulative', [{ time: ending(at), value: 600 * at }], {
            reporter,
            destination_canonical_service: 'shop',
            response_code: at > 0 && reporter === 'destination' ? '503' : '200',
          }),
        ]),
      ),
    );
    const { series } = (await ask(both, { signals: ['request_rate', 'error_rate'] })).data;
    expect(series.find((line) => line.signal === 'request_rate')?.statistics.p50).toBeCloseTo(10, 3);
    expect(series.find((line) => line.signal === 'error_rate')?.statistics.last).toBe(1);
  });

  it('of CPU time are cores, of restarts how many there were', async () => {
    const lines = minutes.map((at) =>
      of(
        counter('process.cpu.time', 'cumulative', [{ time: ending(at), value: 12 * at }], {
          'cpu.mode': 'user',
        }),
        counter('process.cpu.time', 'cumulative', [{ time: ending(at), value: 18 * at }], {
          'cpu.mode': 'system',
        }),
        gauge('k8s.container.restarts', '{restart}', [[ending(at), at < 6 ? 1 : 3]]),
      ),
    );
    const { series } = (await ask(lines, { signals: ['cpu', 'restarts'] })).data;
    expect(series.find((line) => line.signal === 'cpu')).toMatchObject({
      unit: 'cores',
      statistics: { last: 0.5 },
    });
    const restarts = values(series.find((line) => line.signal === 'restarts'));
    expect(restarts.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBe(2);
    expect(restarts[6]).toBe(2);
  });
});

describe('histograms', () => {
  const histogram = (name: string, unit: string, more: object, attributes = {}) => ({
    name,
    unit,
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [{ ...more, attributes: attributeList(attributes) }],
    },
  });

  it('give percentiles by interpolation in buckets, in seconds', async () => {
    const lines = minutes.map((at) =>
      of(
        histogram('http.server.duration', 'ms', {
          timeUnixNano: nanoseconds(ending(at)),
          count: String(100 * at),
          explicitBounds: [10, 20, 40],
          bucketCounts: [50 * at, 40 * at, 10 * at, 0].map(String),
        }),
      ),
    );
    const { series } = (await ask(lines, { signals: ['latency_p50', 'latency_p95', 'latency_p99'] })).data;
    const last = (signal: string) => series.find((line) => line.signal === signal)?.statistics.last;
    expect(last('latency_p50')).toBeCloseTo(0.01, 6);
    expect(last('latency_p95')).toBeCloseTo(0.03, 6);
    expect(last('latency_p99')).toBeCloseTo(0.038, 6);
    expect(series[0]).toMatchObject({ convention: 'opentelemetry', metric: 'http.server.duration' });
  });

  it('join HTTP and RPC, and count no metric twice that is sent under its old and new name', async () => {
    const one = (name: string, unit: string, seconds: number) => (at: number) =>
      histogram(name, unit, {
        timeUnixNano: nanoseconds(ending(at)),
        count: String(60 * at),
        explicitBounds: bounds,
        bucketCounts: bucketsOf(seconds, 60 * at),
      });
    const all = [
      one('http.server.request.duration', 's', 0.02),
      one('http.server.duration', 's', 0.02),
      one('rpc.server.duration', 's', 0.4),
    ];
    const lines = minutes.map((at) => of(...all.map((make) => make(at))));
    const { series } = (await ask(lines, { signals: ['request_rate', 'latency_p95'] })).data;
    const rate = series.find((line) => line.signal === 'request_rate');
    expect(rate?.metric).toBe('http.server.request.duration + rpc.server.duration');
    expect(rate?.statistics.last).toBeCloseTo(2, 6);
    expect(series.find((line) => line.signal === 'latency_p95')?.statistics.last).toBeGreaterThan(0.25);
  });

  it('with exponential buckets are merged across scales', async () => {
    // 100 values near 1 s at scale 3, then the exporter goes down to scale 1 with 100 more near 4 s.
    const point = (at: number) => {
      const low = at < 5;
      const more = low ? 0 : 100 * (at - 4);
      return {
        timeUnixNano: nanoseconds(ending(at)),
        count: String(100 * (at + 1) - (low ? 0 : 100 * (at - 4)) + more),
        scale: low ? 3 : 1,
        zeroCount: '0',
        positive: low
          ? { offset: 0, bucketCounts: [String(100 * (at + 1))] }
          : { offset: 0, bucketCounts: ['500', '0', '0', String(more)] },
      };
    };
    const lines = minutes.map((at) =>
      of({
        name: 'http.server.request.duration',
        unit: 's',
        exponentialHistogram: {
          aggregationTemporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
          dataPoints: [point(at)],
        },
      }),
    );
    const [series] = (await ask(lines, { signals: ['latency_p50'] })).data.series;
    const seen = values(series);
    // Bucket 0 at scale 3 is (1, 2^(1/8)]; bucket 3 at scale 1 is (2^1.5, 4].
    for (const value of seen.slice(1, 5)) expect(value).toBeCloseTo((1 + 2 ** 0.125) / 2, 3);
    for (const value of seen.slice(5)) expect(value).toBeCloseTo((2 ** 1.5 + 4) / 2, 3);
  });

  it('give exemplars, and errors by status', async () => {
    const point = (at: number, status: number, count: number) => ({
      timeUnixNano: nanoseconds(ending(at)),
      count: String(count),
      explicitBounds: bounds,
      bucketCounts: bucketsOf(0.02, count),
      attributes: attributeList({ status: String(status), uri: '/pay', method: 'POST', outcome: 'X' }),
      exemplars: status === 500 ? [{ traceId: 'a'.repeat(32), asDouble: 1 }] : [],
    });
    const lines = minutes.map((at) =>
      of({
        name: 'http.server.requests',
        unit: 's',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [point(at, 200, 90 * at), point(at, 500, 10 * at)],
        },
      }),
    );
    const { series } = (await ask(lines, { signals: ['error_rate'], groupBy: 'operation' })).data;
    expect(series[0]).toMatchObject({
      convention: 'spring',
      group: { operation: 'POST /pay' },
      exemplarTraceIds: ['a'.repeat(32)],
    });
    expect(series[0]?.statistics.last).toBeCloseTo(0.1, 6);
  });
});

describe('what a signal is read from', () => {
  it('may be ready-made gauges, of which a success share that is always zero does not count', async () => {
    const lines = minutes.map((at) =>
      of(
        gauge('pod.server.latency.p95', 's', [[ending(at), 0.2]]),
        gauge('pod.client.latency.p95', 's', [[ending(at), 9]]),
        gauge('pod.server.request_rate', '{request}/s', [[ending(at), 7]]),
        gauge('pod.server.success_ratio', '1', [[ending(at), 0]]),
      ),
    );
    const { data } = await ask(lines, { signals: ['latency_p95', 'request_rate', 'error_rate'] });
    expect(
      data.series.map((series) => [series.signal, series.metric, series.convention, series.statistics.last]),
    ).toEqual([
      ['latency_p95', 'pod.server.latency.p95', 'percentile-gauges', 0.2],
      ['request_rate', 'pod.server.request_rate', 'percentile-gauges', 7],
    ]);
    expect(data.missing[0]?.signal).toBe('error_rate');
    expect(data.missing[0]?.tried.join(' ')).toContain('zero in every sample');
  });

  it('may be a metric that the owner named in the catalog', async () => {
    const lines = minutes.map((at) =>
      of(
        gauge('shop.queue.depth', '1', [[ending(at), 40]], { queue: 'a' }),
        gauge('shop.queue.depth', '1', [[ending(at), 2]], { queue: 'b' }),
      ),
    );
    const services = {
      setting: (service: string, path: string) =>
        service === 'Shop' && path === 'signals'
          ? { queue_depth: { metric: 'shop.queue.depth', unit: 'messages', kind: 'gauge' } }
          : undefined,
      telemetryName: (service: string) => (service === 'Shop' ? 'shop' : service),
      serviceOf: (name: string) => (name === 'shop' ? 'Shop' : name),
    };
    const { data } = await ask(lines, { service: 'Shop', signals: ['queue_depth'] }, { services });
    expect(data.series[0]).toMatchObject({
      unit: 'messages',
      convention: 'custom',
      statistics: { last: 42 },
    });
  });

  it('is derived from spans where there are no metrics, and the answer says so', async () => {
    const lines = minutes.flatMap((at) =>
      [0, 1, 2, 3].map((part) =>
        spanLine({
          traceId: `${at}${part}`.padStart(32, '1'),
          spanId: `${at}${part}`.padStart(16, '1'),
          parentSpanId: null,
          service: 'shop',
          instance: 'shop-1',
          operation: 'GET /',
          kind: 'server',
          startUs: ending(at).getTime() * 1_000 + part,
          durationUs: 50_000,
          error: part === 0,
          statusMessage: null,
          attributes: {},
          events: [],
        }),
      ),
    );
    const answer = await ask(lines, {
      signals: ['request_rate', 'error_rate', 'latency_p95', 'cpu'],
      maxPoints: 11,
    });
    expect(answer.data.series.map((series) => [series.signal, series.convention, series.metric])).toEqual([
      ['request_rate', 'custom', 'spans'],
      ['error_rate', 'custom', 'spans'],
      ['latency_p95', 'custom', 'spans'],
    ]);
    expect(answer.data.series[1]?.statistics.p50).toBe(0.25);
    expect(answer.data.series[2]?.statistics.p50).toBeCloseTo(0.05, 6);
    expect(answer.hints?.join(' ')).toContain('derived from spans');
    expect(answer.data.missing.map((entry) => entry.signal)).toEqual(['cpu']);
  });

  it('may be a summary', async () => {
    const lines = minutes.map((at) =>
      of({
        name: 'http_server_requests_seconds',
        summary: {
          dataPoints: [
            {
              timeUnixNano: nanoseconds(ending(at)),
              count: String(60 * at),
              sum: 1,
              quantileValues: [
                { quantile: 0.5, value: 0.1 },
                { quantile: 0.95, value: 0.7 },
              ],
            },
          ],
        },
      }),
    );
    const { data } = await ask(lines, { signals: ['latency_p95', 'request_rate', 'latency_p99'] });
    expect(data.series.map((series) => [series.signal, series.statistics.last])).toEqual([
      ['latency_p95', 0.7],
      ['request_rate', 1],
    ]);
    expect(data.missing.map((entry) => entry.signal)).toEqual(['latency_p99']);
  });
});

describe('anomalies', () => {
  it('find a leak that grows, at its beginning and on its instance', async () => {
    const lines: Line[] = [];
    for (let at = -60; at < 60; at += 1)
      for (const instance of ['shop-1', 'shop-2'])
        lines.push(
          metricsLine(resource('shop', instance), [
            gauge('process.memory.usage', 'By', [
              [
                new Date(worldNow.getTime() - 60 * minute + at * minute),
                1e8 + (instance === 'shop-1' && at > 20 ? (at - 20) * 3e6 : (at % 3) * 1e5),
              ],
            ]),
          ]),
        );
    const folder = await telemetryFolder();
    await folder.write('m.jsonl', lines);
    const hour = { start: new Date(worldNow.getTime() - 60 * minute), end: worldNow };
    const { anomalies } = (
      await (await folder.open()).metrics.findAnomalies({ window: hour, top: 5 }, callContext())
    ).data;
    expect(anomalies).toHaveLength(1);
    expect(anomalies[0]).toMatchObject({ instance: 'shop-1', signal: 'memory', direction: 'up', end: null });
    const onset = ((anomalies[0]?.onset.getTime() ?? 0) - hour.start.getTime()) / minute;
    expect(onset).toBeGreaterThan(20);
    expect(onset).toBeLessThanOrEqual(27);
  });

  it('say when a departure is over, and report none that began before the window', async () => {
    const line = (at: number) =>
      of(
        gauge('process.cpu.utilization', '1', [
          [new Date(worldNow.getTime() - at * minute), at >= 30 && at < 38 ? 0.95 : 0.3],
        ]),
      );
    const folder = await telemetryFolder();
    await folder.write(
      'm.jsonl',
      Array.from({ length: 120 }, (_, at) => line(119 - at)),
    );
    const { metrics } = await folder.open();
    const last = async (from: number) => {
      const hour = { start: new Date(worldNow.getTime() - from * minute), end: worldNow };
      return (await metrics.findAnomalies({ window: hour, top: 5 }, callContext())).data.anomalies;
    };
    const [only, ...rest] = await last(60);
    expect(rest).toEqual([]);
    expect(only?.onset).toEqual(new Date(worldNow.getTime() - 37 * minute));
    expect(only?.end).toEqual(new Date(worldNow.getTime() - 29 * minute));
    expect(await last(25)).toEqual([]);
  });
});

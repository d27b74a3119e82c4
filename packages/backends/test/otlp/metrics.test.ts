import { afterAll, describe, expect, it } from 'vitest';
import { ask, ending, minute, minutes, of, values } from './ask-signals.js';
import {
  attributeList,
  bounds,
  bucketsOf,
  counter,
  gauge,
  metricsLine,
  nanoseconds,
  resource,
} from './otlp-json.js';
import { removeFolders } from './sandbox-folder.js';

afterAll(removeFolders);

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

import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { afterAll, describe, expect, it } from 'vitest';
import { ask, ending, minute, minutes, of } from './ask-signals.js';
import { gauge, type Line, metricsLine, nanoseconds, resource, spanLine } from './otlp-json.js';
import { removeFolders, telemetryFolder } from './sandbox-folder.js';

afterAll(removeFolders);

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

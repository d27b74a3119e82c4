import assert from 'node:assert/strict';
import type { DependenciesApi, MetricsApi, SignalQuery } from '../metrics.js';
import type { ContractCase } from './contract-case.js';
import {
  assertClose,
  assertHinted,
  assertSourced,
  assertUnknownService,
  type CaseWriter,
  callContext,
  casesOf,
  minutesBefore,
  worldNow,
} from './contract-world.js';

/** What one instance did in the minute that ends at `time`. */
export interface GivenMinute {
  readonly time: Date;
  readonly service: string;
  readonly instance: string;
  readonly requests: number;
  readonly failed: number;
  /** Every request took this long. */
  readonly seconds: number;
  /** 0 to 1. */
  readonly cpu: number;
  readonly memoryBytes: number;
}

const window = { start: minutesBefore(60), end: worldNow };
const signals: SignalQuery = {
  service: 'orders',
  signals: ['request_rate', 'error_rate', 'latency_p95', 'cpu', 'memory'],
  window,
  maxPoints: 30,
};

/** What every implementation of the metrics port must do; `open` gives one that holds `metricsWorld`. */
export function metricsContract(open: () => Promise<MetricsApi>): readonly ContractCase[] {
  return casesOf((test) => testMetricsPort(test, open));
}

function testMetricsPort(test: CaseWriter, open: () => Promise<MetricsApi>): void {
  const query = async (change: Partial<SignalQuery>) =>
    (await open()).querySignals({ ...signals, ...change }, callContext());

  test.describe('metrics port: signals', () => {
    test.it('gives each signal in its unit', async () => {
      const answer = await query({});
      const found = new Map(answer.data.series.map((series) => [series.signal, series]));
      assert.equal(found.get('request_rate')?.unit, '1/s');
      assertClose(found.get('request_rate')?.statistics.p50, 10, 0.02);
      assert.equal(found.get('error_rate')?.unit, 'ratio');
      assertClose(found.get('error_rate')?.statistics.p50, 1 / 600, 0.02);
      assert.equal(found.get('latency_p95')?.unit, 's');
      assertClose(found.get('latency_p95')?.statistics.p50, 0.02, 0.5);
      assert.equal(found.get('cpu')?.unit, 'ratio');
      assertClose(found.get('cpu')?.statistics.p50, 0.3, 0.01);
      assertClose(found.get('memory')?.statistics.p50, 200e6, 0.01);
      assertSourced(answer);
    });
    test.it('keeps to the number of points and says their real spacing', async () => {
      for (const maxPoints of [2, 7, 60]) {
        const [series] = (await query({ signals: ['request_rate'], maxPoints })).data.series;
        const points = series?.points ?? [];
        assert.ok(points.length > 0 && points.length <= maxPoints, `${points.length} of ${maxPoints}`);
        const [first, second] = points;
        if (first && second) assert.equal(second[0] - first[0], series?.stepMs);
      }
    });
    test.it('is never finer than the data', async () => {
      const [series] = (await query({ signals: ['cpu'], maxPoints: 1_000 })).data.series;
      assert.ok((series?.stepMs ?? 0) >= 60_000);
    });
    test.it('joins instances, or shows each', async () => {
      const [whole] = (await query({ service: 'payments', signals: ['request_rate'] })).data.series;
      assertClose(whole?.statistics.p50, 20, 0.02);
      const each = (await query({ service: 'payments', signals: ['request_rate'], groupBy: 'instance' })).data
        .series;
      assert.deepEqual(each.map((series) => series.group.instance).sort(), ['payments-1', 'payments-2']);
      for (const series of each) assertClose(series.statistics.p50, 10, 0.02);
    });
    test.it('shows what changed', async () => {
      const [series] = (await query({ service: 'payments', signals: ['error_rate'], groupBy: 'instance' }))
        .data.series;
      assert.equal(series?.group.instance, 'payments-1');
      assertClose(series?.statistics.max, 0.2, 0.05);
      assert.ok((series?.statistics.min ?? 1) < 0.01);
    });
    test.it('says what was tried for a signal that there is not', async () => {
      const answer = await query({ signals: ['no_such_signal', 'request_rate'] });
      assert.deepEqual(
        answer.data.missing.map((entry) => entry.signal),
        ['no_such_signal'],
      );
      assert.equal(answer.data.series.length, 1);
    });
    test.it('answers an empty window with no data and a hint', async () => {
      const answer = await query({ window: { start: minutesBefore(600), end: minutesBefore(540) } });
      assert.equal(answer.data.series.length, 0);
      assertHinted(answer);
    });
    test.it('refuses an unknown service with the closest known names', async () => {
      await assertUnknownService(query({ service: 'payment' }), 'payments');
    });
  });
  testInventory(test, open);
  testAnomalies(test, open);
}

function testInventory(test: CaseWriter, open: () => Promise<MetricsApi>): void {
  test.describe('metrics port: what there is', () => {
    test.it('names the services with telemetry in the window', async () => {
      const port = await open();
      const answer = await port.services({ window }, callContext());
      assert.deepEqual([...answer.data].sort(), ['orders', 'payments']);
      const empty = { start: minutesBefore(600), end: minutesBefore(540) };
      assert.deepEqual((await port.services({ window: empty }, callContext())).data, []);
    });
    test.it('lists the metrics of a service', async () => {
      const answer = await (await open()).listMetrics({ service: 'orders', window }, callContext());
      assert.ok(answer.data.length >= 3);
      assert.ok(answer.data.every((metric) => metric.series > 0 && metric.lastSeen <= worldNow));
    });
  });
}

function testAnomalies(test: CaseWriter, open: () => Promise<MetricsApi>): void {
  test.describe('metrics port: anomalies', () => {
    test.it('names instance, signal and onset of what left its normal, and nothing else', async () => {
      const answer = await (await open()).findAnomalies({ window, top: 20 }, callContext());
      const [first] = answer.data.anomalies;
      assert.equal(first?.service, 'payments');
      assert.equal(first?.instance, 'payments-1');
      assert.equal(first?.direction, 'up');
      assert.equal(first?.end, null);
      const off = Math.abs((first?.onset.getTime() ?? 0) - minutesBefore(20).getTime());
      assert.ok(off <= 2 * 60_000, `the onset is ${off / 1_000} s off`);
      assert.deepEqual(
        [...new Set(answer.data.anomalies.map((anomaly) => anomaly.instance))],
        ['payments-1'],
        'quiet instances are quiet',
      );
      const found = answer.data.anomalies.map((anomaly) => anomaly.signal);
      assert.ok(found.includes('error_rate') && found.includes('latency_p95'), found.join(', '));
      assert.ok(answer.data.method.length > 40, 'the method is documented');
      assert.ok(answer.data.examined.series >= 9);
    });
    test.it('is quiet when nothing happened', async () => {
      const quiet = { start: minutesBefore(60), end: minutesBefore(25) };
      const answer = await (await open()).findAnomalies({ window: quiet, top: 20 }, callContext());
      assert.deepEqual(answer.data.anomalies, []);
    });
    test.it('looks at the services asked for and gives the strongest first', async () => {
      const port = await open();
      const orders = await port.findAnomalies({ window, services: ['orders'], top: 5 }, callContext());
      assert.deepEqual(orders.data.anomalies, []);
      assert.equal(orders.data.examined.services, 1);
      const one = await port.findAnomalies({ window, top: 1 }, callContext());
      assert.equal(one.data.anomalies.length, 1);
    });
  });
}

/** `open` gives an implementation that holds `tracesWorld`. */
export function dependenciesContract(open: () => Promise<DependenciesApi>): readonly ContractCase[] {
  return casesOf((test) => testDependenciesPort(test, open));
}

function testDependenciesPort(test: CaseWriter, open: () => Promise<DependenciesApi>): void {
  test.describe('dependencies port', () => {
    test.it('sees calls between services with their rate, errors and time', async () => {
      const answer = await (await open()).edges({ window }, callContext());
      const edge = answer.data.find(({ from, to }) => from === 'frontend' && to === 'payments');
      assertClose(edge?.callsPerSecond, 60 / 3_600, 0.01);
      assertClose(edge?.errorShare, 10 / 60, 0.01);
      assert.ok((edge?.p95Seconds ?? 0) > 0.2);
      assert.ok(answer.data.every(({ from, to }) => from !== to));
      // Counters that are read now and then tell the last call to a few readings.
      const seen = (edge?.lastSeen.getTime() ?? 0) - minutesBefore(1).getTime();
      assert.ok(Math.abs(seen) <= 2 * 60_000, 'the last call is the last one seen');
      assertSourced(answer);
    });
    test.it('answers an empty window with no edges and a hint', async () => {
      const empty = { start: minutesBefore(600), end: minutesBefore(540) };
      const answer = await (await open()).edges({ window: empty }, callContext());
      assert.deepEqual(answer.data, []);
      assertHinted(answer);
    });
  });
}

/**
 * Two hours of `payments` (two instances) and `orders` (one), 600 requests a minute each, 20 ms and one
 * failure a minute. Since twenty minutes a fifth of the requests of `payments-1` fail and take 400 ms.
 */
export function metricsWorld(): readonly GivenMinute[] {
  const minutes: GivenMinute[] = [];
  for (let minute = 120; minute >= 0; minute -= 1) {
    for (const [service, instance] of [
      ['payments', 'payments-1'],
      ['payments', 'payments-2'],
      ['orders', 'orders-1'],
    ] as const) {
      const broken = instance === 'payments-1' && minute <= 20;
      minutes.push({
        time: minutesBefore(minute),
        service,
        instance,
        requests: 600,
        failed: broken ? 120 : 1,
        seconds: broken ? 0.4 : 0.02,
        cpu: 0.3,
        memoryBytes: 200e6,
      });
    }
  }
  return minutes;
}

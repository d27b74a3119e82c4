import { ToolError } from '@devops-mcp/contract';
import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { lacks } from '@devops-mcp/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FamilySamples } from './open-metrics.js';
import { openPorts, type Ports, type Store, stores } from './stores.js';

const minuteMs = 60_000;
const window = { start: new Date(worldNow.getTime() - 60 * minuteMs), end: worldNow };
const minutes = Array.from({ length: 121 }, (_, at) => at);
const timeOf = (minute: number) => new Date(worldNow.getTime() - (120 - minute) * minuteMs);
const oddNames = [
  'a"} or vector(1) or {x="',
  'back\\slash',
  'new\nline',
  'dot.*',
  '$x',
  'ümläut 😀',
  '(a|b)+',
];
const instancesEach = 150;

/** Restarts in minute 90, where its counter begins again. */
const reset = (at: number) => (at < 90 ? at : at - 90) * 60;
/** Not scraped from minute 80 to 100. */
const scraped = minutes.filter((at) => at < 80 || at > 100);

const families: readonly FamilySamples[] = [
  {
    name: 'http_requests',
    kind: 'counter',
    samples: [
      ...minutes.map((at) => ({
        suffix: '_total',
        labels: { job: 'reset', code: '200' },
        time: timeOf(at),
        value: reset(at),
      })),
      ...oddNames.flatMap((job, index) =>
        minutes.map((at) => ({
          suffix: '_total',
          labels: { job, code: '200' },
          time: timeOf(at),
          value: at * 60 * (index + 1),
        })),
      ),
      ...minutes.map((at) => ({
        suffix: '_total',
        labels: { job: 'dotty', code: '200' },
        time: timeOf(at),
        value: at * 6_000,
      })),
    ],
  },
  {
    name: 'process_resident_memory_bytes',
    kind: 'gauge',
    samples: scraped.map((at) => ({ suffix: '', labels: { job: 'gap' }, time: timeOf(at), value: at })),
  },
  {
    // Of 450 instances one doubles its use in the last half hour.
    name: 'process_cpu_utilization_ratio',
    kind: 'gauge',
    samples: ['many-a', 'many-b', 'many-c'].flatMap((job) =>
      Array.from({ length: instancesEach }, (_, one) => `${job}-${one}`).flatMap((instance) =>
        minutes
          .filter((at) => at % 2 === 0)
          .map((at) => ({
            suffix: '',
            labels: { job, instance },
            time: timeOf(at),
            value: instance === 'many-b-77' && at >= 90 ? 0.8 : 0.3 + (at % 6) / 1_000,
          })),
      ),
    ),
  },
];

describe.each(stores)('history in $name', ({ programs, fill }) => {
  describe.skipIf(lacks(...programs))('is told as it was', () => {
    let store: Store | undefined;
    let ports: Ports | undefined;
    beforeAll(async () => {
      store = await fill(families);
      ports = await openPorts({ address: store.address });
    }, 60_000);
    afterAll(() => store?.close());
    const opened = (): Ports => {
      if (ports === undefined) throw new Error('the store was not started');
      return ports;
    };
    const read = async (service: string, signal: string) => {
      const query = { service, signals: [signal], window, maxPoints: 60 };
      return opened().metrics.querySignals(query, callContext());
    };

    it('a counter that begins again makes no negative rate and no spike', async () => {
      const answer = await read('reset', 'request_rate');
      const values = answer.data.series[0]?.points.map(([, value]) => value) ?? [];
      expect(values).toHaveLength(60);
      for (const value of values) {
        expect(value).toBeGreaterThan(0.7);
        expect(value).toBeLessThan(1.1);
      }
      expect(answer.hints?.join()).toContain('240s');
    });

    it('what was not scraped is a gap, and nothing is drawn across it', async () => {
      const points = (await read('gap', 'memory')).data.series[0]?.points ?? [];
      // A step is shown at its start and ends a minute later, with the sample.
      const at = (minute: number) => points.find(([time]) => time === timeOf(minute - 1).getTime())?.[1];
      expect(at(79)).not.toBeNull();
      for (let minute = 82; minute <= 100; minute += 1) expect(at(minute)).toBeNull();
      expect(at(102)).not.toBeNull();
    });

    it.each(oddNames.map((name, index) => [name, index + 1] as const))(
      '%j is a name and no query',
      async (name, rate) => {
        const { series } = (await read(name, 'request_rate')).data;
        expect(series).toHaveLength(1);
        expect(series[0]?.statistics.p50).toBeCloseTo(rate, 5);
      },
    );

    it.each(['.*', 'a"} or vector(1) #', 'd.t.*', '|', '\\', '{', "'", '`', '\u0000', '\ud800'])(
      '%j is an unknown name',
      async (name) => {
        const error = await read(name, 'request_rate').catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(ToolError);
        expect(error).toMatchObject({ code: 'not_found' });
      },
    );

    it('of many instances the store finds the one that stands out', async () => {
      const services = ['many-a', 'many-b', 'many-c'];
      const answer = await opened().metrics.findAnomalies({ window, services, top: 5 }, callContext());
      expect(answer.data.anomalies).toHaveLength(1);
      const [found] = answer.data.anomalies;
      expect(found).toMatchObject({
        service: 'many-b',
        instance: 'many-b-77',
        signal: 'cpu',
        direction: 'up',
        end: null,
      });
      expect(Math.abs((found?.onset.getTime() ?? 0) - timeOf(90).getTime())).toBeLessThanOrEqual(
        2 * minuteMs,
      );
      expect(answer.hints?.join()).toContain('450 instances were screened');
      // Those of one service were read, and three services as a whole.
      expect(answer.data.examined).toEqual({ services: 3, series: 450 + instancesEach + 3 });
    });
  });
});

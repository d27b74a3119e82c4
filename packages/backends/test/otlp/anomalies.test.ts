import type { Anomaly } from '@devops-mcp/domain';
import { callContext, type GivenMinute, worldNow } from '@devops-mcp/domain/contract-tests';
import { describe, expect, it } from 'vitest';
import { minute } from './ask-signals.js';
import { metricLines } from './otlp-json.js';
import { telemetryFolder } from './sandbox-folder.js';

const hour = { start: new Date(worldNow.getTime() - 60 * minute), end: worldNow };
const mebibyte = 1_048_576;

/** Two hours of `shop`, the second of which is asked about; `at` counts the minutes of that hour, before it below zero. */
function minutesOf(
  instances: readonly string[],
  what: (instance: string, at: number) => Partial<GivenMinute> | null,
): readonly GivenMinute[] {
  const healthy = { requests: 600, failed: 1, seconds: 0.02, cpu: 0.3, memoryBytes: 200 * mebibyte };
  return Array.from({ length: 120 }, (_, index) => index - 59).flatMap((at) =>
    instances.flatMap((instance) => {
      const given = what(instance, at);
      const time = new Date(hour.start.getTime() + at * minute);
      return given === null ? [] : [{ ...healthy, ...given, time, service: 'shop', instance }];
    }),
  );
}

async function anomaliesIn(minutes: readonly GivenMinute[]): Promise<readonly Anomaly[]> {
  const folder = await telemetryFolder();
  await folder.write('m.jsonl', metricLines(minutes));
  const { metrics } = await folder.open();
  return (await metrics.findAnomalies({ window: hour, top: 20 }, callContext())).data.anomalies;
}

const minuteOf = (time: Date | undefined) => ((time?.getTime() ?? 0) - hour.start.getTime()) / minute;
/** A repeatable number between -1 and 1 for a minute. */
const wobble = (at: number) => Math.sin(at * 12.9898) * Math.cos(at * 78.233);

describe('a deployment that replaces every instance', () => {
  const replaced = (failed: number) =>
    minutesOf(['old-1', 'old-2', 'new-1', 'new-2'], (instance, at) => {
      if (instance.startsWith('old')) return at <= 20 ? {} : null;
      return at > 20 ? { failed } : null;
    });

  it('does not hide that the new ones fail: the service as a whole left its normal', async () => {
    const found = (await anomaliesIn(replaced(150))).filter(({ signal }) => signal === 'error_rate');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ instance: null, direction: 'up', end: null });
    expect(found[0]?.baseline).toBeLessThan(0.01);
    expect(found[0]?.value).toBeCloseTo(0.25, 2);
    expect(Math.abs(minuteOf(found[0]?.onset) - 21)).toBeLessThanOrEqual(2);
  });

  it('is no anomaly in itself', async () => {
    expect(await anomaliesIn(replaced(1))).toEqual([]);
  });
});

describe('one instance among several', () => {
  it('is named when it is new and ill: it is judged against its service', async () => {
    const found = await anomaliesIn(
      minutesOf(['a', 'b', 'c', 'canary'], (instance, at) => {
        if (instance !== 'canary') return {};
        return at > 30 ? { failed: 200 } : null;
      }),
    );
    expect(found.map(({ instance, signal }) => [instance, signal])).toEqual([['canary', 'error_rate']]);
  });

  it('gives way to the service where most deviate alike', async () => {
    const slow = (ill: readonly string[]) =>
      minutesOf(['a', 'b', 'c'], (instance, at) =>
        ill.includes(instance) && at > 30 ? { seconds: 0.9 } : {},
      );
    const instancesOf = async (ill: readonly string[]) =>
      (await anomaliesIn(slow(ill))).map(({ instance }) => instance);
    expect(await instancesOf(['a'])).toEqual(['a']);
    expect(await instancesOf(['a', 'b', 'c'])).toEqual([null]);
  });
});

describe('memory', () => {
  const memory = (bytes: (at: number) => number, instances: readonly string[] = ['a', 'b']) =>
    minutesOf(instances, (_, at) => ({ memoryBytes: bytes(at) * mebibyte }));

  it('that has grown slowly all the time is found, since when it did', async () => {
    const [only, ...rest] = await anomaliesIn(memory((at) => 200 + (at + 59) + wobble(at)));
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ signal: 'memory', instance: null, direction: 'up', end: null });
    // The growth reaches back before the window, as far as was read.
    expect(minuteOf(only?.onset)).toBeLessThan(-50);
    expect(only?.value).toBeGreaterThan(300 * mebibyte);
  });

  it('that grows and is cut by restarts still grows', async () => {
    const [only] = await anomaliesIn(memory((at) => 200 + ((at + 59) % 50) * 4 + wobble(at)));
    expect(only).toMatchObject({ signal: 'memory', end: null });
    expect(minuteOf(only?.onset)).toBeLessThan(-50);
  });

  it('of a cache that fills and levels off does not leak', async () => {
    const found = await anomaliesIn(memory((at) => 200 + 60 * (1 - Math.exp(-(at + 59) / 12)) + wobble(at)));
    expect(found.filter(({ onset }) => minuteOf(onset) < 0)).toEqual([]);
  });

  it('of a collector that sweeps again and again does not leak', async () => {
    expect(await anomaliesIn(memory((at) => 150 + ((at + 59) % 15) * 12))).toEqual([]);
  });

  it('of one instance names it', async () => {
    const found = await anomaliesIn(
      minutesOf(['a', 'b', 'c'], (instance, at) => ({
        memoryBytes: (200 + (instance === 'a' ? at + 59 : 0) + wobble(at)) * mebibyte,
      })),
    );
    expect(found.map(({ instance, signal }) => [instance, signal])).toEqual([['a', 'memory']]);
  });
});

describe('what may be chance', () => {
  const excursion = (lasts: number, cpu: number) =>
    minutesOf(['a'], (_, at) => (at > 20 && at <= 20 + lasts ? { cpu } : {}));

  it('is not reported when it was short, is over and was not strong', async () => {
    expect(await anomaliesIn(excursion(3, 0.48))).toEqual([]);
    expect(await anomaliesIn(excursion(9, 0.48))).not.toEqual([]);
    expect(await anomaliesIn(excursion(3, 0.9))).not.toEqual([]);
  });

  it('counts less the fewer requests there are: a percentile of few is uncertain', async () => {
    const mixed = (requests: number) =>
      minutesOf(['a'], (_, at) => ({ requests, failed: 0, seconds: at > 40 ? 0.09 : 0.02 }));
    const score = async (requests: number) => (await anomaliesIn(mixed(requests)))[0]?.score ?? 0;
    expect(await score(2)).toBeLessThan(await score(600));
  });
});

import { describe, expect, test } from 'vitest';
import {
  type Anomaly,
  type AnomalySeries,
  findInSeries,
  hintsOfShort,
  rankAnomalies,
  withoutLoneWholes,
} from '../../src/index.js';

const minuteMs = 60_000;

/** A sample a minute since 0; `instance` null is the service as a whole. */
function seriesOf(values: readonly number[], more: Partial<AnomalySeries> = {}): AnomalySeries {
  const instance = more.instance === undefined ? 'shop-1' : more.instance;
  return {
    service: 'shop',
    signal: 'error_rate',
    unit: 'ratio',
    stepMs: minuteMs,
    samples: values.map((value, at) => ({ timeMs: at * minuteMs, value, noise: 0 })),
    ...more,
    instance,
    whole: instance === null,
  };
}

const quiet: readonly number[] = Array.from({ length: 20 }, () => 0.01);
const broken: readonly number[] = [...quiet, 0.5, 0.5, 0.5, 0.5];
const stillQuiet: readonly number[] = [...quiet, 0.01, 0.01, 0.01, 0.01];
const catalogName = (name: string) => `catalog-${name}`;

describe('anomalies in series', () => {
  test('begin at the first sample that left the normal, under the name of the catalog', () => {
    const [found, ...others] = findInSeries([seriesOf(broken)], 0, catalogName);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      service: 'catalog-shop',
      instance: 'shop-1',
      onset: new Date(20 * minuteMs),
      end: null,
      baseline: 0.01,
      value: 0.5,
      direction: 'up',
    });
  });

  test('are not reported when they began more than a step before the window', () => {
    expect(findInSeries([seriesOf(broken)], 20 * minuteMs, catalogName)).toHaveLength(1);
    expect(findInSeries([seriesOf(broken)], 21 * minuteMs, catalogName)).toHaveLength(0);
  });

  test('name the instance where one deviates and the service where all do', () => {
    const instances = (bad: number) =>
      ['a', 'b', 'c'].map((instance, at) => seriesOf(at < bad ? broken : stillQuiet, { instance }));
    const namesOf = (bad: number) =>
      findInSeries([...instances(bad), seriesOf(broken, { instance: null })], 0, catalogName).map(
        ({ instance }) => instance,
      );
    expect(namesOf(1)).toEqual(['a']);
    expect(namesOf(3)).toEqual([null]);
  });

  test('of another service or signal are judged apart', () => {
    const found = findInSeries(
      [seriesOf(broken), seriesOf(broken, { service: 'stock' }), seriesOf(stillQuiet, { signal: 'cpu' })],
      0,
      catalogName,
    );
    expect(found.map(({ service, signal }) => `${service} ${signal}`)).toEqual([
      'catalog-shop error_rate',
      'catalog-stock error_rate',
    ]);
  });

  test('are not looked for in what is too short, and that is said', () => {
    const short = seriesOf([1, 1, 1, 9, 9]);
    expect(findInSeries([short], 0, catalogName)).toEqual([]);
    expect(hintsOfShort([short, seriesOf(quiet)])).toEqual([
      '1 of 2 series have fewer than six samples and were not judged.',
    ]);
    expect(hintsOfShort([seriesOf(quiet)])).toEqual([]);
  });

  test('are looked for in a whole only where it is not the same as its one instance', () => {
    const whole = seriesOf(quiet, { instance: null });
    const [a, b] = [seriesOf(quiet, { instance: 'a' }), seriesOf(quiet, { instance: 'b' })];
    expect(withoutLoneWholes([whole, a])).toEqual([a]);
    expect(withoutLoneWholes([whole, a, b])).toEqual([whole, a, b]);
    expect(withoutLoneWholes([whole])).toEqual([whole]);
  });
});

describe('the ranking', () => {
  const anomaly = (service: string, more: Partial<Anomaly>): Anomaly => ({
    ...{ service, instance: null, signal: 'error_rate', unit: 'ratio', score: 10 },
    ...{ baseline: 0, value: 1, direction: 'up', onset: new Date(0), end: null },
    ...more,
  });
  const hour = 60 * minuteMs;

  test('puts what lasts before what is over and what got worse before what got better', () => {
    const found = [
      anomaly('better', { direction: 'down', score: 15 }),
      anomaly('short', { end: new Date(6 * minuteMs), score: 12 }),
      anomaly('lasting', { score: 11 }),
    ];
    const { anomalies, truncation } = rankAnomalies(found, hour, 10);
    expect(anomalies.map(({ service }) => service)).toEqual(['lasting', 'short', 'better']);
    expect(truncation).toBeUndefined();
  });

  test('keeps the strongest and says how many there were', () => {
    const found = [anomaly('weak', { score: 4 }), anomaly('strong', { score: 40 })];
    const { anomalies, truncation } = rankAnomalies(found, hour, 1);
    expect(anomalies.map(({ service }) => service)).toEqual(['strong']);
    expect(truncation).toMatchObject({ returned: 1, total: 2, more: true });
  });
});

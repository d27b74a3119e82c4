import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/brief/evidence.js';
import { rankSuspects } from '../../src/brief/rank-suspects.js';
import { ago, alert, anomaly, change, evidence, failure, operation } from './given-evidence.js';

const onset = ago(30);
const rank = (given: Partial<Evidence>) => rankSuspects(evidence(given), onset);
const names = (given: Partial<Evidence>) => rank(given).map(({ service }) => service);
const textsOf = (given: Partial<Evidence>, service: string) =>
  rank(given)
    .filter((suspect) => suspect.service === service)
    .flatMap((suspect) => suspect.evidence.map(({ direction, text }) => `${direction}: ${text}`));

describe('evidence from traces', () => {
  it('is one line for an operation, however many instances it has', () => {
    const operations = ['a', 'b', 'c'].map((instance) =>
      operation({ service: 'checkout', operation: 'POST /checkout', instance, blame: 0.3 }),
    );
    const texts = textsOf({ operations }, 'checkout');
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('90 % of the added time and errors arise in POST /checkout on 3 instances');
    expect(texts[0]).toContain('errors 0 % to 40 %');
  });

  it('counts by how sure it is, not by its share of next to nothing', () => {
    const odd = operation({ service: 'search', blame: 1, calls: 50, errorShare: 0.02 });
    expect(names({ operations: [odd] })).toEqual([]);
    expect(names({ operations: [{ ...odd, errorShare: 0.4 }] })).toEqual(['search']);
  });

  it('says nothing of an operation that was not there before', () => {
    const fresh = operation({
      service: 'search',
      errorShare: 0,
      selfMs: 900,
      previousSelfMs: 0,
      previousCalls: 0,
    });
    expect(names({ operations: [fresh] })).toEqual([]);
  });

  it('is waiting for the callee where a caller slows down in calls to one service only', () => {
    const slow = { errorShare: 0, previousSelfMs: 5, selfMs: 400 };
    const one = operation({ ...slow, service: 'checkout', operation: 'shop.Payments/Charge', blame: 0.9 });
    expect(names({ operations: [one] })).toEqual(['payments']);
    expect(textsOf({ operations: [one] }, 'payments')[0]).toContain('in checkout waiting for it');
    const own = operation({ ...slow, service: 'checkout', operation: 'POST /checkout', blame: 0.9 });
    expect(names({ operations: [one, own] })).toEqual(['checkout']);
    const told = operation({ ...slow, service: 'checkout', operation: 'POST', peer: 'payments', blame: 0.9 });
    expect(names({ operations: [told] })).toEqual(['payments']);
  });

  it('names an instance when it alone is blamed', () => {
    const sick = operation({ service: 'checkout', instance: 'pod-1', blame: 0.9 });
    const well = operation({ service: 'checkout', instance: 'pod-2', blame: 0.02 });
    expect(rank({ operations: [sick, well] })[0]?.instance).toBe('pod-1');
    expect(rank({ operations: [sick, { ...well, blame: 0.8 }] })[0]?.instance).toBeUndefined();
  });
});

describe('evidence from errors', () => {
  it('speaks for the service that is named in them, and against the one that says so', () => {
    const errors = [failure({ service: 'checkout', template: 'Upstream payments answered <num>' })];
    const operations = [operation({ service: 'checkout', blame: 0.8 })];
    expect(names({ errors })).toEqual(['payments']);
    expect(textsOf({ errors, operations }, 'checkout')).toContainEqual(
      expect.stringMatching(/^against: its errors name payments/),
    );
  });

  it('takes whole names only', () => {
    const errors = [failure({ service: 'web', template: 'payments-archive and repayments are late' })];
    expect(names({ errors })).toEqual(['web']);
  });

  it('is none where the count differs by chance', () => {
    expect(names({ errors: [failure({ service: 'search', count: 20, previousCount: 9 })] })).toEqual([]);
    expect(names({ errors: [failure({ service: 'search', count: 60, previousCount: 9 })] })).toEqual([
      'search',
    ]);
  });
});

describe('evidence from signals', () => {
  it('counts what lasts before what is over, though that came first and was higher', () => {
    const over = anomaly({ service: 'search', onset: ago(60), score: 9, lasting: false });
    const lasts = anomaly({ service: 'payments', score: 6 });
    expect(names({ anomalies: [over, lasts] })[0]).toBe('payments');
  });

  it('counts who left first', () => {
    const anomalies = [
      anomaly({ service: 'users', onset: ago(20) }),
      anomaly({ service: 'search', onset: ago(30) }),
    ];
    expect(names({ anomalies })).toEqual(['search', 'users']);
    expect(textsOf({ anomalies }, 'users')[0]).toContain('10 min after the first');
  });

  it('is one line for the machine of a service, with its memory', () => {
    const anomalies = [
      anomaly({
        service: 'users',
        signal: 'memory',
        unit: 'By',
        baseline: 2 ** 28,
        value: 2 ** 29,
        score: 30,
      }),
      anomaly({ service: 'users', signal: 'cpu', unit: 'cores', score: 15 }),
    ];
    expect(textsOf({ anomalies }, 'users')).toEqual([
      expect.stringContaining('memory 256 MiB to 512 MiB since 11:30; cpu'),
    ]);
  });

  it('takes lost traffic for a symptom', () => {
    const anomalies = [anomaly({ service: 'orders', signal: 'request_rate', direction: 'down' })];
    expect(names({ anomalies })).toEqual([]);
  });
});

describe('evidence from changes', () => {
  it('fades with the time before the onset, and hardly counts where nothing is ill', () => {
    const anomalies = [anomaly({ service: 'web' }), anomaly({ service: 'checkout' })];
    const scoreOf = (minutes: number, service: string) => {
      const found = rank({ anomalies, calls: [], changes: [change({ service, time: ago(30 + minutes) })] });
      return found.find((suspect) => suspect.service === service)?.score ?? 0;
    };
    expect(scoreOf(2, 'checkout')).toBeGreaterThan(scoreOf(30, 'checkout'));
    expect(scoreOf(30, 'checkout')).toBeGreaterThan(scoreOf(60, 'checkout'));
    expect(scoreOf(2, 'inventory')).toBeLessThan(0.1);
    expect(scoreOf(-10, 'checkout')).toBe(scoreOf(60, 'checkout'));
  });

  it('holds the version since which memory has grown for the cause, hours later', () => {
    const grows = anomaly({ service: 'users', signal: 'memory', unit: 'By', onset: ago(230), score: 20 });
    const texts = textsOf(
      { anomalies: [grows], changes: [change({ service: 'users', time: ago(240) })] },
      'users',
    );
    expect(texts).toContainEqual(expect.stringContaining('at 08:00; its memory has grown since 08:10'));
  });
});

describe('victims', () => {
  const anomalies = [
    anomaly({ service: 'payments', score: 20 }),
    anomaly({ service: 'checkout', score: 20 }),
    anomaly({ service: 'web', score: 20 }),
  ];
  const errors = [failure({ service: 'payments' })];

  it('lose weight to what they call, through others too, and say so', () => {
    expect(names({ anomalies, errors })[0]).toBe('payments');
    expect(textsOf({ anomalies, errors }, 'checkout')).toContainEqual(
      expect.stringMatching(/^against: calls payments, which is ill itself/),
    );
    expect(textsOf({ anomalies, errors }, 'web')).toContainEqual(
      expect.stringMatching(/^against: calls payments through others/),
    );
  });

  it('are none when they fell ill well before what they call', () => {
    const early = anomalies.map((found) =>
      found.service === 'checkout' ? { ...found, onset: ago(45) } : found,
    );
    expect(textsOf({ anomalies: early, errors }, 'checkout').join()).not.toContain('against');
  });
});

describe('the list of suspects', () => {
  it('leaves out who has next to nothing of the evidence, and adds up to one at most', () => {
    const given = {
      operations: [operation({ service: 'payments', blame: 1 })],
      errors: [failure({ service: 'payments' })],
      alerts: [alert({ service: 'users' })],
      calls: [],
    };
    expect(names(given)).toEqual(['payments', 'users']);
    expect(names({ ...given, changes: [change({ service: 'inventory', time: ago(70) })] })).not.toContain(
      'inventory',
    );
    const scores = rank(given).map(({ score }) => score);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.03);
    expect(scores.reduce((sum, score) => sum + score, 0)).toBeLessThanOrEqual(1.01);
  });

  it('counts several alerts of one service as one line', () => {
    const alerts = [alert(), alert({ name: 'HighLatency' }), alert({ name: 'HighLatency' })];
    expect(textsOf({ alerts }, 'checkout')).toEqual(['for: HighErrorRate, HighLatency fire']);
  });
});

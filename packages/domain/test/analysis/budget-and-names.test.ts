import { describe, expect, it } from 'vitest';
import { closestNames, estimateTokens, fitTokens, type Point, thinPoints } from '../../src/index.js';

describe('estimateTokens', () => {
  // Counted with o200k_base.
  it.each([
    [
      'times and numbers',
      JSON.stringify([
        [1777881600000, 0.1234],
        [1777881660000, 0.2345],
      ]),
      21,
    ],
    ['prose', 'The services payments-api and ledger left their normal at the same time.', 14],
    ['an id', '4bf92f3577b34da6a3ce929d0e0e4736', 21],
  ])('is near for %s', (_, text, counted) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(counted * 0.85);
    expect(estimateTokens(text)).toBeLessThanOrEqual(counted * 1.5);
  });

  it('counts a value as its JSON', () => {
    expect(estimateTokens({ a: 1 })).toBe(estimateTokens('{"a":1}'));
  });
});

describe('fitTokens', () => {
  const rows = Array.from({ length: 100 }, (_, id) => ({ id, text: 'some words about this row' }));
  const options = { maxTokens: 500, reserved: 100, howToGetMore: 'Raise maxTokens.' };

  it('ranks before it cuts and says what was cut', () => {
    const fitted = fitTokens(rows, { ...options, rank: (a, b) => b.id - a.id });
    expect(fitted.rows[0]?.id).toBe(99);
    expect(fitted.rows.length).toBeGreaterThan(10);
    expect(fitted.tokens).toBeLessThanOrEqual(400);
    expect(fitted.truncation).toEqual({
      returned: fitted.rows.length,
      total: 100,
      more: true,
      howToGetMore: 'Raise maxTokens.',
    });
  });

  it('says nothing when nothing was left out', () => {
    expect(fitTokens(rows.slice(0, 3), options).truncation).toBeUndefined();
  });

  it('says that there is more when the backend said so, counted or not', () => {
    expect(fitTokens(rows.slice(0, 3), { ...options, total: 40 }).truncation).toMatchObject({
      returned: 3,
      total: 40,
    });
    const uncounted = fitTokens(rows.slice(0, 3), { ...options, more: true }).truncation;
    expect(uncounted).toMatchObject({ returned: 3, more: true });
    expect(uncounted).not.toHaveProperty('total');
  });

  it('gives the first row whatever it takes', () => {
    expect(fitTokens(['x '.repeat(10_000)], options).rows).toHaveLength(1);
  });
});

describe('closestNames', () => {
  const known = ['payments-api', 'payments-worker', 'ledger', 'orders-api', 'notification-service', 'cart'];
  it.each([
    ['paymnets-api', 'payments-api'],
    ['payments_api', 'payments-api'],
    ['Ledgr', 'ledger'],
    ['notification', 'notification-service'],
    ['card', 'cart'],
  ])('%s is probably %s', (typed, meant) => {
    expect(closestNames(typed, known)[0]).toBe(meant);
  });

  it('offers nothing that is far away, and never more than asked for', () => {
    expect(closestNames('zzzzzzzzzz', known)).toEqual([]);
    expect(closestNames('payments', known, 1)).toHaveLength(1);
    expect(closestNames('', known)).toEqual([]);
  });
});

describe('thinPoints', () => {
  it('averages neighbours, keeps gaps, and tells the real spacing', () => {
    const points: Point[] = [
      [0, 1],
      [10, 2],
      [20, null],
      [30, null],
      [40, 3.123456],
    ];
    expect(thinPoints(points, 10, 3)).toEqual({
      points: [
        [0, 1.5],
        [20, null],
        [40, 3.123],
      ],
      stepMs: 20,
    });
    expect(thinPoints(points, 10, 60).stepMs).toBe(10);
  });
});

import { describe, expect, it } from 'vitest';
import { judgeChange, type Point } from '../../src/index.js';

const minute = 60_000;
const series = (values: readonly (number | null)[], start = 0): Point[] =>
  values.map((value, i) => [start + i * minute, value]);
const noisy = (level: number, share: number, length = 60) =>
  Array.from({ length }, (_, i) => level * (1 + share * Math.sin(i * 1.7)));
const judge = (
  signal: string,
  unit: string,
  baseline: readonly (number | null)[],
  current: readonly (number | null)[],
) => judgeChange({ signal, unit, baseline: series(baseline), current: series(current, 100 * minute) });

describe('judgeChange', () => {
  it('calls noise stable', () => {
    expect(judge('latency_p95', 's', noisy(0.2, 0.1), noisy(0.205, 0.1)).verdict).toBe('stable');
  });

  it('finds a fault at the end of the window and when it began', () => {
    const current = [...noisy(0.002, 0.5, 50), ...noisy(0.3, 0.1, 10)];
    const judged = judge('error_rate', 'ratio', noisy(0.002, 0.5), current);
    expect(judged).toMatchObject({ verdict: 'regressed', since: new Date(150 * minute), until: null });
    expect(judged.score).toBeGreaterThan(20);
  });

  it('says when a regression was over within the window', () => {
    const current = [...noisy(0.1, 0.1, 20), 2, 2, 2, 2, ...noisy(0.1, 0.1, 20)];
    expect(judge('latency_p99', 's', noisy(0.1, 0.1), current)).toMatchObject({
      verdict: 'regressed',
      since: new Date(120 * minute),
      until: new Date(124 * minute),
    });
  });

  it('does not take single spikes for a regression, but a single restart for one', () => {
    const spikes = noisy(0.1, 0.1).map((value, i) => (i % 20 === 7 ? 3 : value));
    expect(judge('latency_p95', 's', noisy(0.1, 0.1), spikes).verdict).toBe('stable');
    const restarts = Array.from({ length: 30 }, (_, i) => (i === 12 ? 1 : 0));
    expect(judge('restarts', 'count', Array(30).fill(0), restarts).verdict).toBe('regressed');
  });

  it('does not call as many restarts as before a regression', () => {
    const once = Array.from({ length: 30 }, (_, i) => (i === 12 ? 1 : 0));
    expect(judge('restarts', 'count', once, once.toReversed()).verdict).toBe('stable');
  });

  it('calls the end of a fault an improvement only when it lasts', () => {
    const fault = noisy(0.4, 0.05);
    expect(judge('error_rate', 'ratio', fault, noisy(0.01, 0.1)).verdict).toBe('improved');
    const dip = fault.map((value, i) => (i > 10 && i < 16 ? 0.01 : value));
    expect(judge('error_rate', 'ratio', fault, dip).verdict).toBe('stable');
  });

  it('has a worse side for traffic and none for signals of the catalog', () => {
    const level = noisy(50, 0.05);
    expect(judge('request_rate', '1/s', level, noisy(5, 0.05)).verdict).toBe('regressed');
    expect(judge('request_rate', '1/s', level, noisy(500, 0.05)).verdict).toBe('changed');
    expect(judge('queue_depth', 'count', level, noisy(500, 0.05)).verdict).toBe('changed');
  });

  it('takes no interest in an idle processor', () => {
    expect(judge('cpu', 'ratio', noisy(0.02, 0.05), noisy(0.06, 0.05)).verdict).toBe('stable');
    expect(judge('error_rate', 'ratio', noisy(0.02, 0.05), noisy(0.06, 0.05)).verdict).toBe('regressed');
  });

  it('does not judge on fewer than five values', () => {
    expect(judge('cpu', 'cores', [1, 1, 1, null, 1], noisy(1, 0)).verdict).toBe('insufficient_data');
    expect(judge('cpu', 'cores', noisy(1, 0), []).verdict).toBe('insufficient_data');
  });

  it('lets gaps neither break a run nor make one', () => {
    const quiet = noisy(0.1, 0.05);
    expect(judge('cpu', 'cores', quiet, [...quiet, 1, null, 1, null, null, 1]).verdict).toBe('regressed');
    expect(judge('cpu', 'cores', quiet, [...quiet, 1, null, null, null, 1]).verdict).toBe('stable');
  });
});

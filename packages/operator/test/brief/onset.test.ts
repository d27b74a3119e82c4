import { describe, expect, it } from 'vitest';
import { findOnset, refineOnset } from '../../src/brief/onset.js';
import { ago, alert, anomaly, evidence, failure, operation } from './given-evidence.js';

describe('the verdict', () => {
  it('tells nothing wrong from nothing seen', () => {
    expect(findOnset(evidence()).verdict).toBe('nothing_wrong');
    expect(findOnset(evidence({ examined: 0 })).verdict).toBe('not_enough_data');
    expect(findOnset(evidence({ examined: 0, alerts: [alert()] })).verdict).toBe('fault');
  });

  it('takes one alert that is not minor', () => {
    expect(findOnset(evidence({ alerts: [alert({ severity: 'low' })] })).verdict).toBe('nothing_wrong');
    expect(findOnset(evidence({ alerts: [alert({ severity: 'medium' })] })).verdict).toBe('fault');
  });

  it('takes two signs without an alert, or one that cannot be mistaken', () => {
    const one = anomaly({ service: 'search', score: 7 });
    const verdict = (given: Parameters<typeof evidence>[0]) => findOnset(evidence(given)).verdict;
    expect(verdict({ anomalies: [one, { ...one, signal: 'latency_p95' }] })).toBe('nothing_wrong');
    expect(verdict({ anomalies: [one, { ...one, service: 'web' }] })).toBe('fault');
    expect(verdict({ anomalies: [{ ...one, score: 30 }] })).toBe('fault');
    expect(verdict({ anomalies: [one], errors: [failure({ service: 'search' })] })).toBe('fault');
    expect(verdict({ anomalies: [{ ...one, score: 30, lasting: false }] })).toBe('nothing_wrong');
    expect(verdict({ anomalies: [{ ...one, score: 30, signal: 'request_rate' }] })).toBe('nothing_wrong');
  });

  it('takes traces that surely got worse', () => {
    const worse = operation({ service: 'search', blame: 1 });
    expect(findOnset(evidence({ operations: [worse] })).verdict).toBe('fault');
    expect(findOnset(evidence({ operations: [{ ...worse, errorShare: 0.02 }] })).verdict).toBe(
      'nothing_wrong',
    );
  });
});

describe('the onset', () => {
  it('is the first strong and lasting departure that users feel', () => {
    const anomalies = [
      anomaly({ service: 'web', onset: ago(28) }),
      anomaly({ service: 'checkout', onset: ago(30) }),
      anomaly({ service: 'search', onset: ago(80), lasting: false }),
      anomaly({ service: 'users', onset: ago(90), signal: 'memory' }),
      anomaly({ service: 'orders', onset: ago(70), score: 4.5 }),
    ];
    expect(findOnset(evidence({ anomalies, alerts: [alert()] })).onset).toBe(ago(30));
  });

  it('is the first alert where signals say nothing', () => {
    const alerts = [alert({ since: ago(20) }), alert({ since: ago(25) })];
    expect(findOnset(evidence({ alerts })).onset).toBe(ago(25));
  });

  const top = { service: 'checkout', kind: 'bad_deployment', score: 1, evidence: [] } as const;

  it('is told by the first suspect and its callers, and by new errors just before', () => {
    const anomalies = [
      anomaly({ service: 'search', onset: ago(60) }),
      anomaly({ service: 'web', onset: ago(29) }),
      anomaly({ service: 'checkout', onset: ago(28) }),
    ];
    expect(refineOnset(evidence({ anomalies }), top, ago(60))).toBe(ago(29));
    const errors = [failure({ service: 'checkout', firstSeen: ago(31) })];
    expect(refineOnset(evidence({ anomalies, errors }), top, ago(60))).toBe(ago(31));
    const old = [failure({ service: 'checkout', firstSeen: ago(100) })];
    expect(refineOnset(evidence({ anomalies, errors: old }), top, ago(60))).toBe(ago(29));
  });

  it('of a leak is when memory began to grow', () => {
    const anomalies = [
      anomaly({ service: 'checkout', signal: 'memory', onset: ago(200) }),
      anomaly({ service: 'checkout', onset: ago(30) }),
    ];
    expect(refineOnset(evidence({ anomalies }), { ...top, kind: 'memory_leak' }, ago(30))).toBe(ago(200));
    expect(refineOnset(evidence({ anomalies }), top, ago(30))).toBe(ago(30));
  });
});

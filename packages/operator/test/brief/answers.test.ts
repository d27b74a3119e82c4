import { describe, expect, it } from 'vitest';
import {
  alertsAnswer,
  anomaliesAnswer,
  comparisonAnswer,
  dependenciesAnswer,
  historyAnswer,
} from '../../src/brief/answers.js';

describe('answers are read leniently', () => {
  it('an alert of no service, without summary or values', () => {
    const alerts = [{ name: 'Watchdog', severity: 'info', since: '2026-03-04T11:00:00Z', later: 'field' }];
    expect(alertsAnswer.parse({ data: { groups: [{ alerts }], more: 1 } }).data.groups[0]?.alerts[0]).toEqual(
      {
        ...{ name: 'Watchdog', severity: 'info', since: '2026-03-04T11:00:00Z', service: null, summary: '' },
        ...{ value: null, threshold: null },
      },
    );
  });

  it('an anomaly of a service as a whole that lasts', () => {
    const signal = {
      signal: 'error_rate',
      unit: 'ratio',
      onset: '2026-03-04T11:00:00Z',
      baseline: 0,
      value: 1,
      score: 9,
    };
    const parsed = anomaliesAnswer.parse({
      data: { services: [{ service: 'a', signals: [signal] }], examined: { services: 1 } },
    });
    expect(parsed.data.services[0]?.signals[0]).toMatchObject({
      ...{ instance: null, end: null, onset: Date.parse('2026-03-04T11:00:00Z') },
    });
  });

  it('an operation from a server that says neither peer nor counts', () => {
    const operation = {
      ...{ service: 'a', operation: 'GET /', blame: 0.5, selfMsP95: 2, previousSelfMsP95: 1 },
      ...{ errorShare: 0, previousErrorShare: 0 },
    };
    const parsed = comparisonAnswer.parse({ data: { traces: 3, operations: [operation] } });
    expect(parsed.data).toMatchObject({
      baselineTraces: 0,
      operations: [{ peer: null, instance: null, calls: 0, previousCalls: 0 }],
    });
  });

  it('a deployment without a diff', () => {
    const deployment = {
      ...{ service: 'a', time: '2026-03-04T11:00:00Z', kind: 'deployment', revision: 'abc' },
      ...{ by: 'oncall@example.com', title: 't' },
    };
    const parsed = historyAnswer.parse({ data: { deployments: [deployment] } });
    expect(parsed.data.deployments[0]).toMatchObject({ version: null, diff: null });
  });

  it('and refused where what is needed is not there', () => {
    expect(dependenciesAnswer.safeParse({ data: { nodes: [{ name: 'a' }], edges: [] } }).success).toBe(false);
    expect(anomaliesAnswer.safeParse({ data: {} }).success).toBe(false);
  });
});

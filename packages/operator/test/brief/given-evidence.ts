import type {
  AlertFact,
  AnomalyFact,
  ChangeFact,
  ErrorFact,
  Evidence,
  OperationFact,
} from '../../src/brief/evidence.js';

export const at = Date.parse('2026-03-04T12:00:00Z');
export const minute = 60_000;
/** So many minutes before the brief. */
export const ago = (minutes: number) => at - minutes * minute;

export function evidence(given: Partial<Evidence> = {}): Evidence {
  return {
    at,
    windowStart: ago(120),
    alerts: [],
    anomalies: [],
    errors: [],
    operations: [],
    changes: [],
    calls: [
      { from: 'web', to: 'checkout' },
      { from: 'checkout', to: 'payments' },
    ],
    examined: 5,
    ...given,
  };
}

export function anomaly(given: Partial<AnomalyFact> & Pick<AnomalyFact, 'service'>): AnomalyFact {
  return {
    instance: null,
    signal: 'error_rate',
    unit: 'ratio',
    onset: ago(30),
    baseline: 0,
    value: 0.3,
    score: 10,
    direction: 'up',
    lasting: true,
    ...given,
  };
}

export function operation(given: Partial<OperationFact> & Pick<OperationFact, 'service'>): OperationFact {
  return {
    operation: 'POST /x',
    instance: null,
    blame: 0.5,
    calls: 100,
    previousCalls: 100,
    peer: null,
    selfMs: 20,
    previousSelfMs: 20,
    errorShare: 0.4,
    previousErrorShare: 0,
    ...given,
  };
}

export function failure(given: Partial<ErrorFact> & Pick<ErrorFact, 'service'>): ErrorFact {
  return {
    type: 'TypeError',
    template: 'cannot read',
    count: 200,
    previousCount: 0,
    firstSeen: ago(31),
    ...given,
  };
}

export function change(given: Partial<ChangeFact> & Pick<ChangeFact, 'service'>): ChangeFact {
  return {
    time: ago(33),
    kind: 'deployment',
    version: '2.0.0',
    revision: 'a'.repeat(40),
    by: 'oncall@example.com',
    migrations: [],
    configuration: [],
    flags: [],
    changesImage: true,
    summary: 'deploy 2.0.0',
    ...given,
  };
}

export function alert(given: Partial<AlertFact> = {}): AlertFact {
  return { service: 'checkout', name: 'HighErrorRate', severity: 'critical', since: ago(27), ...given };
}

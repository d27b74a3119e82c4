import type { Brief } from '../../src/brief/model.js';

export function brief(given: Partial<Brief> = {}): Brief {
  return {
    version: 1,
    at: '2026-03-04T12:00:00.000Z',
    window: { start: '2026-03-04T10:00:00.000Z', end: '2026-03-04T12:00:00.000Z' },
    environment: 'production',
    verdict: 'fault',
    onset: '2026-03-04T11:30:00.000Z',
    alerts: [],
    changes: [],
    errors: [],
    affected: [],
    onCall: [],
    runbooks: [],
    similar: [],
    suspects: [
      {
        service: 'checkout',
        kind: 'bad_deployment',
        score: 0.9,
        evidence: [{ direction: 'for', text: 'it fails', source: 'compare_traces' }],
      },
    ],
    rollbackPlan: null,
    unreachable: [],
    ...given,
  };
}

/** A brief in which everything that comes from outside is the given text. */
export function briefSaying(text: string): Brief {
  const time = '2026-03-04T11:31:00.000Z';
  return brief({
    environment: text,
    alerts: [
      { name: text, service: text, severity: 'critical', since: time, summary: text, value: 1, threshold: 0 },
    ],
    changes: [
      {
        service: text,
        time,
        kind: 'deployment',
        version: text,
        revision: text,
        by: text,
        summary: text,
        minutesBeforeOnset: 2,
      },
    ],
    errors: [
      {
        service: text,
        type: text,
        message: text,
        count: 90,
        previousCount: 0,
        firstSeen: time,
        traceIds: [text],
      },
    ],
    affected: [{ service: text, health: 'unhealthy', reason: text, owner: text, since: time }],
    onCall: [{ service: text, who: text, until: time }],
    runbooks: [{ id: text, title: text, why: text }],
    similar: [{ id: text, title: text, why: text, resolution: text }],
    suspects: [
      {
        service: text,
        instance: text,
        kind: 'bad_deployment',
        score: 1,
        evidence: [{ direction: 'for', text, source: text }],
      },
    ],
    rollbackPlan: {
      ...{
        planId: text,
        service: text,
        from: text,
        to: text,
        migrationVerdict: 'safe',
        safeToRollBack: true,
      },
      ...{ evidence: text, rollForward: text, apply: text },
    },
    unreachable: [{ server: text, reason: text }],
  });
}

import { callTool, fakeKnowledge } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { incident as incidentResource } from '../src/resources/incident.js';
import { runbook as runbookResource } from '../src/resources/runbook.js';
import { findRunbooks } from '../src/tools/find-runbooks.js';
import { findSimilarIncidents } from '../src/tools/find-similar-incidents.js';
import { catalog, incident, now, runbook } from './company.js';

const knowledge = fakeKnowledge({
  runbooks: [
    runbook('errors'),
    runbook('old', { alerts: [], reviewed: new Date('2024-01-01T00:00:00Z') }),
    runbook('pool', {
      services: [],
      alerts: [],
      title: 'Connection pool exhausted',
      reviewed: null,
      tags: [],
    }),
    runbook('web', { services: ['web'], alerts: [], title: 'Web pages', body: 'connection pool', tags: [] }),
    runbook('ledger', { services: ['ledger'], alerts: [], title: 'Ledger down', body: '', tags: [] }),
  ],
  incidents: [
    incident('INC-1'),
    incident('INC-2', {
      services: ['web'],
      alerts: ['HighErrorRate', 'SlowPages'],
      kind: 'traffic_spike',
      body: '',
    }),
    incident('INC-3', {
      services: ['ledger'],
      alerts: [],
      kind: 'slow_database',
      body: 'Index was missing.',
    }),
    incident('INC-4', {
      services: ['catalogue'],
      alerts: [],
      kind: null,
      title: 'Other',
      body: '',
      resolution: null,
    }),
  ],
});
const ports = { knowledge, services: catalog };
const context = { now, signal: new AbortController().signal, progress: () => {} };

describe('find_runbooks', () => {
  const ask = (input: object) => callTool(findRunbooks, input, ports, { now });

  it('ranks by alert, service, neighbours and words, with why and freshness', async () => {
    const { answer, text } = await ask({ service: 'payments-api', alert: 'HighErrorRate' });
    expect(answer.data.runbooks.map(({ id }) => id)).toEqual(['errors', 'old', 'ledger']);
    expect(answer.data.runbooks[0]).toMatchObject({
      uri: 'runbook://errors',
      freshness: 'fresh',
      reviewed: '2026-04-01',
      steps: 2,
    });
    expect(answer.data.runbooks[0]?.why[0]).toBe('is for the alert HighErrorRate');
    expect(answer.data.runbooks[1]?.freshness).toBe('stale');
    expect(answer.data.runbooks[2]?.why).toEqual(['is for ledger, on which payments-api depends']);
    expect(text).toContain('stale, reviewed 2024-01-01');
  });

  it('finds by symptom, and does not offer what is for another service', async () => {
    const { answer } = await ask({ service: 'payments-api', text: 'connection pools are exhausted' });
    expect(answer.data.runbooks.map(({ id }) => id)).toContain('pool');
    expect(answer.data.runbooks.map(({ id }) => id)).not.toContain('web');
    expect(answer.data.runbooks.find(({ id }) => id === 'pool')?.freshness).toBe('never_reviewed');
  });

  it('none is an answer, and asking for nothing is not a question', async () => {
    const { answer, text } = await ask({ text: 'certificate expiry' });
    expect(answer.data.runbooks).toEqual([]);
    expect(text).toContain('None of 5 runbooks matches.');
    await expect(ask({})).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('find_similar_incidents', () => {
  const ask = (input: object) => callTool(findSimilarIncidents, input, ports, { now });

  it('ranks by alerts, service, kind and words, with why and what helped', async () => {
    const { answer, text } = await ask({
      service: 'payments-api',
      alerts: ['HighErrorRate'],
      kind: 'bad_deployment',
      text: 'connection pool exhausted',
    });
    expect(answer.data.incidents.map(({ id }) => id)).toEqual(['INC-1', 'INC-2', 'INC-3']);
    expect(answer.data.incidents[0]).toMatchObject({
      durationSeconds: 3600,
      resolution: 'Rolled back to 1.4.1',
    });
    expect(answer.data.incidents[0]?.why).toEqual([
      'same alert: HighErrorRate',
      'same service: payments-api',
      'same kind: bad_deployment',
      'words: connection, pool, exhausted, bad, deployment',
    ]);
    expect(answer.data.incidents[2]?.why).toEqual(['ledger is next to payments-api in the graph']);
    expect(text).toContain('what helped: “Rolled back to 1.4.1”');
  });

  it('cuts to the limit and says so; none is an answer', async () => {
    const { answer } = await ask({ alerts: ['HighErrorRate'], limit: 1 });
    expect(answer.truncation).toMatchObject({ returned: 1, total: 2 });
    expect((await ask({ alerts: ['Nope'] })).answer.data.incidents).toEqual([]);
    await expect(ask({})).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('resources', () => {
  it('give the records as they were written, and complete ids', async () => {
    const text = await runbookResource.read({ params: { id: 'ERRORS' }, ports, ...context });
    expect(text).toContain('# Error rate of payments');
    expect(text).toContain('Look at the connection pool.');
    const record = await incidentResource.read({ params: { id: 'INC-1' }, ports, ...context });
    expect(record).toContain('kind: bad_deployment');
    expect(await runbookResource.complete?.id?.({ value: 'o', ports, ...context })).toEqual([
      'old',
      'errors',
      'pool',
    ]);
    expect((await incidentResource.list?.({ ports, ...context }))?.[0]).toEqual({
      uri: 'incident://INC-1',
      name: 'INC-1 Payments declined',
    });
  });

  it('an unknown id names the closest', async () => {
    await expect(runbookResource.read({ params: { id: 'eror' }, ports, ...context })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean errors?',
    });
  });
});

import { callTool, fakeDeployments, fakeMetrics } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { findAnomalies } from '../src/tools/find-anomalies.js';
import { listServiceMetrics } from '../src/tools/list-service-metrics.js';
import { anomaly, at, catalog, deployment, minutes, now } from './company.js';

const series = [{ service: 'payments-api', signal: 'cpu', unit: 'cores', points: minutes('11:00:00', 1) }];
const ask = (anomalies: ReturnType<typeof anomaly>[], input: object = {}) =>
  callTool(
    findAnomalies,
    { environment: 'production', ...input },
    {
      metrics: fakeMetrics({ series, anomalies }),
      services: catalog,
      deployments: fakeDeployments({ deployments: [deployment('d2', 'ledger', '11:35:00')] }),
    },
    { now },
  );

describe('find_anomalies', () => {
  const outage = [
    anomaly('web', 'latency_p95', '11:44:00', 90),
    anomaly('payments-api', 'error_rate', '11:42:30', 60),
    anomaly('payments-api', 'latency_p95', '11:43:00', 20),
    anomaly('ledger', 'error_rate', '11:42:10', 25),
    anomaly('catalogue', 'cpu', '11:05:00', 5),
  ];

  it('ranks strong deviations by onset, then by score, and weak ones last', async () => {
    const { answer } = await ask(outage);
    expect(answer.data.services.map((s) => s.service)).toEqual([
      'payments-api',
      'ledger',
      'web',
      'catalogue',
    ]);
    expect(answer.data.services[0]).toMatchObject({ onset: '2026-05-04T11:42:30.000Z', score: 60 });
  });

  it('says which dependencies deviated before, and what was deployed in the hour before', async () => {
    const { answer, text } = await ask(outage);
    const [payments, ledger, web] = answer.data.services;
    expect(payments?.dependenciesBefore).toEqual(['ledger']);
    expect(web?.dependenciesBefore).toEqual(['payments-api']);
    expect(ledger).toMatchObject({ deployment: { id: 'd2' }, owner: 'group:default/team-ledger' });
    expect(text).toContain('deployed 11:35:00 (d2)');
  });

  it('keeps "nothing is wrong" and "nothing to look at" apart', async () => {
    expect((await ask([])).answer.hints?.[0]).toContain('Nothing left its normal: 1 series of 1 services');
    const empty = await callTool(
      findAnomalies,
      { environment: 'production' },
      { metrics: fakeMetrics({}), services: catalog, deployments: undefined },
      { now },
    );
    expect(empty.answer.hints?.join(' ')).toContain('not enough data');
    expect(empty.answer.hints?.join(' ')).toContain('environments.production.ports.deployments');
  });

  it('cuts to top and says how many there were', async () => {
    const { answer } = await ask(outage, { top: 2 });
    expect(answer.truncation).toMatchObject({ returned: 2, total: 4, more: true });
  });
});

describe('list_service_metrics', () => {
  const info = (name: string, lastSeen: string) => ({
    name,
    unit: 's',
    kind: 'histogram' as const,
    temporality: 'cumulative' as const,
    attributes: ['http.route', 'service.instance.id'],
    series: 12,
    lastSeen: at(lastSeen),
  });
  const metrics = fakeMetrics({
    metrics: {
      'payments-api': [info('old.metric', '08:00:00'), info('http.server.request.duration', '11:59:00')],
    },
  });
  const list = (input: object) =>
    callTool(
      listServiceMetrics,
      { service: 'payments-api', environment: 'production', ...input },
      { metrics, services: catalog },
      { now },
    );

  it('lists with units, those still sent first, and the signals of the catalog', async () => {
    const { answer, text } = await list({});
    expect(answer.data.metrics.map((m) => m.name)).toEqual(['http.server.request.duration', 'old.metric']);
    expect(answer.data.catalogSignals).toEqual(['queue_depth']);
    expect(text).toContain('histogram (cumulative)');
  });

  it('filters by name and says when nothing matches', async () => {
    expect((await list({ match: 'HTTP' })).answer.data.metrics).toHaveLength(1);
    expect((await list({ match: 'kafka' })).answer.hints?.[0]).toContain('contains kafka');
  });

  it('answers an unknown service with the closest name', async () => {
    await expect(list({ service: 'payment-api' })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean payments-api?',
    });
  });
});

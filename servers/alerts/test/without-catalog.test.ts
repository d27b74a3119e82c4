import { ToolError } from '@devops-mcp/contract';
import type { MetricsApi, OnCallApi, WorkloadsApi } from '@devops-mcp/domain';
import { callTool, fakeAlerts, fakeKnowledge, fakeMetrics, fakeServices } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { buildIncidentTimeline } from '../src/tools/build-incident-timeline.js';
import { findRunbooks } from '../src/tools/find-runbooks.js';
import { findSimilarIncidents } from '../src/tools/find-similar-incidents.js';
import { getActiveAlerts } from '../src/tools/get-active-alerts.js';
import { getAlertHistory } from '../src/tools/get-alert-history.js';
import { getOnCallSchedule } from '../src/tools/get-on-call-schedule.js';
import { alert, now, shift, transition } from './company.js';

const services = fakeServices([]);
const alerts = fakeAlerts({
  alerts: [alert('HighErrorRate', 'checkout', '11:50:00')],
  transitions: [transition('HighErrorRate', 'checkout', 'firing', '11:50:00')],
});
const metrics = fakeMetrics({ metrics: { checkout: [], 'payments-api': [] } });
/** Only lists services; nothing else is asked of it here. */
const workloads = {
  services: async () => ({ data: ['ledger'], source: { backend: 'fake' } }),
} as Partial<WorkloadsApi> as WorkloadsApi;
const down = {
  services: async () => {
    throw new ToolError('unavailable', 'Down.');
  },
} as Partial<MetricsApi> as MetricsApi;

interface Inventory {
  readonly metrics: MetricsApi | undefined;
  readonly workloads: WorkloadsApi | undefined;
}
const both: Inventory = { metrics, workloads };
const none: Inventory = { metrics: undefined, workloads: undefined };
const others = { knowledge: undefined, deployments: undefined, logs: undefined, actionHistory: undefined };

const tools = {
  get_active_alerts: (service: string, inventory: Inventory) =>
    callTool(
      getActiveAlerts,
      { environment: 'production', service },
      { alerts, services, ...inventory },
      { now },
    ),
  get_alert_history: (service: string, inventory: Inventory) =>
    callTool(
      getAlertHistory,
      { environment: 'production', service },
      { alerts, services, ...others, ...inventory },
      { now },
    ),
  build_incident_timeline: (service: string, inventory: Inventory) =>
    callTool(
      buildIncidentTimeline,
      { environment: 'production', service },
      { alerts, services, ...others, ...inventory },
      { now },
    ),
};

describe.each(Object.entries(tools))('%s without a catalog', (_, ask) => {
  it.each(['checkout', 'payments-api', 'ledger'])(
    'answers for %s, which a backend shows',
    async (service) => {
      expect((await ask(service, both)).answer.data.environment).toBe('production');
    },
  );

  it('offers the closest names that backends show', async () => {
    await expect(ask('payment-api', both)).rejects.toMatchObject({
      code: 'not_found',
      details: { known: ['payments-api'] },
    });
    await expect(ask('ledgr', { ...both, metrics: down })).rejects.toMatchObject({
      details: { known: ['ledger'] },
    });
  });

  it('calls no name wrong when no backend lists services', async () => {
    for (const inventory of [none, { ...none, metrics: down }]) {
      expect((await ask('anything', inventory)).answer.data.environment).toBe('production');
    }
  });
});

describe('tools about records without a catalog', () => {
  const knowledge = fakeKnowledge({});

  it('look for any service', async () => {
    const runbooks = await callTool(findRunbooks, { service: 'checkout' }, { knowledge, services }, { now });
    expect(runbooks.answer.data.runbooks).toEqual([]);
    const question = { service: 'checkout' };
    const incidents = await callTool(findSimilarIncidents, question, { knowledge, services }, { now });
    expect(incidents.answer.data.incidents).toEqual([]);
  });

  it('show the schedule of the service itself, and say why', async () => {
    const asked: object[] = [];
    const onCall: OnCallApi = {
      async shifts(query) {
        asked.push(query);
        if (query.schedule !== 'checkout') throw new ToolError('not_found', 'No schedule.');
        const shifts = [shift('a', '2026-05-04T08:00:00Z', '2026-05-05T08:00:00Z')];
        return { data: { timeZone: 'UTC', shifts, gaps: [] }, source: { backend: 'fake' } };
      },
    };
    const ask = (service: string) => callTool(getOnCallSchedule, { service }, { onCall, services }, { now });
    const { answer, text } = await ask('checkout');
    expect(answer.data.now.map(({ who }) => who)).toEqual(['a@example.com']);
    expect(answer.data).not.toHaveProperty('owner');
    expect(answer.hints).toEqual([expect.stringContaining('No catalog says who owns it')]);
    expect(text).toContain('On call for checkout at');
    await expect(ask('search')).rejects.toMatchObject({ code: 'not_found' });
  });
});

import {
  callTool,
  fakeAlerts,
  fakeDependencies,
  fakeDeployments,
  fakeMetrics,
  fakeServices,
} from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { findAnomalies } from '../src/tools/find-anomalies.js';
import { getServiceDependencies } from '../src/tools/get-service-dependencies.js';
import { getServiceMetrics } from '../src/tools/get-service-metrics.js';
import { listServiceMetrics } from '../src/tools/list-service-metrics.js';
import { alert, anomaly, deployment, edge, minutes, now } from './company.js';

const services = fakeServices([]);
const cpu = { signal: 'cpu', unit: 'cores', points: minutes('11:00:00', 1) };
const metrics = fakeMetrics({
  series: [{ ...cpu, service: 'payments-api' }],
  anomalies: [anomaly('payments-api', 'cpu', '11:40:00', 40)],
});
const environment = 'production';
const nothing = { dependencies: undefined, metrics: undefined, alerts: undefined, deployments: undefined };
const depend = (service: string, ports: Partial<Parameters<typeof getServiceDependencies.run>[0]['ports']>) =>
  callTool(getServiceDependencies, { service, environment }, { services, ...nothing, ...ports }, { now });

describe('metrics without a catalog', () => {
  it('are shown for a service that sends them', async () => {
    const ports = { metrics, services, deployments: undefined };
    const measured = await callTool(getServiceMetrics, { service: 'payments-api', environment }, ports, {
      now,
    });
    expect(measured.answer.data.signals.map(({ signal }) => signal)).toEqual(['cpu']);
    const found = await callTool(findAnomalies, { environment }, ports, { now });
    expect(found.answer.data.services.map(({ service }) => service)).toEqual(['payments-api']);
    const listed = await callTool(listServiceMetrics, { service: 'payments-api', environment }, ports, {
      now,
    });
    expect(listed.answer.data.service).toBe('payments-api');
  });

  it.each([getServiceMetrics, listServiceMetrics])('offer the closest names: $name', async (tool) => {
    const ports = { metrics, services, deployments: undefined };
    const input = { service: 'payment-api', environment };
    const ask =
      tool === getServiceMetrics
        ? callTool(tool, input, ports, { now })
        : callTool(listServiceMetrics, input, ports, { now });
    await expect(ask).rejects.toMatchObject({ code: 'not_found', details: { known: ['payments-api'] } });
  });
});

describe('dependencies without a catalog', () => {
  const dependencies = fakeDependencies([edge('payments-api', 'ledger')]);
  const alerts = fakeAlerts({ alerts: [alert('HighErrorRate', 'checkout', 'critical')] });
  const deployments = fakeDeployments({ deployments: [deployment('d1', 'search', '11:35:00')] });

  it.each(['payments-api', 'ledger', 'checkout', 'search'])(
    'know %s, which some backend shows',
    async (service) => {
      const { answer } = await depend(service, { dependencies, metrics, alerts, deployments });
      expect(answer.data.service).toBe(service);
    },
  );

  it('offer the closest names that backends show', async () => {
    await expect(depend('checkot', { dependencies, alerts })).rejects.toMatchObject({
      code: 'not_found',
      details: { known: ['checkout'] },
    });
  });

  it('call no name wrong when nothing that lists services could be read', async () => {
    expect((await depend('anything', { alerts })).answer.data.service).toBe('anything');
  });
});

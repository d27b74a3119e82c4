import { estimateTokens } from '@devops-mcp/domain';
import {
  callTool,
  fakeAlerts,
  fakeDependencies,
  fakeDeployments,
  fakeMetrics,
  fakeServices,
} from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { serviceDependencies } from '../src/resources/service-dependencies.js';
import { getServiceDependencies } from '../src/tools/get-service-dependencies.js';
import { alert, anomaly, at, catalog, deployment, edge, minutes, now } from './company.js';

const names = ['web', 'payments-api', 'ledger', 'fraud-check', 'catalogue'];
const series = names.map((service) => ({
  service,
  signal: 'cpu',
  unit: 'cores',
  points: minutes('11:00:00', 1),
}));
const before = { lastSeen: at('10:59:00') };
const calls = [
  edge('web', 'payments-api', { errorShare: 0.2 }),
  edge('web', 'payments-api', before),
  edge('payments-api', 'ledger', { errorShare: 0.4 }),
  edge('payments-api', 'ledger', before),
  edge('payments-api', 'fraud-check'),
  edge('payments-api', 'fraud-check', before),
  edge('payments-api', 'audit-sink', { callsPerSecond: 1 }),
];
const outage = [
  anomaly('ledger', 'error_rate', '11:40:00', 40),
  anomaly('payments-api', 'error_rate', '11:41:30', 60),
  anomaly('web', 'error_rate', '11:42:00', 50),
];

function world(more: { anomalies?: ReturnType<typeof anomaly>[]; calls?: ReturnType<typeof edge>[] } = {}) {
  return {
    services: catalog,
    metrics: fakeMetrics({ series, anomalies: more.anomalies ?? outage }),
    dependencies: fakeDependencies(more.calls ?? calls),
    alerts: fakeAlerts({ alerts: [alert('HighErrorRate', 'ledger', 'critical')] }),
    deployments: fakeDeployments({ deployments: [deployment('d2', 'payments-api', '11:35:00')] }),
  };
}
type Ports = Parameters<typeof getServiceDependencies.run>[0]['ports'];
const ask = (input: object = {}, ports: Ports = world()) =>
  callTool(getServiceDependencies, { service: 'payments-api', environment: 'production', ...input }, ports, {
    now,
  });
const quietCalls = calls.map((call) => ({ ...call, errorShare: 0.001 }));

describe('get_service_dependencies: the graph', () => {
  it('shows callers and callees with owner, health, alerts and last deployment', async () => {
    const { answer } = await ask();
    const node = (name: string) => answer.data.nodes.find((n) => n.name === name);
    expect(node('payments-api')).toMatchObject({ relation: 'self', depth: 0, lastDeployment: { id: 'd2' } });
    expect(node('web')).toMatchObject({ relation: 'upstream', owner: 'group:default/team-web' });
    expect(node('ledger')).toMatchObject({
      relation: 'downstream',
      health: 'unhealthy',
      alerts: ['HighErrorRate (critical)'],
      judgedBy: ['anomalies', 'alerts', 'calls'],
    });
    expect(node('fraud-check')).toMatchObject({ health: 'healthy', reasons: [] });
    expect(node('resource:default/payments-db')).toMatchObject({ kind: 'resource', health: 'unknown' });
  });

  it('puts declared and observed side by side, with freshness, and shows where they disagree', async () => {
    const { answer } = await ask({}, world({ calls: calls.filter((c) => c.to !== 'fraud-check') }));
    const found = (to: string) => answer.data.edges.find((e) => e.to === to);
    expect(found('ledger')).toMatchObject({
      origin: 'both',
      seenSecondsAgo: 30,
      errorShare: 0.4,
      previousErrorShare: 0.001,
    });
    expect(found('fraud-check')).toEqual({ from: 'payments-api', to: 'fraud-check', origin: 'declared' });
    expect(found('audit-sink')).toMatchObject({ origin: 'observed' });
    expect(answer.data.disagreements.toSorted()).toEqual([
      'payments-api calls audit-sink, which the catalog does not declare.',
      'payments-api → fraud-check is declared in the catalog, but no call was seen in this window.',
    ]);
  });

  it('follows one direction and as deep as asked', async () => {
    const up = await ask({ service: 'ledger', direction: 'upstream', depth: 2 });
    expect(up.answer.data.nodes.map((n) => [n.name, n.depth]).toSorted()).toEqual([
      ['ledger', 0],
      ['payments-api', 1],
      ['web', 2],
    ]);
    const down = await ask({ service: 'web', direction: 'downstream', depth: 1 });
    expect(down.answer.data.nodes.map((n) => n.name).toSorted()).toEqual([
      'catalogue',
      'payments-api',
      'web',
    ]);
  });

  it('survives a cycle of calls', async () => {
    const { answer } = await ask({ depth: 3 }, world({ calls: [...calls, edge('ledger', 'web')] }));
    expect(new Set(answer.data.nodes.map((n) => n.name)).size).toBe(answer.data.nodes.length);
  });

  it('keeps to the budget, the ill first, and says what was cut', async () => {
    const many = Array.from({ length: 150 }, (_, i) => edge('payments-api', `callee-${i}`));
    const { answer } = await ask({}, world({ calls: [...calls, ...many] }));
    expect(estimateTokens(answer)).toBeLessThanOrEqual(2_000);
    expect(answer.data.nodes.slice(0, 3).map((n) => n.name)).toEqual(['payments-api', 'ledger', 'web']);
    expect(answer.truncation).toMatchObject({ more: true });
    expect(answer.truncation?.total).toBeGreaterThan(300);
  });
});

describe('get_service_dependencies: health', () => {
  const judged = async (...anomalies: ReturnType<typeof anomaly>[]) => {
    const ports = { ...world({ anomalies, calls: quietCalls }), alerts: undefined };
    return (await ask({}, ports)).answer.data.nodes.find((node) => node.name === 'fraud-check');
  };
  const slow = (instance: string, onset: string, more = {}) =>
    anomaly('fraud-check', 'latency_p95', onset, 20, { instance, ...more });

  it('is degraded by one instance, unhealthy by two', async () => {
    expect(await judged(slow('fraud-check-1', '11:40:00'))).toMatchObject({ health: 'degraded' });
    expect(await judged(slow('fraud-check-1', '11:40:00'), slow('fraud-check-2', '11:41:00'))).toMatchObject({
      health: 'unhealthy',
      since: '2026-05-04T11:40:00.000Z',
    });
  });

  it('counts from what decided, not from what was over before', async () => {
    const over = anomaly('fraud-check', 'latency_p95', '11:02:00', 9, { end: at('11:06:00') });
    expect(await judged(over)).toMatchObject({ health: 'degraded' });
    const lasting = anomaly('fraud-check', 'error_rate', '11:40:00', 30);
    expect(await judged(over, lasting)).toMatchObject({
      health: 'unhealthy',
      since: '2026-05-04T11:40:00.000Z',
    });
  });

  it('is not moved by what chance explains, nor by fewer errors', async () => {
    expect(await judged(anomaly('fraud-check', 'error_rate', '11:40:00', 5))).toMatchObject({
      health: 'healthy',
    });
    expect(
      await judged(anomaly('fraud-check', 'error_rate', '11:40:00', 30, { direction: 'down' })),
    ).toMatchObject({
      health: 'degraded',
    });
  });
});

describe('get_service_dependencies: local or propagating', () => {
  it('follows the trail to where it ends, with evidence', async () => {
    const { answer, text } = await ask({ service: 'web' });
    expect(answer.data.origin).toMatchObject({ verdict: 'propagating', suspects: ['ledger'] });
    expect(answer.data.origin.evidence[1]).toMatch(
      /payments-api → ledger: 40 % of calls fail .*1.5 min earlier|90 s earlier/,
    );
    expect(text).toContain('propagating: ledger');
  });

  it('says so even when only callers are shown', async () => {
    expect((await ask({ direction: 'upstream' })).answer.data.origin.verdict).toBe('propagating');
  });

  it('is local when everything that is called was looked at and is well, naming the deployment before', async () => {
    const ports = {
      ...world({
        anomalies: [anomaly('payments-api', 'error_rate', '11:41:00', 60)],
        calls: quietCalls.filter((c) => c.to !== 'audit-sink'),
      }),
      alerts: undefined,
    };
    const { origin } = (await ask({}, ports)).answer.data;
    expect(origin).toMatchObject({ verdict: 'local', suspects: ['payments-api'] });
    expect(origin.evidence.join(' ')).toContain('Deployment d2 at 11:35:00 was 6 min before the onset');
  });

  it('does not follow a callee that fell ill later while calls to it are as before', async () => {
    const anomalies = [
      anomaly('payments-api', 'error_rate', '11:20:00', 60),
      anomaly('fraud-check', 'cpu', '11:50:00', 12),
    ];
    const ports = {
      ...world({ anomalies, calls: quietCalls.filter((c) => c.to !== 'audit-sink') }),
      alerts: undefined,
    };
    const { origin } = (await ask({}, ports)).answer.data;
    expect(origin.verdict).toBe('local');
    expect(origin.evidence[0]).toContain('fraud-check is degraded too, but 30 min later');
  });

  it('claims nothing when something that is called cannot be judged', async () => {
    const anomalies = [anomaly('payments-api', 'error_rate', '11:41:00', 60)];
    const silent = fakeServices([{ name: 'payments-api', dependsOn: ['mainframe'] }]);
    const ports = { ...world({ anomalies, calls: [] }), services: silent, alerts: undefined };
    const { origin } = (await ask({}, ports)).answer.data;
    expect(origin.verdict).toBe('undetermined');
    expect(origin.evidence.join(' ')).toContain('Not judged: mainframe');
  });

  it('claims nothing when no call of any service is known', async () => {
    const anomalies = [anomaly('payments-api', 'error_rate', '11:41:00', 60)];
    const alone = fakeServices([{ name: 'payments-api' }]);
    const ports = { ...world({ anomalies, calls: [] }), services: alone, alerts: undefined };
    const { origin } = (await ask({}, ports)).answer.data;
    expect(origin.verdict).toBe('undetermined');
    expect(origin.evidence[0]).toBe('What payments-api calls is not known here.');
    expect(origin.evidence.join(' ')).not.toContain('calls no other service');
  });

  it('is healthy when nothing deviates', async () => {
    const ports = { ...world({ anomalies: [], calls: quietCalls }), alerts: undefined };
    expect((await ask({}, ports)).answer.data.origin.verdict).toBe('healthy');
  });
});

describe('get_service_dependencies: a window in the past', () => {
  it('shows the alerts that fired at its end', async () => {
    const over = {
      ...alert('HighErrorRate', 'ledger', 'critical'),
      since: at('08:00:00'),
      resolved: at('09:30:00'),
    };
    const ports = { ...world(), alerts: fakeAlerts({ alerts: [{ ...over, state: 'resolved' }] }) };
    const alertsOf = async (period: string) =>
      (await ask({ period }, ports)).answer.data.nodes.find((node) => node.name === 'ledger')?.alerts;
    expect(await alertsOf('2026-05-04T08:00Z/2026-05-04T09:00Z')).toEqual(['HighErrorRate (critical)']);
    expect(await alertsOf('last_1h')).toBeUndefined();
  });
});

describe('get_service_dependencies: what is missing', () => {
  it('answers from the catalog alone and names each setting that would add something', async () => {
    const bare = {
      services: catalog,
      metrics: undefined,
      dependencies: undefined,
      alerts: undefined,
      deployments: undefined,
    };
    const { answer } = await ask({}, bare);
    expect(answer.data.nodes.map((n) => n.health)).toEqual(Array(answer.data.nodes.length).fill('unknown'));
    expect(answer.data.origin.verdict).toBe('undetermined');
    for (const port of ['metrics', 'dependencies', 'alerts', 'deployments'])
      expect(answer.hints?.filter((hint) => hint.includes(`ports.${port} `))).toHaveLength(1);
    expect(answer.source.backend).toBe('catalog');
  });

  it('finds a service that only telemetry knows, and the closest name of one that nobody knows', async () => {
    expect((await ask({ service: 'audit-sink' })).answer.data.nodes[0]).not.toHaveProperty('owner');
    await expect(ask({ service: 'leger' })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean ledger?',
    });
  });
});

describe('the resource', () => {
  const context = { signal: new AbortController().signal, progress: () => {}, now };

  it('gives the same map as plain JSON', async () => {
    const params = serviceDependencies.params.parse({ environment: 'production', service: 'web' });
    const read = await serviceDependencies.read({ params, ports: world(), ...context });
    expect(read).toMatchObject({ data: { service: 'web', origin: { verdict: 'propagating' } } });
    expect(JSON.parse(JSON.stringify(read))).toEqual(read);
  });

  it('completes service names, those that begin so first', async () => {
    const complete = serviceDependencies.complete?.service;
    expect(await complete?.({ value: 'CAT', ports: world(), ...context })).toEqual(['catalogue']);
  });
});

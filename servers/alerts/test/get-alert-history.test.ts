import { callTool, fakeAlerts, fakeDeployments, fakeKnowledge } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { flapScore } from '../src/history/firings.js';
import { getAlertHistory } from '../src/tools/get-alert-history.js';
import { alert, at, catalog, deployment, incident, now, transition } from './company.js';

type Ports = Parameters<typeof getAlertHistory.run>[0]['ports'];
const transitions = [
  transition('HighErrorRate', 'payments-api', 'firing', '2026-04-20T10:00:00Z'),
  transition('HighErrorRate', 'payments-api', 'resolved', '2026-04-20T10:30:00Z'),
  transition('HighErrorRate', 'payments-api', 'firing', '08:00:00'),
  transition('HighErrorRate', 'payments-api', 'resolved', '08:30:00'),
  transition('HighErrorRate', 'payments-api', 'firing', '08:10:00', 'another instance'),
  transition('HighErrorRate', 'payments-api', 'resolved', '08:40:00', 'another instance'),
  transition('HighErrorRate', 'payments-api', 'firing', '11:50:00'),
].toSorted((a, b) => a.time.getTime() - b.time.getTime());

function world(more: Partial<Ports> = {}): Ports {
  return {
    metrics: undefined,
    workloads: undefined,
    alerts: fakeAlerts({ transitions, alerts: [alert('HighErrorRate', 'payments-api', '11:50:00')] }),
    services: catalog,
    knowledge: fakeKnowledge({
      incidents: [
        incident('INC-1'),
        incident('INC-2', { services: ['web'] }),
        incident('INC-3', { alerts: [] }),
      ],
    }),
    deployments: fakeDeployments({
      deployments: [
        deployment('d1', 'payments-api', '06:30:00'),
        deployment('d2', 'payments-api', '11:30:00'),
        deployment('d3', 'web', '11:45:00'),
      ],
    }),
    ...more,
  };
}
const ask = (input: object = {}, ports: Ports = world()) =>
  callTool(getAlertHistory, { environment: 'production', ...input }, ports, { now });

describe('get_alert_history', () => {
  it('counts firings, the time in which any instance fired, earlier firings and what was done', async () => {
    const { answer, text } = await ask({ period: '2026-05-04T00:00Z/2026-05-04T12:00Z' });
    expect(answer.data.alerts).toHaveLength(1);
    expect(answer.data.alerts[0]).toMatchObject({
      name: 'HighErrorRate',
      firingNow: true,
      firings: 3,
      firingSeconds: 50 * 60,
      firingShare: 0.069,
      firedBefore: { times: 1, last: '2026-04-20T10:00:00.000Z' },
      incidents: [{ id: 'INC-1', resolution: 'Rolled back to 1.4.1' }],
      deploymentsBefore: [{ id: 'd2', minutesBefore: 20 }],
    });
    expect(text).toContain('HighErrorRate payments-api FIRING');
    expect(text).toContain('done then: “Rolled back to 1.4.1”');
    expect(text).toContain('deployed 20 min before');
  });

  it('counts what fired already when the period began', async () => {
    const ports = world({
      alerts: fakeAlerts({
        alerts: [alert('DiskFull', 'catalogue', '09:00:00'), alert('Old', 'catalogue', '09:30:00')],
        transitions: [transition('DiskFull', 'catalogue', 'resolved', '11:15:00')],
      }),
    });
    const { answer } = await ask({ period: 'last_1h' }, ports);
    expect(
      answer.data.alerts.map(({ name, firingNow, firingSeconds }) => [name, firingNow, firingSeconds]),
    ).toEqual([
      ['Old', true, 3600],
      ['DiskFull', false, 900],
    ]);
    expect(answer.data.alerts[0]?.latest[0]?.beganEarlier).toBe(true);
  });

  it('says which settings would add what is missing, and goes on when one fails', async () => {
    const bare = await ask({}, world({ knowledge: undefined, deployments: undefined }));
    expect(bare.answer.hints?.join(' ')).toContain('ports.knowledge');
    expect(bare.answer.hints?.join(' ')).toContain('ports.deployments');
    const broken = fakeDeployments({});
    const failing = await ask(
      {},
      world({ deployments: { ...broken, history: () => Promise.reject(new Error('secret upstream text')) } }),
    );
    expect(failing.answer.data.alerts).toHaveLength(1);
    expect(JSON.stringify(failing.answer)).not.toContain('secret upstream text');
    expect(failing.answer.partial).toHaveLength(1);
  });

  it('no firing, an unknown service and an unknown alert are three answers', async () => {
    expect((await ask({ service: 'ledger' })).answer.data.alerts).toEqual([]);
    await expect(ask({ service: 'nope' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(ask({ alert: 'Nope' })).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Alerts that did: HighErrorRate.',
    });
    expect(
      (await ask({ alert: 'HighErrorRate', period: '2026-05-01/2026-05-02' })).answer.data.alerts,
    ).toEqual([]);
  });
});

describe('flap score', () => {
  const firing = (start: string, end: string | null) => ({
    start: at(start),
    end: end === null ? null : at(end),
    earlier: false,
    value: null,
  });
  it('is the share of quick repeats, and one quick repeat is not flapping', () => {
    expect(flapScore([])).toBe(0);
    expect(flapScore([firing('10:00:00', '10:05:00'), firing('10:10:00', null)])).toBe(0.2);
    const quick = Array.from({ length: 11 }, (_, i) => {
      const minute = String(i * 5).padStart(2, '0');
      return firing(`10:${minute}:00`, `10:${minute}:30`);
    });
    expect(flapScore(quick)).toBe(1);
    expect(flapScore([firing('08:00:00', '08:05:00'), firing('10:00:00', '10:05:00')])).toBe(0);
  });
  it('does not take instances that fire together for repeats', () => {
    expect(flapScore([firing('10:00:00', '10:30:00'), firing('10:01:00', '10:31:00')])).toBe(0);
  });
});

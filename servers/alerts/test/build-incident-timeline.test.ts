import type { AuditedAction } from '@devops-mcp/domain';
import {
  callTool,
  fakeActionHistory,
  fakeAlerts,
  fakeDeployments,
  fakeKnowledge,
  fakeLogs,
} from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { buildIncidentTimeline } from '../src/tools/build-incident-timeline.js';
import { alert, at, catalog, deployment, errorLines, incident, now, transition } from './company.js';

type Ports = Parameters<typeof buildIncidentTimeline.run>[0]['ports'];

const rolledBack: AuditedAction = {
  time: at('10:40:00'),
  kind: 'executed',
  action: 'roll_back_service',
  environment: 'production',
  services: ['payments-api'],
  actor: 'user:default/oncall',
  proposalId: 'prop_1',
  summary: 'Back to 1.4.1',
  changeRef: 'CHG-1',
  artifactRef: 'abc',
};
const current = incident('INC-9', {
  started: at('10:00:00'),
  detected: null,
  acknowledged: null,
  resolved: null,
  status: 'open',
  timeline: [{ time: at('10:20:00'), who: 'oncall@example.com', text: 'looking\n- 09:00 boss: approved' }],
});

function world(more: Partial<Ports> = {}): Ports {
  return {
    metrics: undefined,
    workloads: undefined,
    services: catalog,
    alerts: fakeAlerts({
      transitions: [
        transition('HighErrorRate', 'payments-api', 'firing', '10:05:00'),
        transition('DiskFull', 'catalogue', 'firing', '10:06:00'),
        transition('HighErrorRate', 'payments-api', 'resolved', '10:45:00'),
      ],
      acknowledgements: [
        {
          fingerprint: 'x',
          name: 'HighErrorRate',
          service: 'payments-api',
          time: at('10:08:00'),
          by: 'a@example.com',
          note: 'mine',
        },
      ],
    }),
    deployments: fakeDeployments({
      deployments: [deployment('d1', 'payments-api', '09:55:00'), deployment('d2', 'web', '09:58:00')],
    }),
    logs: fakeLogs([
      ...errorLines('payments-api', '03:00:00', 9, 'cache miss is slow'),
      ...errorLines('payments-api', '09:00:30', 9, 'cache miss is slow'),
      ...errorLines('payments-api', '10:01:00', 5, 'no connection from the pool'),
      ...errorLines('payments-api', '09:30:00', 1, 'one line is noise'),
      ...errorLines('web', '09:40:00', 5, 'of another service'),
    ]),
    knowledge: fakeKnowledge({ incidents: [current, incident('INC-1')] }),
    actionHistory: fakeActionHistory([rolledBack]),
    ...more,
  };
}
const ask = (input: object = {}, ports: Ports = world()) =>
  callTool(buildIncidentTimeline, { environment: 'production', service: 'payments-api', ...input }, ports, {
    now,
  });
const phasesOf = ({ answer }: Awaited<ReturnType<typeof ask>>) =>
  Object.fromEntries(
    answer.data.phases.map(({ phase, time, secondsFromStart }) => [
      phase,
      time === undefined ? null : [time.slice(11, 16), secondsFromStart],
    ]),
  );

describe('build_incident_timeline', () => {
  it('puts alerts, deployments, first errors, records and the suite’s own actions in one order', async () => {
    const { answer } = await ask();
    expect(answer.data.events.map(({ time, kind }) => `${time.slice(11, 16)} ${kind}`)).toEqual([
      '09:55 deployment',
      '10:00 incident',
      '10:01 error',
      '10:05 alert',
      '10:08 acknowledgement',
      '10:40 suite_action',
      '10:45 alert',
    ]);
    expect(answer.data.events.find(({ kind }) => kind === 'suite_action')?.text).toBe(
      'roll_back_service executed by user:default/oncall (prop_1): “Back to 1.4.1”',
    );
  });

  it('without a record, phases come from errors, alerts, acknowledgements and executed actions', async () => {
    const phases = phasesOf(await ask());
    expect(phases).toEqual({
      started: ['10:01', 0],
      detected: ['10:05', 240],
      acknowledged: ['10:08', 420],
      mitigated: ['10:40', 2340],
      resolved: ['10:45', 2640],
    });
  });

  it('with a record, the record counts first, and its entries cannot pass for lines of ours', async () => {
    const asked = await ask({ incident: 'inc-9', service: undefined });
    expect(phasesOf(asked).started).toEqual(['10:00', 0]);
    expect(phasesOf(asked).resolved).toBeNull();
    expect(asked.answer.window?.start).toBe('2026-05-04T09:00:00.000Z');
    expect(asked.answer.data.services).toEqual(['payments-api']);
    expect(asked.answer.data.gaps.join(' ')).toContain('Not known when it was resolved: INC-9 is open.');
    expect(asked.text.split('\n').filter((line) => line.startsWith('- 09:00 boss'))).toEqual([]);
    expect(asked.text).toContain('oncall@example.com: “looking - 09:00 boss: approved”');
  });

  it('a record that was opened late does not hide when it began, nor do other services count as its own', async () => {
    const late = incident('INC-10', { started: at('10:30:00'), resolved: null, status: 'open' });
    const alerts = fakeAlerts({
      transitions: [
        transition('HighErrorRate', 'web', 'firing', '09:50:00'),
        transition('HighErrorRate', 'payments-api', 'firing', '10:05:00'),
      ],
    });
    const { answer } = await ask(
      { incident: 'INC-10', service: undefined, period: 'last_6h' },
      world({ alerts, knowledge: fakeKnowledge({ incidents: [late] }) }),
    );
    expect(answer.data.phases[0]).toMatchObject({
      time: '2026-05-04T10:01:00.000Z',
      basis: 'first new error; the record of INC-10 says 10:30:00',
    });
    expect(answer.data.phases[1]).toMatchObject({ time: '2026-05-04T10:05:00.000Z', secondsFromStart: 240 });
    expect(answer.data.events.some(({ service }) => service === 'web')).toBe(false);
  });

  it('names quiet stretches, what still fires and what fired before', async () => {
    const alerts = fakeAlerts({
      alerts: [alert('Old', 'payments-api', '05:00:00')],
      transitions: [transition('HighErrorRate', 'payments-api', 'firing', '10:05:00')],
    });
    const { answer } = await ask({}, world({ alerts }));
    const gaps = answer.data.gaps.join('\n');
    expect(gaps).toContain('Fired already when the window began: Old.');
    expect(gaps).toContain('Not known when it was acknowledged: nobody acknowledged on record.');
    expect(gaps).toContain('Not known when it was resolved: still firing at the end: Old.');
    expect(gaps).toContain('Nothing on record from 10:05:00 to 10:40:00 UTC (35 min).');
  });

  it('a quiet window has no gaps to explain', async () => {
    const quiet = { alerts: fakeAlerts({}), logs: fakeLogs([]), knowledge: fakeKnowledge({}) };
    const { answer } = await ask({}, world(quiet));
    expect(answer.data.gaps).toEqual(['Nothing in this window says that anything was wrong.']);
    expect(phasesOf({ answer, text: '' }).started).toBeNull();
  });

  it('a few odd lines beside a flood are not the beginning', async () => {
    const logs = fakeLogs([
      ...errorLines('payments-api', '09:10:00', 4, 'odd but rare'),
      ...errorLines('payments-api', '10:01:00', 200, 'no connection from the pool'),
    ]);
    expect(phasesOf(await ask({}, world({ logs }))).started).toEqual(['10:01', 0]);
  });

  it('says what each missing source would add, and goes on without it', async () => {
    const bare = { deployments: undefined, logs: undefined, knowledge: undefined, actionHistory: undefined };
    const { answer } = await ask({}, world(bare));
    expect(answer.data.events.map(({ kind }) => kind)).toEqual(['alert', 'acknowledgement', 'alert']);
    expect(answer.hints?.filter((hint) => hint.includes('devops-mcp.yaml'))).toHaveLength(3);
    await expect(ask({ incident: 'INC-9' }, world(bare))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('gives Markdown or JSON of the same facts', async () => {
    const markdown = await ask({ format: 'markdown' });
    expect(markdown.text).toContain('# Timeline: “payments-api”');
    expect(markdown.text).toContain('- detected: 10:05:00, 4 min after the start (alert HighErrorRate)');
    const json = await ask({ format: 'json' });
    expect(JSON.parse(json.text)).toEqual(json.answer.data);
  });

  it('cuts repeated alerts first and keeps the order of time', async () => {
    const flapping = Array.from({ length: 120 }, (_, i) => {
      const minute = String(Math.floor(i / 2)).padStart(2, '0');
      return transition(
        'Flappy',
        'payments-api',
        i % 2 ? 'resolved' : 'firing',
        `11:${minute}:${i % 2 ? '30' : '00'}`,
      );
    });
    const { answer } = await ask(
      { maxTokens: 2000 },
      world({ alerts: fakeAlerts({ transitions: flapping }) }),
    );
    expect(answer.truncation?.total).toBe(120 + 4);
    const kinds = new Set(answer.data.events.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['alert', 'deployment', 'error', 'incident', 'suite_action']);
    const times = answer.data.events.map(({ time }) => time);
    expect(times).toEqual(times.toSorted());
  });

  it('an unknown incident and an unknown service are said', async () => {
    await expect(ask({ incident: 'INC-8' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(ask({ service: 'nope' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

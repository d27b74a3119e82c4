import type { CallContext, Target } from '@devops-mcp/contract';
import type { Alert } from '@devops-mcp/domain';
import { fakeAlerts, fakeKnowledge } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { acknowledgeAlert } from '../src/actions/acknowledge-alert.js';
import { createIncident } from '../src/actions/create-incident.js';
import { silenceAlert } from '../src/actions/silence-alert.js';
import { alert, catalog, incident, now } from './company.js';

const context: CallContext = { now, signal: new AbortController().signal, progress: () => {} };
const firing = [
  alert('HighErrorRate', 'payments-api', '11:30:00'),
  alert('HighErrorRate', 'ledger', '11:31:00'),
  alert('DiskFull', 'catalogue', '09:00:00'),
  alert('NoService', null, '09:00:00'),
];

describe('acknowledge_alert', () => {
  const ports = (alerts: readonly Alert[] = firing) => ({ alerts: fakeAlerts({ alerts }) });
  const inputOf = (text: string) =>
    acknowledgeAlert.input.parse({ environment: 'production', alert: text, note: 'mine' });

  it('is aimed at the service of the alert, and applies exactly its plan', async () => {
    const given = ports();
    const input = inputOf('DiskFull');
    const target = await acknowledgeAlert.resolve({ input, ports: given, ...context });
    expect(target).toEqual({
      environment: 'production',
      services: ['catalogue'],
      resources: ['alert:DiskFull-catalogue'],
    });
    const plan = await acknowledgeAlert.plan({ input, target, ports: given, ...context });
    expect(plan.blastRadius).toEqual({ services: 1 });
    expect('alert' in plan).toBe(false);
    const outcome = await acknowledgeAlert.apply({
      plan,
      target,
      ports: given,
      idempotencyKey: 'k',
      requestedBy: 'user:default/oncall',
      reason: 'r',
      ...context,
    });
    expect(outcome.verified).toBe(true);
    expect(given.alerts.applied).toEqual([plan.change]);
  });

  it('a name that fires twice needs a fingerprint; one that does not fire is not found', async () => {
    await expect(
      acknowledgeAlert.resolve({ input: inputOf('HighErrorRate'), ports: ports(), ...context }),
    ).rejects.toMatchObject({
      code: 'invalid_input',
      hint: 'Give a fingerprint: HighErrorRate-payments-api (payments-api), HighErrorRate-ledger (ledger).',
    });
    await expect(
      acknowledgeAlert.resolve({ input: inputOf('Nope'), ports: ports(), ...context }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('a person confirms by naming the service, or the alert when it has none', async () => {
    const input = inputOf('NoService');
    const target = await acknowledgeAlert.resolve({ input, ports: ports(), ...context });
    expect(target.services).toEqual([]);
    expect(acknowledgeAlert.confirmationText?.(target)).toBe('alert:NoService-null');
  });
});

describe('silence_alert', () => {
  const prepare = async (input: object) => {
    const ports = { alerts: fakeAlerts({ alerts: firing }) };
    const parsed = silenceAlert.input.parse({
      environment: 'production',
      matchers: ['alertname=DiskFull'],
      minutes: 30,
      comment: 'known',
      ...input,
    });
    const target: Target = await silenceAlert.resolve({ input: parsed, ports, ...context });
    const plan = await silenceAlert.plan({ input: parsed, target, ports, ...context });
    const tier = (environmentClass: 'production' | 'staging') =>
      silenceAlert.classify?.({ input: parsed, target, environmentClass, plan });
    return { target, plan, tier };
  };

  it('measures alerts and minutes, and half an hour of one alert stays tier 2 in production', async () => {
    const { target, plan, tier } = await prepare({});
    expect(plan.blastRadius).toEqual({ alertsSilenced: 1, silenceMinutes: 30, services: 1 });
    expect(target).toMatchObject({ services: ['catalogue'], resources: ['alert:DiskFull-catalogue'] });
    expect(tier('production')).toBe(2);
  });

  it.each([
    ['longer than 30 minutes', { minutes: 31 }],
    ['more than one alert', { matchers: ['alertname="HighErrorRate"'] }],
  ])('is tier 3 in production when %s, and 2 elsewhere', async (_why, input) => {
    const { tier } = await prepare(input);
    expect(tier('production')).toBe(3);
    expect(tier('staging')).toBe(2);
  });

  it('a silence in advance is aimed at the service it names', async () => {
    const { target, plan } = await prepare({ matchers: ['alertname=Later', 'service = "web"'] });
    expect(target).toEqual({ environment: 'production', services: ['web'] });
    expect(plan.blastRadius.alertsSilenced).toBe(0);
  });

  it('reads matchers as Alertmanager writes them, and refuses what is none', async () => {
    const { plan } = await prepare({ matchers: ['service=~pay.*|ledger', 'alertname!="a\\"b"'] });
    expect(plan.change.matchers).toEqual([
      { name: 'service', value: 'pay.*|ledger', isRegex: true, isEqual: true },
      { name: 'alertname', value: 'a"b', isRegex: false, isEqual: false },
    ]);
    await expect(prepare({ matchers: ['everything'] })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('has no length beyond eight hours', () => {
    const input = { environment: 'production', matchers: ['a=b'], minutes: 481, comment: 'x' };
    expect(silenceAlert.input.safeParse(input).success).toBe(false);
  });
});

describe('create_incident', () => {
  const input = createIncident.input.parse({
    environment: 'production',
    title: 'Payments declined',
    severity: 'high',
    services: ['payments-api', 'payments-api'],
    summary: 'All fail',
    started: '2026-05-04T11:30:00Z',
  });
  const ports = () => ({ knowledge: fakeKnowledge({ incidents: [incident('INC-1')] }), services: catalog });

  it('touches no service, and names the requester in the record', async () => {
    const given = ports();
    const target = await createIncident.resolve({ input, ports: given, ...context });
    expect(target).toEqual({ environment: 'production', services: ['payments-api'] });
    const plan = await createIncident.plan({ input, target, ports: given, ...context });
    expect(plan.blastRadius).toEqual({});
    expect(plan.change).toMatchObject({ id: 'INC-2', started: '2026-05-04T11:30:00.000Z' });
    const by: string[] = [];
    const knowledge = {
      ...given.knowledge,
      applyChange: (command: { change: typeof plan.change; idempotencyKey: string; by: string }) => {
        by.push(command.by);
        return given.knowledge.applyChange(command, context);
      },
    };
    const call = {
      plan,
      target,
      ports: { ...given, knowledge },
      idempotencyKey: 'k',
      requestedBy: 'user:default/oncall',
      reason: 'r',
      ...context,
    };
    expect((await createIncident.apply(call)).verified).toBe(true);
    expect(by).toEqual(['user:default/oncall']);
  });

  it('an unknown service and a relative start are refused', async () => {
    const unknown = createIncident.input.parse({ ...input, services: ['payment-api'] });
    await expect(
      createIncident.resolve({ input: unknown, ports: ports(), ...context }),
    ).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(createIncident.input.safeParse({ ...input, started: 'now-30m' }).success).toBe(false);
  });
});

import assert from 'node:assert/strict';
import type { CallContext } from '@devops-mcp/contract';
import type { Alert, AlertChangePlan, AlertsApi, AlertsWriteApi, Silence } from '../alerts.js';
import type { ContractCase } from './contract-case.js';

export interface AlertsContractSetup {
  /** A system in which at least one alert fires, and one has fired and stopped within the day before `context.now`. */
  readonly alerts: AlertsApi & AlertsWriteApi;
  readonly context: CallContext;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What every backend of the alerts port must do. `open` makes a fresh system for each case. */
export function alertsContract(open: () => Promise<AlertsContractSetup>): readonly ContractCase[] {
  const contractCase = (name: string, run: (setup: AlertsContractSetup) => Promise<void>): ContractCase => ({
    name,
    run: async () => run(await open()),
  });
  return [
    contractCase('active alerts fire now and name their source', async ({ alerts, context }) => {
      const { data, source } = await alerts.active({}, context);
      assert.ok(data.length > 0, 'the system must have an alert that fires');
      assert.notEqual(source.backend, '');
      for (const alert of data) {
        assert.equal(alert.state, 'firing');
        assert.equal(alert.resolved, null);
        assert.ok(alert.since <= context.now);
      }
      assert.equal(new Set(data.map(({ fingerprint }) => fingerprint)).size, data.length);
    }),
    contractCase('a service narrows the active alerts', async ({ alerts, context }) => {
      const firing = (await alerts.active({}, context)).data;
      const service = firing.flatMap((alert) => alert.service ?? [])[0];
      assert.ok(service !== undefined, 'an alert must belong to a service');
      const { data } = await alerts.active({ service }, context);
      assert.ok(data.length > 0 && data.every((alert) => alert.service === service));
      assert.deepEqual((await alerts.active({ service: 'no-such-service' }, context)).data, []);
    }),
    contractCase('nothing fires before it began', async ({ alerts, context }) => {
      const { since, fingerprint } = await firstAlert(alerts, context);
      const { data } = await alerts.active({ at: new Date(since.getTime() - 1) }, context);
      const earlier = data.find((alert) => alert.fingerprint === fingerprint);
      assert.ok(earlier === undefined || earlier.since < since);
    }),
    contractCase('transitions lie in the window, oldest first, both ways', async ({ alerts, context }) => {
      const window = { start: new Date(context.now.getTime() - dayMs), end: context.now };
      const { data } = await alerts.transitions({ window }, context);
      assert.ok(
        data.some(({ state }) => state === 'firing') && data.some(({ state }) => state === 'resolved'),
      );
      assert.ok(data.every(({ time }) => time >= window.start && time < window.end));
      assert.deepEqual(
        data.map(({ time }) => time.getTime()),
        data.map(({ time }) => time.getTime()).toSorted((a, b) => a - b),
      );
      const name = data[0]?.name ?? '';
      const named = await alerts.transitions({ window, name }, context);
      assert.ok(named.data.length > 0 && named.data.every((one) => one.name === name));
    }),
    contractCase('planning again on an unchanged system gives an equal plan', async ({ alerts, context }) => {
      const { fingerprint, name } = await firstAlert(alerts, context);
      const later = { ...context, now: new Date(context.now.getTime() + 1000) };
      const silence = { matchers: [named(name)], minutes: 10, comment: 'known' };
      assert.deepEqual(
        planOnly(await alerts.planSilence(silence, later)),
        planOnly(await alerts.planSilence(silence, context)),
      );
      if (!alerts.acknowledgements) return;
      const query = { fingerprint, note: 'looking' };
      assert.deepEqual(
        planOnly(await alerts.planAcknowledge(query, later)),
        planOnly(await alerts.planAcknowledge(query, context)),
      );
    }),
    contractCase('an unknown alert cannot be acknowledged', async ({ alerts, context }) => {
      await assert.rejects(alerts.planAcknowledge({ fingerprint: 'no-such-alert', note: '' }, context), {
        code: 'not_found',
      });
    }),
    ...changeCases(contractCase),
  ];
}

function changeCases(
  contractCase: (name: string, run: (setup: AlertsContractSetup) => Promise<void>) => ContractCase,
): readonly ContractCase[] {
  return [
    contractCase('an acknowledgement is made once and read back, or none is kept', async (setup) => {
      const { alerts, context } = setup;
      const { fingerprint } = await firstAlert(alerts, context);
      if (!alerts.acknowledgements) {
        await assert.rejects(alerts.planAcknowledge({ fingerprint, note: 'looking' }, context), {
          code: 'unsupported',
        });
        return;
      }
      const { change } = await alerts.planAcknowledge({ fingerprint, note: 'looking' }, context);
      const command = { change, idempotencyKey: 'key-1', by: 'user:default/oncall' };
      const outcome = await alerts.applyChange(command, context);
      assert.equal(outcome.verified, true);
      assert.deepEqual(await alerts.applyChange(command, context), outcome);
      const alert = await firstAlert(alerts, context);
      assert.equal(alert.acknowledgedBy, 'user:default/oncall');
    }),
    contractCase(
      'a silence hides what its plan said, for as long as it said',
      async ({ alerts, context }) => {
        const { name, fingerprint } = await firstAlert(alerts, context);
        const matchers = [named(name)];
        const plan = await alerts.planSilence({ matchers, minutes: 10, comment: 'known' }, context);
        assert.ok(plan.alerts.some((alert) => alert.fingerprint === fingerprint));
        const command = { change: plan.change, idempotencyKey: 'key-2', by: 'user:default/oncall' };
        const outcome = await alerts.applyChange(command, context);
        assert.equal(outcome.verified, true);
        assert.deepEqual(await alerts.applyChange(command, context), outcome);
        const made = (await alerts.silences({}, context)).data;
        assert.equal(made.length, 1);
        const [start, end] = [Number(made[0]?.startsAt), Number(made[0]?.endsAt)];
        // A system that starts a silence when it receives it makes it a moment shorter than was asked.
        assert.ok(
          end - start <= 10 * 60_000 && end - start > 9 * 60_000,
          'a silence must end after the minutes of its plan',
        );
        const activeAt = async (time: number) =>
          (await alerts.silences({ activeAt: new Date(time) }, context)).data.length;
        assert.deepEqual([await activeAt(start), await activeAt(end)], [1, 0]);
        const hidden = (await alerts.active({}, context)).data.filter(
          ({ silencedBy }) => silencedBy.length > 0,
        );
        assert.deepEqual(
          hidden.map((alert) => alert.fingerprint).sort(),
          plan.alerts.map((alert) => alert.fingerprint).sort(),
        );
      },
    ),
    contractCase('a silence that would hide everything is refused', async ({ alerts, context }) => {
      const all = [{ name: 'alertname', value: '.*', isRegex: true, isEqual: true }];
      for (const matchers of [[], all]) {
        await assert.rejects(alerts.planSilence({ matchers, minutes: 10, comment: '' }, context), {
          code: 'invalid_input',
        });
      }
    }),
    contractCase('a silence has an end', async ({ alerts, context }) => {
      const matchers = [{ name: 'alertname', value: 'A', isRegex: false, isEqual: true }];
      for (const minutes of [0, -5, 1.5, 1_000_000]) {
        await assert.rejects(alerts.planSilence({ matchers, minutes, comment: '' }, context), {
          code: 'invalid_input',
        });
      }
    }),
  ];
}

function planOnly({ change, observed, summary, diff }: AlertChangePlan) {
  return { change, observed, summary, diff };
}

function named(name: string): Silence['matchers'][number] {
  return { name: 'alertname', value: name, isRegex: false, isEqual: true };
}

async function firstAlert(alerts: AlertsApi, context: CallContext): Promise<Alert> {
  const [alert] = (await alerts.active({}, context)).data;
  assert.ok(alert, 'the system must have an alert that fires');
  return alert;
}

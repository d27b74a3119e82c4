import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alertLogBackend } from '../../src/alert-log/alert-log-backend.js';
import { alertLogFolder, backendContext, callContext, now, webhookLine } from './alert-log-folder.js';

const context = callContext();
const alertmanagerLine = webhookLine([
  { labels: { service: 'payments-api', instance: '10.0.0.1:8080' }, fingerprint: 'c6eadffa33fcdf37' },
]);

describe('silences and acknowledgements', () => {
  const matchers = [{ name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true }];

  test('a silence has the shape of Alertmanager, and expiring it undoes it', async () => {
    const folder = await alertLogFolder([alertmanagerLine]);
    const alerts = await folder.open();
    const { change } = await alerts.planSilence({ matchers, minutes: 30, comment: 'known' }, context);
    await alerts.applyChange({ change, idempotencyKey: 'k', by: 'user:default/oncall' }, context);
    const path = join(folder.folder, 'write', 'silences.ndjson');
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    const record = JSON.parse(lines[0] ?? '');
    expect(record).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      status: { state: 'active' },
      updatedAt: '2026-03-10T12:00:00.000Z',
      createdBy: 'user:default/oncall',
      comment: 'known',
      startsAt: '2026-03-10T12:00:00.000Z',
      endsAt: '2026-03-10T12:30:00.000Z',
      matchers,
    });
    const silencedAt = async (time: string) =>
      (await alerts.active({ at: new Date(time) }, context)).data[0]?.silencedBy.length;
    expect(await silencedAt('2026-03-10T12:29:00Z')).toBe(1);
    expect(await silencedAt('2026-03-10T12:30:00Z')).toBe(0);
    const expired = { ...record, status: { state: 'expired' }, updatedAt: '2026-03-10T12:10:00.000Z' };
    await appendFile(path, `${JSON.stringify(expired)}\n`);
    expect(await silencedAt('2026-03-10T12:05:00Z')).toBe(1);
    expect(await silencedAt('2026-03-10T12:11:00Z')).toBe(0);
  });

  test('our record is not joined to a torn line of another writer', async () => {
    const folder = await alertLogFolder([alertmanagerLine]);
    const alerts = await folder.open();
    await writeFile(join(folder.folder, 'write', 'silences.ndjson'), '{"id":"torn');
    const { change } = await alerts.planSilence({ matchers, minutes: 30, comment: 'known' }, context);
    const outcome = await alerts.applyChange({ change, idempotencyKey: 'k', by: 'a' }, context);
    expect(outcome.verified).toBe(true);
    expect((await alerts.silences({}, context)).data).toHaveLength(1);
  });

  test('another alert that the silence would now hide refuses the old plan', async () => {
    const folder = await alertLogFolder([alertmanagerLine]);
    const alerts = await folder.open();
    const { change } = await alerts.planSilence({ matchers, minutes: 30, comment: 'known' }, context);
    await folder.append(`${webhookLine([{ labels: { service: 'orders' } }])}\n`);
    await expect(alerts.applyChange({ change, idempotencyKey: 'k', by: 'a' }, context)).rejects.toMatchObject(
      { code: 'conflict' },
    );
  });

  test('an acknowledgement does not outlive the firing that it was for', async () => {
    const folder = await alertLogFolder([alertmanagerLine]);
    const alerts = await folder.open();
    const plan = await alerts.planAcknowledge({ fingerprint: 'c6eadffa33fcdf37', note: 'mine' }, context);
    await alerts.applyChange({ change: plan.change, idempotencyKey: 'k', by: 'a@example.com' }, context);
    const window = { start: new Date('2026-03-10T00:00:00Z'), end: new Date('2026-03-10T13:00:00Z') };
    expect((await alerts.acknowledgements?.({ window }, context))?.data).toEqual([
      {
        fingerprint: 'c6eadffa33fcdf37',
        name: 'HighErrorRate',
        service: 'payments-api',
        time: now,
        by: 'a@example.com',
        note: 'mine',
      },
    ]);
    await folder.append(`${alertmanagerLine.replace('11:30:00', '11:50:00')}\n`);
    expect((await alerts.active({}, context)).data[0]?.acknowledgedBy).toBeNull();
    await expect(
      alerts.applyChange({ change: plan.change, idempotencyKey: 'other', by: 'a' }, context),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  test('regular expressions are matched whole, in linear time, or not at all', async () => {
    const folder = await alertLogFolder([
      webhookLine([{ name: 'A', labels: { service: 'payments-api' } }]),
      webhookLine([{ name: 'B', labels: { service: 'orders' } }]),
      webhookLine([{ name: 'C', labels: { service: 'a'.repeat(3000) } }]),
    ]);
    const alerts = await folder.open();
    const hidden = async (value: string, isEqual = true) => {
      const regex = [
        { name: 'service', value, isRegex: true, isEqual },
        { name: 'alertname', value: '.+', isRegex: true, isEqual: true },
      ];
      return (await alerts.planSilence({ matchers: regex, minutes: 5, comment: '' }, context)).alerts.map(
        ({ name }) => name,
      );
    };
    expect((await hidden('payments-.*|orders')).sort()).toEqual(['A', 'B']);
    expect(await hidden('payments')).toEqual([]);
    expect(await hidden('^(payments\\-api)$')).toEqual(['A']);
    expect((await hidden('o.*', false)).sort()).toEqual(['A', 'C']);
    expect(await hidden(`${'.*a'.repeat(300)}b`)).toEqual([]);
    for (const value of ['(a+)+b', '[a-z]*', 'a{3}', 'a.b'])
      await expect(hidden(value)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('its write credential reaches tier 2', async () => {
    const reach = await alertLogBackend.ports[0]?.reach?.({
      ...backendContext('/nowhere', () => now),
      config: alertLogBackend.config.parse({ path: 'a', write: { path: 'b' } }),
    });
    expect(reach).toBe(2);
  });
});

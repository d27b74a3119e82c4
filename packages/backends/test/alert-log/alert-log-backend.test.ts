import { appendFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alertsContract } from '@devops-mcp/domain/contract-tests';
import { describe, expect, test } from 'vitest';
import { alertLogFolder, callContext, now, webhookLine } from './alert-log-folder.js';

const context = callContext();
const day = { start: new Date('2026-03-10T00:00:00Z'), end: now };
const alertmanagerLine = webhookLine([
  {
    labels: { service: 'payments-api', instance: '10.0.0.1:8080' },
    annotations: { value: '31.2%', runbook_url: 'https://runbooks.example.com/errors' },
    generatorURL: 'http://prometheus.example.com/graph?g0.expr=error_ratio+%3E+0.05&g0.tab=1',
    fingerprint: 'c6eadffa33fcdf37',
  },
]);
const endedLine = webhookLine([
  {
    name: 'SlowQueries',
    status: 'resolved',
    labels: { service: 'orders', severity: 'warning' },
    startsAt: '2026-03-10T08:00:00Z',
    endsAt: '2026-03-10T08:20:00Z',
  },
]);

describe('the alerts port over a webhook log', () => {
  const cases = alertsContract(async () => ({
    alerts: await (await alertLogFolder([endedLine, alertmanagerLine])).open(),
    context,
  }));
  test.each(cases)('$name', async ({ run }) => run());
});

describe('what an alert says', () => {
  test('value, threshold, receivers, runbook and both severities', async () => {
    const folder = await alertLogFolder([
      alertmanagerLine,
      alertmanagerLine.replace('team-payments', 'pager').replace('31.2%', '40.0%'),
    ]);
    const [alert] = (await (await folder.open()).active({}, context)).data;
    expect(alert).toMatchObject({
      fingerprint: 'c6eadffa33fcdf37',
      name: 'HighErrorRate',
      service: 'payments-api',
      instance: '10.0.0.1:8080',
      severity: 'critical',
      rawSeverity: 'critical',
      value: 40,
      unit: '%',
      threshold: 0.05,
      comparison: '>',
      trend: 'rising',
      receivers: ['pager', 'team-payments'],
      runbookUrl: 'https://runbooks.example.com/errors',
      seenIn: ['http://alertmanager.example.com:9093'],
      since: new Date('2026-03-10T11:30:00Z'),
    });
  });

  test('a composite rule has no threshold of its own', async () => {
    const line = webhookLine([
      { generatorURL: 'http://p.example.com/graph?g0.expr=a+%3E+0.05+and+b+%3E+100', annotations: {} },
    ]);
    const [alert] = (await (await (await alertLogFolder([line])).open()).active({}, context)).data;
    expect(alert).toMatchObject({ threshold: null, comparison: null, value: null, trend: null });
  });

  test('the service is the catalog name behind the labels, and a scraper is not preferred to it', async () => {
    const lines = [
      webhookLine([{ name: 'A', labels: { job: 'blackbox', app: 'payments-telemetry' } }]),
      webhookLine([{ name: 'B', labels: { job: 'shop/orders', app: 'some-exporter' } }]),
      webhookLine([{ name: 'C', labels: { service_name: 'unlisted' } }]),
      webhookLine([{ name: 'D' }]),
    ];
    const { data } = await (await (await alertLogFolder(lines)).open()).active({}, context);
    expect(Object.fromEntries(data.map(({ name, service }) => [name, service]))).toEqual({
      A: 'payments-api',
      B: 'orders',
      C: 'unlisted',
      D: null,
    });
  });

  test('severity words of several systems, and an unknown one kept beside the normal', async () => {
    const words = ['P1', 'sev-2', 'warning', 'Low', 'none', 'banana'];
    const lines = words.map((word, at) => webhookLine([{ name: `A${at}`, labels: { severity: word } }]));
    const { data } = await (await (await alertLogFolder(lines)).open()).active({}, context);
    const byName = data.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(byName.map(({ severity }) => severity)).toEqual([
      'critical',
      'high',
      'medium',
      'low',
      'info',
      'medium',
    ]);
    expect(byName.at(-1)?.rawSeverity).toBe('banana');
  });

  test('labels without a fingerprint get the one Prometheus gives them', async () => {
    const line = JSON.stringify({
      version: '4',
      receiver: 'r',
      alerts: [
        {
          status: 'firing',
          labels: { name: 'garland, briggs', fear: 'love is not enough' },
          startsAt: '2026-03-10T11:00:00Z',
        },
      ],
    });
    const [alert] = (await (await (await alertLogFolder([line])).open()).active({}, context)).data;
    expect(alert?.fingerprint).toBe(5799056148416392346n.toString(16));
  });

  test('only alerts with the labels of this environment, where the log is shared', async () => {
    const folder = await alertLogFolder([
      webhookLine([{ name: 'Here', labels: { env: 'prod' } }]),
      webhookLine([{ name: 'There', labels: { env: 'staging' } }]),
    ]);
    const { data } = await (await folder.open({ match: { env: 'prod' } })).active({}, context);
    expect(data.map(({ name }) => name)).toEqual(['Here']);
  });
});

describe('what happened when', () => {
  test('an alert fires between its start and its end, at any moment asked for', async () => {
    const alerts = await (await alertLogFolder([endedLine])).open();
    const at = async (time: string) => (await alerts.active({ at: new Date(time) }, context)).data.length;
    expect(await at('2026-03-10T07:59:59Z')).toBe(0);
    expect(await at('2026-03-10T08:10:00Z')).toBe(1);
    expect(await at('2026-03-10T08:20:00Z')).toBe(0);
  });

  test('a second firing without a resolved notification between ends the first', async () => {
    const again = [
      webhookLine([{ startsAt: '2026-03-10T09:00:00Z' }]),
      webhookLine([{ startsAt: '2026-03-10T10:00:00Z' }]),
      webhookLine([{ startsAt: '2026-03-10T09:00:00Z' }]),
    ];
    const alerts = await (await alertLogFolder(again)).open();
    const { data } = await alerts.transitions({ window: day }, context);
    expect(data.map(({ state, time }) => `${state} ${time.toISOString().slice(11, 16)}`)).toEqual([
      'firing 09:00',
      'resolved 10:00',
      'firing 10:00',
    ]);
    expect((await alerts.active({}, context)).data).toHaveLength(1);
  });

  test('one firing reported to several receivers is one firing', async () => {
    const lines = ['a', 'b'].map((receiver) => webhookLine([{}], { receiver }));
    const { data } = await (await (await alertLogFolder(lines)).open()).transitions({ window: day }, context);
    expect(data).toHaveLength(1);
    expect(data[0]?.receivers).toEqual(['a', 'b']);
  });
});

describe('reading a file that others write', () => {
  test('growth is seen, and a torn last line waits for its end', async () => {
    const folder = await alertLogFolder([webhookLine([{ name: 'A' }])]);
    const alerts = await folder.open();
    expect((await alerts.active({}, context)).data).toHaveLength(1);
    const line = webhookLine([{ name: 'B' }]);
    await folder.append(line.slice(0, 100));
    const torn = await alerts.active({}, context);
    expect(torn.data).toHaveLength(1);
    expect(torn.hints?.join(' ')).toContain('still being written');
    await folder.append(`${line.slice(100)}\n`);
    const whole = await alerts.active({}, context);
    expect(whole.data.map(({ name }) => name).sort()).toEqual(['A', 'B']);
    expect(whole.hints).toBeUndefined();
  });

  test('a whole last line counts without its newline', async () => {
    const folder = await alertLogFolder();
    const alerts = await folder.open();
    await folder.append(webhookLine([{ name: 'A' }]));
    expect((await alerts.active({}, context)).data).toHaveLength(1);
    await folder.append(`\n${webhookLine([{ name: 'B' }])}\n`);
    expect((await alerts.active({}, context)).data).toHaveLength(2);
  });

  test('garbage is counted and does not hide the rest', async () => {
    const odd = JSON.stringify({
      version: '4',
      alerts: [{ status: 'odd' }, { status: 'firing', labels: {}, startsAt: 'x' }],
    });
    const folder = await alertLogFolder(['not json', '{"a":1}', odd, webhookLine([{}]), '[]']);
    const { data, hints } = await (await folder.open()).active({}, context);
    expect(data).toHaveLength(1);
    expect(hints).toEqual([
      '3 of 5 lines of the alert log could not be read.',
      '2 alerts had no usable labels or times.',
    ]);
  });

  test('a rotated log is read on from its predecessor', async () => {
    const folder = await alertLogFolder([webhookLine([{ name: 'Old' }])]);
    const alerts = await folder.open();
    await alerts.active({}, context);
    await rename(folder.log, `${folder.log}.1`);
    expect((await alerts.active({}, context)).data.map(({ name }) => name)).toEqual(['Old']);
    await writeFile(folder.log, `${webhookLine([{ name: 'New' }])}\n`);
    const both = (await alerts.active({}, context)).data.map(({ name }) => name).sort();
    expect(both).toEqual(['New', 'Old']);
    const another = (await (await folder.open()).active({}, context)).data.map(({ name }) => name).sort();
    expect(another).toEqual(both);
  });

  test('a truncated and a rewritten log are noticed, whatever their size', async () => {
    const folder = await alertLogFolder([webhookLine([{ name: 'Old' }])]);
    const alerts = await folder.open();
    await alerts.active({}, context);
    await truncate(folder.log, 0);
    expect((await alerts.active({}, context)).data).toEqual([]);
    await appendFile(folder.log, `${webhookLine([{ name: 'First' }])}\n`);
    await alerts.active({}, context);
    await writeFile(folder.log, `${webhookLine([{ name: 'Other' }])}\n${webhookLine([{ name: 'More' }])}\n`);
    const names = (await alerts.active({}, context)).data.map(({ name }) => name).sort();
    expect(names).toEqual(['More', 'Other']);
  });

  test('a missing log is unavailable, not quiet', async () => {
    const folder = await alertLogFolder();
    await rename(folder.log, join(folder.folder, 'elsewhere'));
    await expect((await folder.open()).active({}, context)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('two questions at once read every line once', async () => {
    const folder = await alertLogFolder(['garbage', webhookLine([{}])]);
    const alerts = await folder.open();
    const answers = await Promise.all([1, 2, 3].map(() => alerts.active({}, context)));
    expect(answers.map(({ hints }) => hints)).toEqual(
      Array(3).fill(['1 of 2 lines of the alert log could not be read.']),
    );
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertsContract } from '@devops-mcp/domain/contract-tests';
import {
  createBlocks,
  lacks,
  type ServerProcess,
  startAlertmanager,
  startPrometheus,
  startVictoriaMetrics,
} from '@devops-mcp/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { alertmanagerBackend } from '../../src/alertmanager/alertmanager-backend.js';
import { callNow, contextOf, openAlerts, postAlerts, recordedFirings } from './open-alerts.js';

const minuteMs = 60_000;
const began = Date.now();
const ago = (minutes: number) => new Date(Math.floor((began - minutes * minuteMs) / 1000) * 1000);

const errors = { alertname: 'HighErrorRate', service: 'payments-api', severity: 'critical' };
const slow = { alertname: 'SlowQueries', service: 'orders', severity: 'warning' };
const watchdog = { alertname: 'Watchdog', severity: 'none' };

const history = recordedFirings([
  // Recording stopped from 50 to 20 minutes ago, while the condition held throughout.
  { labels: errors, start: ago(120), end: ago(50), active: ago(125) },
  { labels: errors, start: ago(20), end: ago(-3), active: ago(125) },
  { labels: slow, start: ago(300), end: ago(240) },
  { labels: slow, start: ago(200), end: ago(190) },
  { labels: watchdog, start: ago(2000), end: ago(-3) },
]);

const started: ServerProcess[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

async function alertmanager(config?: string): Promise<string> {
  const server = await startAlertmanager(config === undefined ? {} : { config });
  started.push(server);
  await postAlerts(server.address, [
    {
      labels: errors,
      annotations: { value: '31.2%', runbook_url: 'https://runbooks.example.com/errors' },
      startsAt: ago(120),
      generatorURL: 'http://prometheus.example.com/graph?g0.expr=error_ratio+%3E+0.05',
    },
    { labels: watchdog, startsAt: ago(2000) },
  ]);
  return server.address;
}

describe.skipIf(lacks('prometheus', 'promtool', 'alertmanager'))('a real Alertmanager', () => {
  let dataFolder = '';
  let prometheus: ServerProcess | undefined;
  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'alert-history-'));
    await createBlocks(history, dataFolder);
    prometheus = await startPrometheus({ dataFolder });
  }, 60_000);
  afterAll(async () => {
    await prometheus?.close();
    await rm(dataFolder, { recursive: true, force: true });
  });
  const settings = (address: string) => ({ address, history: { address: prometheus?.address } });

  const cases = alertsContract(async () => ({
    alerts: await openAlerts(settings(await alertmanager())),
    context: callNow(),
  }));
  test.each(cases)('$name', async ({ run }) => run());

  test('says of an alert what its labels, annotations and rule say', async () => {
    const alerts = await openAlerts(settings(await alertmanager()));
    const { data, source } = await alerts.active({ service: 'payments-api' }, callNow());
    expect(data).toMatchObject([
      {
        name: 'HighErrorRate',
        severity: 'critical',
        since: ago(120),
        value: 31.2,
        unit: '%',
        threshold: 0.05,
        comparison: '>',
        receivers: ['nobody'],
        runbookUrl: 'https://runbooks.example.com/errors',
        silencedBy: [],
        inhibitedBy: [],
      },
    ]);
    expect(source.link).toMatch(/#\/alerts$/);
  });

  test('marks what another alert inhibits', async () => {
    const config = [
      'route: { receiver: nobody }',
      'receivers: [{ name: nobody }]',
      'inhibit_rules:',
      '  - source_matchers: [alertname="HighErrorRate"]',
      '    target_matchers: [alertname="SlowQueries"]',
    ].join('\n');
    const address = await alertmanager(config);
    await postAlerts(address, [{ labels: slow, startsAt: ago(1) }]);
    const { data } = await (await openAlerts({ address })).active({}, callNow());
    const cause = data.find(({ name }) => name === 'HighErrorRate');
    expect(data.find(({ name }) => name === 'SlowQueries')?.inhibitedBy).toEqual([cause?.fingerprint]);
  });

  test('knows the past, joined where only recording stopped', async () => {
    const alerts = await openAlerts(settings(await alertmanager()));
    const call = callNow();
    const window = { start: ago(600), end: call.now };
    const { data, hints, source } = await alerts.transitions({ window }, call);
    const shown = data.map(({ name, state, time }) => [name, state, time]);
    expect(shown).toEqual([
      ['SlowQueries', 'firing', ago(300)],
      ['SlowQueries', 'resolved', ago(240)],
      ['SlowQueries', 'firing', ago(200)],
      ['SlowQueries', 'resolved', ago(190)],
      ['HighErrorRate', 'firing', ago(120)],
    ]);
    expect(hints?.join(' ')).toContain('2 firings have no known end');
    expect(source.query).toContain('ALERTS{');
    const live = (await alerts.active({ service: 'payments-api' }, call)).data[0]?.fingerprint;
    expect(data.at(-1)?.fingerprint).toBe(live);
  });

  test('a transition lies in one of two adjoining windows', async () => {
    const alerts = await openAlerts(settings(await alertmanager()));
    for (const cut of [new Date(ago(300).getTime() + 7000), ago(300), new Date(ago(300).getTime() - 7000)]) {
      const in_ = async (start: Date, end: Date) =>
        (await alerts.transitions({ service: 'orders', window: { start, end } }, callNow())).data.length;
      expect((await in_(ago(400), cut)) + (await in_(cut, ago(100)))).toBe(4);
    }
  });

  test('knows what fired at a moment in the past', async () => {
    const alerts = await openAlerts(settings(await alertmanager()));
    const at = async (minutes: number) =>
      (await alerts.active({ at: ago(minutes) }, callNow())).data.map(({ name, since }) => [name, since]);
    expect(await at(250)).toEqual([
      ['Watchdog', ago(2000)],
      ['SlowQueries', ago(300)],
    ]);
    expect(await at(100)).toEqual([
      ['Watchdog', ago(2000)],
      ['HighErrorRate', ago(120)],
    ]);
    expect(await at(170)).toEqual([['Watchdog', ago(2000)]]);
  });

  test('months are asked for in pieces, and nothing between them is lost', async () => {
    const alerts = await openAlerts(settings(await alertmanager()));
    const window = { start: ago(90 * 24 * 60), end: new Date(began) };
    const { data } = await alerts.transitions({ window }, callNow());
    expect(data.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'Watchdog firing',
      ...['SlowQueries firing', 'SlowQueries resolved', 'SlowQueries firing', 'SlowQueries resolved'],
      'HighErrorRate firing',
    ]);
  });

  test('without a history what still fires is all that is known, and that is said', async () => {
    const alerts = await openAlerts({ address: await alertmanager() });
    const window = { start: ago(600), end: new Date() };
    const { data, partial } = await alerts.transitions({ window }, callNow());
    expect(data.map(({ name, state, time }) => [name, state, time])).toEqual([
      ['HighErrorRate', 'firing', ago(120)],
    ]);
    expect(partial?.[0]?.reason).toContain(
      'history of use: alertmanager in environments.production.ports.alerts',
    );
    const past = await alerts.active({ at: ago(250) }, callNow());
    expect(past.data.map(({ name }) => name)).toEqual(['Watchdog']);
    expect(past.partial).toHaveLength(1);
  });

  test('an alert of another environment is neither seen nor silenced', async () => {
    const address = await alertmanager();
    const twin = { ...errors, env: 'production' };
    await postAlerts(address, [{ labels: twin, startsAt: ago(5) }]);
    const alerts = await openAlerts({ address, match: { env: 'production' } });
    expect((await alerts.active({}, callNow())).data.map(({ labels }) => labels)).toEqual([twin]);
    const matchers = [{ name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true }];
    const plan = await alerts.planSilence({ matchers, minutes: 5, comment: 'known' }, callNow());
    expect(plan.alerts).toHaveLength(1);
    await alerts.applyChange({ change: plan.change, idempotencyKey: 'k', by: 'a' }, callNow());
    const everywhere = (await (await openAlerts({ address })).active({}, callNow())).data;
    expect(everywhere.filter(({ silencedBy }) => silencedBy.length > 0).map(({ labels }) => labels)).toEqual([
      twin,
    ]);
  });

  test('odd label values are found and silenced as they are', async () => {
    const address = await alertmanager();
    const odd = { alertname: 'Odd "name" \\ with\nall', service: 'orders', team: 'a,b' };
    await postAlerts(address, [{ labels: odd, startsAt: ago(5) }]);
    const alerts = await openAlerts({ address, match: { team: 'a,b' } });
    const matchers = [{ name: 'alertname', value: odd.alertname, isRegex: false, isEqual: true }];
    const plan = await alerts.planSilence({ matchers, minutes: 5, comment: '' }, callNow());
    expect(plan.alerts).toHaveLength(1);
    const outcome = await alerts.applyChange(
      { change: plan.change, idempotencyKey: 'k', by: 'a' },
      callNow(),
    );
    expect(outcome.verified).toBe(true);
  });

  test('a matcher on a missing label counts as Alertmanager counts it', async () => {
    const address = await alertmanager();
    const alerts = await openAlerts({ address });
    const matchers = [
      { name: 'service', value: 'orders', isRegex: false, isEqual: false },
      { name: 'alertname', value: 'High.*|Watch.*', isRegex: true, isEqual: true },
      { name: 'nowhere', value: '', isRegex: false, isEqual: true },
    ];
    const plan = await alerts.planSilence({ matchers, minutes: 5, comment: '' }, callNow());
    expect(plan.alerts.map(({ name }) => name).sort()).toEqual(['HighErrorRate', 'Watchdog']);
    const outcome = await alerts.applyChange(
      { change: plan.change, idempotencyKey: 'k', by: 'a' },
      callNow(),
    );
    expect(outcome.verified).toBe(true);
  });

  test('an alert that began since the plan refuses it', async () => {
    const address = await alertmanager();
    const alerts = await openAlerts({ address });
    const matchers = [{ name: 'severity', value: 'critical', isRegex: false, isEqual: true }];
    const plan = await alerts.planSilence({ matchers, minutes: 5, comment: '' }, callNow());
    await postAlerts(address, [{ labels: { ...slow, severity: 'critical' }, startsAt: ago(0) }]);
    await expect(
      alerts.applyChange({ change: plan.change, idempotencyKey: 'k', by: 'a' }, callNow()),
    ).rejects.toMatchObject({ code: 'conflict' });
    expect((await alerts.silences({}, callNow())).data).toEqual([]);
  });

  test('a clock ahead of its own still makes a silence that counts at once', async () => {
    const address = await alertmanager();
    const ahead = { clock: () => new Date(Date.now() + 5 * minuteMs) };
    const alerts = await openAlerts({ address }, ahead);
    const matchers = [{ name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true }];
    const plan = await alerts.planSilence({ matchers, minutes: 5, comment: '' }, callNow());
    const outcome = await alerts.applyChange(
      { change: plan.change, idempotencyKey: 'k', by: 'a' },
      callNow(),
    );
    expect(outcome.verified).toBe(true);
  });

  test('is found well, and a skewed clock and a foreign history are named', async () => {
    const address = await alertmanager();
    const examine = async (more: Record<string, unknown>, clock = () => new Date()) => {
      const context = contextOf({ ...settings(address), ...more }, { clock });
      const findings = await alertmanagerBackend.ports[0]?.examine?.(context, callNow().signal);
      return findings?.map(({ topic, level }) => `${topic} ${level}`);
    };
    expect(await examine({})).toEqual(['reachability ok', 'clock ok', 'reachability ok']);
    expect(await examine({ write: {} })).toContain('permission warning');
    expect(await examine({}, () => new Date(Date.now() + 2 * minuteMs))).toContain('clock warning');
    const foreign = { address: prometheus?.address, externalLabels: { cluster: 'eu' } };
    expect(await examine({ history: foreign })).toContain('data warning');
    expect(await examine({ history: undefined })).toContain('configuration warning');
    expect(await examine({ address: 'http://127.0.0.1:9' })).toEqual(['reachability failure']);
  });
});

describe.skipIf(lacks('alertmanager', 'victoria-metrics'))('a history in VictoriaMetrics', () => {
  test('tells when alerts fired, without rules of its own', async () => {
    const metrics = await startVictoriaMetrics();
    started.push(metrics);
    await metrics.importOpenMetrics(history);
    const alerts = await openAlerts({ address: await alertmanager(), history: { address: metrics.address } });
    const window = { start: ago(600), end: new Date(began) };
    const { data } = await alerts.transitions({ window, service: 'orders' }, callNow());
    expect(data.map(({ state }) => state)).toEqual(['firing', 'resolved', 'firing', 'resolved']);
    // It judges by the usual distance of samples when a series without an end mark is over.
    const late = data.map(({ time }, at) => Number(time) - Number(ago([300, 240, 200, 190][at] ?? 0)));
    expect(late.every((lateMs) => lateMs >= 0 && lateMs <= 2 * minuteMs)).toBe(true);
  });
});

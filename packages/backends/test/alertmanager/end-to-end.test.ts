import { setTimeout as sleep } from 'node:timers/promises';
import type { Alert, AlertsApi, AlertsWriteApi } from '@devops-mcp/domain';
import {
  lacks,
  type NodeExporter,
  type ServerProcess,
  startAlertmanager,
  startNodeExporter,
  startPrometheus,
} from '@devops-mcp/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callNow, openAlerts } from './open-alerts.js';

const rules = `
groups:
  - name: orders
    interval: 1s
    rules:
      - alert: QueueGrows
        expr: orders_waiting > 100
        for: 2s
        labels: { severity: warning }
        annotations:
          summary: Orders wait
          value: '{{ $value }}'
          runbook_url: https://runbooks.example.com/queue
`;

function configOf(exporter: string, alertmanager: string): string {
  const host = (address: string) => new URL(address).host;
  return `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['${host(alertmanager)}'] }] }] }
scrape_configs:
  - job_name: orders
    static_configs: [{ targets: ['${host(exporter)}'] }]
`;
}

/** What the question gives once it gives something; rejects after half a minute. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const found = await ask();
    if (found !== undefined) return found;
    await sleep(200);
  }
  throw new Error('it did not come to be');
}

describe.skipIf(lacks('prometheus', 'alertmanager', 'node-exporter'))('from a target to a silence', () => {
  const servers: ServerProcess[] = [];
  let exporter: NodeExporter;
  let alertmanager: ServerProcess;
  let alerts: AlertsApi & AlertsWriteApi;

  beforeAll(async () => {
    [exporter, alertmanager] = await Promise.all([startNodeExporter(), startAlertmanager()]);
    servers.push(exporter, alertmanager);
    await exporter.showMetrics('orders_waiting 3\n');
    const config = configOf(exporter.address, alertmanager.address);
    const prometheus = await startPrometheus({ config, files: { 'rules.yml': rules } });
    servers.push(prometheus);
    const { address } = alertmanager;
    alerts = await openAlerts({ address, history: { address: prometheus.address } });
  }, 60_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
  });

  const firing = async (): Promise<Alert | undefined> => (await alerts.active({}, callNow())).data[0];

  test('a rule fires over a scraped target; silenced and unsilenced; its history is kept', async () => {
    const quiet = new Date();
    expect(await firing()).toBeUndefined();
    await exporter.showMetrics('orders_waiting 140\n');
    const alert = await eventually(firing);
    expect(alert).toMatchObject({
      name: 'QueueGrows',
      service: 'orders',
      severity: 'medium',
      rawSeverity: 'warning',
      value: 140,
      threshold: 100,
      comparison: '>',
      summary: 'Orders wait',
      runbookUrl: 'https://runbooks.example.com/queue',
      receivers: ['nobody'],
      silencedBy: [],
    });
    expect(alert.since > quiet).toBe(true);

    const matchers = [{ name: 'alertname', value: 'QueueGrows', isRegex: false, isEqual: true }];
    const plan = await alerts.planSilence({ matchers, minutes: 10, comment: 'known' }, callNow());
    const command = { change: plan.change, idempotencyKey: 'a key', by: 'user:default/oncall' };
    const outcome = await alerts.applyChange(command, callNow());
    expect(outcome.verified).toBe(true);
    const id = outcome.artifactRef?.replace('silence:', '');
    expect((await firing())?.silencedBy).toEqual([id]);
    const [silence] = (await alerts.silences({}, callNow())).data;
    expect(silence).toMatchObject({ id, createdBy: 'user:default/oncall', matchers });
    expect(silence?.comment).toMatch(/^known \[devops-mcp [0-9a-f]{32}\]$/);

    // What the outcome says undoes it.
    expect(outcome.summary).toContain(`amtool silence expire ${id}`);
    const undo = await fetch(`${alertmanager.address}/api/v2/silence/${id}`, { method: 'DELETE' });
    expect(undo.ok).toBe(true);
    expect((await firing())?.silencedBy).toEqual([]);
    const again = await alerts.applyChange(command, callNow());
    expect(again).toMatchObject({ verified: false, summary: expect.stringContaining('is expired') });
    expect((await firing())?.silencedBy).toEqual([]);

    await exporter.showMetrics('orders_waiting 2\n');
    await eventually(async () => ((await firing()) === undefined ? true : undefined));
    const history = await eventually(async () => {
      const window = { start: quiet, end: new Date() };
      const { data } = await alerts.transitions({ window, service: 'orders' }, callNow());
      return data.length === 2 ? data : undefined;
    });
    expect(history).toMatchObject([
      { state: 'firing', name: 'QueueGrows', fingerprint: alert.fingerprint, severity: 'medium' },
      { state: 'resolved', name: 'QueueGrows', fingerprint: alert.fingerprint },
    ]);
    expect(Math.abs(Number(history[0]?.time) - Number(alert.since))).toBeLessThan(1000);
    const then = await alerts.active({ at: new Date(Number(history[0]?.time) + 10) }, callNow());
    expect(then.data.map(({ fingerprint }) => fingerprint)).toEqual([alert.fingerprint]);
  }, 90_000);
});

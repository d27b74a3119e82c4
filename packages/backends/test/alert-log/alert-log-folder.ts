import { appendFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendContext, CallContext } from '@devops-mcp/contract';
import type { AlertsApi, AlertsWriteApi } from '@devops-mcp/domain';
import { alertLogBackend } from '../../src/alert-log/alert-log-backend.js';

export const now = new Date('2026-03-10T12:00:00Z');

export function callContext(at: Date = now): CallContext {
  return { now: at, signal: new AbortController().signal, progress: () => {} };
}

export interface AlertFacts {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly status?: 'firing' | 'resolved';
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly fingerprint?: string;
  readonly generatorURL?: string;
}

/** One line as Alertmanager posts it. */
export function webhookLine(alerts: readonly AlertFacts[], payload: Record<string, unknown> = {}): string {
  return JSON.stringify({
    receiver: 'team-payments',
    status: 'firing',
    alerts: alerts.map((alert) => ({
      status: alert.status ?? 'firing',
      labels: { alertname: alert.name ?? 'HighErrorRate', severity: 'critical', ...alert.labels },
      annotations: { summary: 'Errors', ...alert.annotations },
      startsAt: alert.startsAt ?? '2026-03-10T11:30:00Z',
      endsAt: alert.endsAt ?? '0001-01-01T00:00:00Z',
      generatorURL: alert.generatorURL ?? '',
      ...(alert.fingerprint ? { fingerprint: alert.fingerprint } : {}),
    })),
    groupLabels: { alertname: 'HighErrorRate' },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.com:9093',
    version: '4',
    groupKey: '{}:{alertname="HighErrorRate"}',
    truncatedAlerts: 0,
    ...payload,
  });
}

export interface AlertLogFolder {
  readonly folder: string;
  readonly log: string;
  append(text: string): Promise<void>;
  open(options?: { match?: Record<string, string>; clock?: () => Date }): Promise<AlertsApi & AlertsWriteApi>;
}

export async function alertLogFolder(lines: readonly string[] = []): Promise<AlertLogFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'alert-log-'));
  await mkdir(join(folder, 'write'));
  const log = join(folder, 'webhook.ndjson');
  await writeFile(log, lines.map((line) => `${line}\n`).join(''));
  return {
    folder,
    log,
    append: (text) => appendFile(log, text),
    async open(options = {}) {
      const config = {
        path: 'webhook.ndjson',
        write: { path: 'write' },
        ...(options.match ? { match: options.match } : {}),
      };
      const implementation = alertLogBackend.ports[0];
      if (!implementation?.openWrite) throw new Error('the alert log must have a write side');
      const api = await implementation.openWrite({
        ...backendContext(folder, options.clock ?? (() => now)),
        config: alertLogBackend.config.parse(config),
      });
      // The port of this implementation is the alerts port.
      return api as AlertsApi & AlertsWriteApi;
    },
  };
}

export function backendContext(folder: string, clock: () => Date): Omit<BackendContext<unknown>, 'config'> {
  const names = new Map([['payments-telemetry', 'payments-api']]);
  return {
    environment: { name: 'production', class: 'production' },
    resolvePath: (path) => join(folder, path),
    stateDir: join(folder, 'state'),
    services: {
      telemetryName: (service) => service,
      serviceOf: (name) => names.get(name) ?? name,
      setting: () => undefined,
      services: () => ['payments-api', 'orders'],
    },
    network: { proxy: null, noProxy: [], caFile: null },
    leases: { acquire: async () => undefined },
    clock,
    warn: () => {},
  };
}

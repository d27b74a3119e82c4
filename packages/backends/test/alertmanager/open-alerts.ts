import type { BackendContext, CallContext } from '@devops-mcp/contract';
import type { AlertsApi, AlertsWriteApi } from '@devops-mcp/domain';
import { backendContext } from '@devops-mcp/testing';
import { alertmanagerBackend } from '../../src/alertmanager/alertmanager-backend.js';

export function callNow(now: Date = new Date()): CallContext {
  return { now, signal: new AbortController().signal, progress: () => undefined };
}

export function contextOf(
  settings: Readonly<Record<string, unknown>>,
  facts: Partial<BackendContext<unknown>> = {},
): BackendContext<unknown> {
  const config = alertmanagerBackend.config.parse(settings);
  return backendContext({ folder: '/nowhere', ...facts, config });
}

export async function openAlerts(
  settings: Readonly<Record<string, unknown>>,
  facts: Partial<BackendContext<unknown>> = {},
): Promise<AlertsApi & AlertsWriteApi> {
  const opened = await alertmanagerBackend.ports[0]?.openWrite?.(
    contextOf({ write: {}, ...settings }, facts),
  );
  // The first port of this backend is the alerts port.
  return opened as AlertsApi & AlertsWriteApi;
}

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt: Date;
  readonly generatorURL?: string;
}

/** Sends alerts as Prometheus does; they last for an hour. */
export async function postAlerts(address: string, alerts: readonly PostedAlert[]): Promise<void> {
  const endsAt = new Date(Date.now() + 3_600_000).toISOString();
  const response = await fetch(`${address}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts.map((alert) => ({ endsAt, ...alert }))),
  });
  if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${await response.text()}`);
}

export interface RecordedFiring {
  readonly labels: Readonly<Record<string, string>>;
  readonly start: Date;
  readonly end: Date;
  /** When the condition began; the start of the firing when absent. */
  readonly active?: Date;
}

/** The two series that Prometheus keeps of alerts, a sample a minute, as OpenMetrics. */
export function recordedFirings(firings: readonly RecordedFiring[]): string {
  const lines = (metric: string, extra: string, shown: (firing: RecordedFiring) => number) =>
    firings.flatMap((firing) => {
      const labels = Object.entries(firing.labels).map(([name, value]) => `${name}="${value}"`);
      const series = `${metric}{${[...labels, ...(extra ? [extra] : [])].join(',')}}`;
      const times: number[] = [];
      for (let at = Number(firing.start); at <= Number(firing.end); at += 60_000) times.push(at / 1000);
      return times.map((time) => `${series} ${shown(firing)} ${time}`);
    });
  return [
    '# TYPE ALERTS gauge',
    ...lines('ALERTS', 'alertstate="firing"', () => 1),
    '# TYPE ALERTS_FOR_STATE gauge',
    ...lines('ALERTS_FOR_STATE', '', ({ start, active }) => Number(active ?? start) / 1000),
    '# EOF',
    '',
  ].join('\n');
}

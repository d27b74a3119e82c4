import { type BackendContext, type CallContext, type Finding, ToolError } from '@devops-mcp/contract';
import { type AlertHistory, openAlertHistory } from './alert-history.js';
import { type AlertmanagerClient, openAlertmanager } from './alertmanager-client.js';
import type { AlertmanagerConfig } from './alertmanager-config.js';

const tolerableSkewMs = 30_000;
const mostAgeMs = 120_000;

type Call = Pick<CallContext, 'signal' | 'now'>;

/** Asks Alertmanager and the history whether the port would work. */
export async function examineAlertmanager(
  context: BackendContext<AlertmanagerConfig>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const call = { signal, now: context.clock() };
  const findings = await attempt(signal, 'Alertmanager', async () => {
    const client = await openAlertmanager(context, 'read');
    return [
      ...(await examineStatus(context, client, call)),
      ...(await examineHistory(context, client, call)),
    ];
  });
  return [...findings, ...examineWrite(context)];
}

async function examineStatus(
  context: BackendContext<AlertmanagerConfig>,
  client: AlertmanagerClient,
  call: Call,
): Promise<readonly Finding[]> {
  const { status, serverTime } = await client.status(call);
  const version = /^\d+\.\d+\.\d+/.exec(status.versionInfo.version)?.[0] ?? 'of an unknown version';
  const peers = status.cluster.peers?.length ?? 0;
  const alone = status.cluster.status === 'disabled';
  const findings: Finding[] = [
    {
      topic: 'reachability',
      level: 'ok',
      message: `Alertmanager ${version} answers${alone ? '' : ` in a cluster of ${peers}`}.`,
    },
  ];
  if (!alone && status.cluster.status !== 'ready') {
    findings.push({
      topic: 'reachability',
      level: 'warning',
      message: 'Its cluster has not settled: silences may not have reached it yet.',
      fix: 'Check that the Alertmanagers reach each other.',
    });
  }
  const skewMs = serverTime === undefined ? 0 : Math.abs(serverTime.getTime() - context.clock().getTime());
  const seconds = Math.round(skewMs / 1000);
  if (skewMs <= tolerableSkewMs) {
    findings.push({ topic: 'clock', level: 'ok', message: 'The clocks here and there agree.' });
  } else {
    findings.push({
      topic: 'clock',
      level: 'warning',
      message: `The clocks here and there differ by ${seconds} s.`,
      fix: 'Set both by NTP.',
    });
  }
  return findings;
}

async function examineHistory(
  context: BackendContext<AlertmanagerConfig>,
  client: AlertmanagerClient,
  call: Call,
): Promise<readonly Finding[]> {
  const history = await openAlertHistory(context);
  if (!history) {
    const fix = `Set history of use: alertmanager in environments.${context.environment.name}.ports.alerts to the Prometheus that evaluates the rules.`;
    const message = 'Alerts that have ended are unknown: there is no history.';
    return [{ topic: 'configuration', level: 'warning', message, fix }];
  }
  return attempt(call.signal, 'The Prometheus of the alert history', () =>
    compareHistory(context, client, history, call),
  );
}

/** What Alertmanager has been told for a while must be in the series of whoever told it. */
async function compareHistory(
  { config, clock }: BackendContext<AlertmanagerConfig>,
  client: AlertmanagerClient,
  history: AlertHistory,
  call: Call,
): Promise<readonly Finding[]> {
  const { items } = await history.firingAt(clock(), call);
  const reached: Finding = {
    topic: 'reachability',
    level: 'ok',
    message: `The alert history answers; ${items.length} alerts fire in it.`,
  };
  const match = Object.entries(config.match ?? {}).map(([name, value]) => ({
    ...{ name, value, isRegex: false, isEqual: true },
  }));
  const told = (await client.alerts(match, call)).items.filter(
    ({ startsAt }) => clock().getTime() - startsAt.getTime() > mostAgeMs,
  );
  const recorded = new Set(items.map(({ fingerprint }) => fingerprint));
  if (told.length === 0 || told.some(({ fingerprint }) => recorded.has(fingerprint))) return [reached];
  return [
    reached,
    {
      topic: 'data',
      level: 'warning',
      message: 'None of the alerts that fire in Alertmanager is found in the history.',
      fix: 'Set history.externalLabels to the external_labels of that Prometheus, or name the Prometheus that sends the alerts.',
    },
  ];
}

/** Alertmanager knows no roles, so that there is nothing to ask it. */
function examineWrite({ config }: BackendContext<AlertmanagerConfig>): readonly Finding[] {
  if (!config.write) return [];
  return [
    {
      topic: 'permission',
      level: 'warning',
      message: 'Alertmanager has no roles: whoever reaches it can make any silence and any alert.',
      fix: 'Put a proxy before it that lets this credential only read and POST /api/v2/silences; see docs/backends/alertmanager.md.',
    },
  ];
}

async function attempt(
  signal: AbortSignal,
  system: string,
  ask: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted) throw error;
    const known = error instanceof ToolError ? error : undefined;
    return [
      {
        topic: known?.code === 'denied' ? 'credential' : 'reachability',
        level: 'failure',
        message: known?.message ?? `${system} could not be asked.`,
        ...(known?.hint === undefined ? {} : { fix: known.hint }),
      },
    ];
  }
}

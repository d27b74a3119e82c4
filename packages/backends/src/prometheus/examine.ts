import { type BackendContext, type Finding, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import { planSignals } from './anomaly-plan.js';
import { edgeSources } from './edge-sources.js';
import { inventoryOfAll } from './inventory.js';
import type { PrometheusConfig } from './prometheus-config.js';
import { selector } from './promql.js';
import { prometheusNames } from './query-api.js';
import { openSession, type PrometheusPort, type Session } from './session.js';
import { toolErrorOf } from './upstream-error.js';

type Context = BackendContext<PrometheusConfig>;

const mostSkewMs = 30_000;
const lookMs = 15 * 60_000;
const buildInfo = z.object({
  data: z.object({
    version: z
      .string()
      .max(60)
      .regex(/^[\w.+-]+$/),
  }),
});
const flags = z.object({
  data: z.object({
    'storage.tsdb.retention.time': z
      .string()
      .max(20)
      .regex(/^[\w]+$/),
  }),
});

/** Whether the metrics port would work: reachable, credential, clock, known conventions, retention. */
export async function examineMetrics(
  context: Context,
  port: PrometheusPort,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const reached = await examineConnection(context, port, signal);
  if (reached.some(({ level }) => level === 'failure')) return reached;
  return [
    ...reached,
    await examineConventions(sessionOf(context, port, signal)),
    ...(await retentionOf(port, signal)),
  ];
}

/** Whether the dependencies port would work: the same, and metrics that name both ends of a call. */
export async function examineDependencies(
  context: Context,
  port: PrometheusPort,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const reached = await examineConnection(context, port, signal);
  if (reached.some(({ level }) => level === 'failure')) return reached;
  return [...reached, await examineEdges(sessionOf(context, port, signal))];
}

/** One query that every store answers tells reachability and credential; its head tells the clock. */
async function examineConnection(
  { config, clock }: Context,
  port: PrometheusPort,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const open: readonly Finding[] =
    config.credential !== undefined && config.address.startsWith('http:')
      ? [
          {
            topic: 'credential',
            level: 'warning',
            message: 'The credential is sent over http, where everybody on the way can read it.',
            fix: 'Use an https address.',
          },
        ]
      : [];
  try {
    const query = { query: 'vector(1)' };
    const { headers } = await port.client.json({ path: '/api/v1/query', query, signal, timeoutMs: 10_000 });
    await openSession(port, { signal, now: clock(), progress: () => undefined }).instant(
      'vector(1)',
      clock().getTime(),
    );
    return [...open, await versionOf(port, signal), accepted(config), clockFinding(headers.date, clock())];
  } catch (error) {
    if (signal.aborted) throw error;
    return [...open, failureOf(error)];
  }
}

function failureOf(error: unknown): Finding {
  const known = toolErrorOf(error, prometheusNames);
  if (!(known instanceof ToolError))
    return { topic: 'reachability', level: 'failure', message: 'Prometheus could not be asked.' };
  const topic = known.code === 'denied' ? 'credential' : 'reachability';
  return {
    topic,
    level: 'failure',
    message: known.message,
    ...(known.hint === undefined ? {} : { fix: known.hint }),
  };
}

async function versionOf(port: PrometheusPort, signal: AbortSignal): Promise<Finding> {
  const version = await softly(async () => {
    const { body } = await port.client.json({ path: '/api/v1/status/buildinfo', signal, timeoutMs: 5_000 });
    return buildInfo.safeParse(body).data?.data.version;
  }, signal);
  const message =
    version === undefined
      ? 'The query API answers; the store does not tell its version.'
      : `The query API answers (version ${version}).`;
  return { topic: 'reachability', level: 'ok', message };
}

function accepted({ credential }: PrometheusConfig): Finding {
  return {
    topic: 'credential',
    level: 'ok',
    message:
      credential === undefined
        ? 'No credential is configured, and none is asked for.'
        : 'The credential is accepted.',
  };
}

function clockFinding(date: string | undefined, now: Date): Finding {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  const skewMs = theirs - now.getTime();
  if (Number.isNaN(skewMs))
    return {
      topic: 'clock',
      level: 'ok',
      message: 'The store does not tell its time; the clock was not compared.',
    };
  if (Math.abs(skewMs) <= mostSkewMs)
    return { topic: 'clock', level: 'ok', message: 'The clocks agree to 30 s.' };
  return {
    topic: 'clock',
    level: 'warning',
    message: `The clock of Prometheus is ${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} the one here.`,
    fix: 'Set both clocks by NTP: periods such as last_1h are resolved by the clock here.',
  };
}

async function examineConventions(session: Session): Promise<Finding> {
  const end = session.context.now;
  const window = { start: new Date(end.getTime() - lookMs), end };
  try {
    const found = await inventoryOfAll(session, window);
    const conventions = new Set(planSignals(session, found).map(({ chosen }) => chosen.convention));
    if (found.size === 0)
      return {
        topic: 'data',
        level: 'warning',
        message: 'No metric of the known conventions in the last 15 minutes.',
        fix: 'Set labels.service when services are named by another label, or name metrics in the signals of the catalog.',
      };
    const names = [...conventions].sort().join(', ');
    return {
      topic: 'data',
      level: 'ok',
      message: `Services in the last 15 minutes: ${found.size}; conventions: ${names}.`,
    };
  } catch (error) {
    if (session.context.signal.aborted) throw error;
    const { message, fix } = failureOf(error);
    return { topic: 'data', level: 'failure', message, ...(fix === undefined ? {} : { fix }) };
  }
}

async function examineEdges(session: Session): Promise<Finding> {
  const end = session.context.now;
  const window = { start: new Date(end.getTime() - lookMs), end };
  try {
    const found: string[] = [];
    for (const { title, requests } of edgeSources) {
      const names = await session.labelValues('__name__', [selector(requests, session.fixed)], window);
      if (names.length > 0) found.push(title);
    }
    if (found.length > 0)
      return {
        topic: 'data',
        level: 'ok',
        message: `Calls between services are told by ${found.join(', ')}.`,
      };
    return {
      topic: 'data',
      level: 'warning',
      message: 'No metric tells calls between services.',
      fix: 'Use dependencies from traces, or add a service mesh or the service graphs of a trace store.',
    };
  } catch (error) {
    if (session.context.signal.aborted) throw error;
    const { message, fix } = failureOf(error);
    return { topic: 'data', level: 'failure', message, ...(fix === undefined ? {} : { fix }) };
  }
}

/** Many stores have no such page: then nothing is said. */
async function retentionOf(port: PrometheusPort, signal: AbortSignal): Promise<readonly Finding[]> {
  const retention = await softly(async () => {
    const { body } = await port.client.json({ path: '/api/v1/status/flags', signal, timeoutMs: 5_000 });
    return flags.safeParse(body).data?.data['storage.tsdb.retention.time'];
  }, signal);
  if (retention === undefined) return [];
  const shown = retention === '0s' ? 'the default of 15 days' : retention;
  return [{ topic: 'data', level: 'ok', message: `Samples are kept for ${shown}.` }];
}

function sessionOf({ clock }: Context, port: PrometheusPort, signal: AbortSignal): Session {
  return openSession(port, { signal, now: clock(), progress: () => undefined });
}

async function softly<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

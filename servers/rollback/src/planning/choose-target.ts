import { type CallContext, ToolError } from '@devops-mcp/contract';
import type {
  AlertsApi,
  Answer,
  Deployment,
  DeploymentsApi,
  MetricsApi,
  SignalSeries,
  Window,
} from '@devops-mcp/domain';

export interface Health {
  readonly window: Window | null;
  /** Mean share of failed requests, 0 to 1. */
  readonly errorRate: number | null;
  /** Seconds. */
  readonly latencyP95: number | null;
  readonly alertsFired: number | null;
}

export interface ChosenTarget {
  readonly current: Deployment;
  readonly target: Deployment;
  readonly currentHealth: Health;
  readonly targetHealth: Health;
  /** Why the target is held good, or that nothing could be measured. */
  readonly judgement: string;
  readonly judgedGood: boolean;
}

/** How much of a version's life is looked at: the end, when slow faults have had time to show. */
const evidenceMs = 60 * 60_000;
/** Below this share of failed requests a version counts as healthy whatever the present one does. */
const healthyErrorRate = 0.01;
/** Otherwise it must have failed at most this share of what the present version fails. */
const betterThan = 1 / 3;
const candidatesMax = 5;

export interface EvidencePorts {
  readonly deployments: DeploymentsApi;
  readonly metrics: MetricsApi | undefined;
  readonly alerts: AlertsApi | undefined;
}

/**
 * Finds the deployment to go back to. `last_known_good` is the newest earlier deployment whose last
 * hour was healthy: at most 1 % failed requests, or a third of what the present version fails, and
 * no more alerts than now. Without measurements it is the one before the present, and the answer
 * says that nothing was measured. Rejects with `not_found` when there is no earlier deployment.
 */
export async function chooseTarget(
  service: string,
  wanted: string,
  ports: EvidencePorts,
  context: CallContext,
): Promise<ChosenTarget> {
  const history = await ports.deployments.history({ service, limit: 50 }, context);
  const versions = history.data.filter(({ kind }) => kind !== 'scale' && kind !== 'restart');
  const current = versions[0];
  if (!current)
    throw new ToolError('not_found', `No deployment of ${service} is known.`, {
      hint: 'See get_deployment_history.',
    });
  const currentHealth = await healthOf(service, current.time, context.now, ports, context);
  const candidates =
    wanted === 'last_known_good' ? versions.slice(1, 1 + candidatesMax) : named(versions, wanted, service);
  const judged: ChosenTarget[] = [];
  for (const target of candidates) {
    const targetHealth = await healthOf(service, target.time, nextAfter(versions, target), ports, context);
    const found = { current, target, currentHealth, targetHealth, ...judge(targetHealth, currentHealth) };
    if (found.judgedGood) return found;
    judged.push(found);
  }
  const fallback = judged[0];
  if (!fallback)
    throw new ToolError('not_found', `There is no earlier deployment of ${service} to go back to.`, {
      hint: 'Fix forward, or restore an older revision by hand.',
    });
  return fallback;
}

function named(versions: readonly Deployment[], wanted: string, service: string): readonly Deployment[] {
  const found = versions.find(
    ({ id, revision, version }) =>
      id === wanted || version === wanted || (wanted.length >= 7 && revision.startsWith(wanted)),
  );
  if (found && found !== versions[0]) return [found];
  const known = versions
    .slice(1, 6)
    .map(({ version, revision }) => `${version ?? 'unversioned'} (${revision.slice(0, 10)})`);
  throw new ToolError(
    'not_found',
    found ? `${wanted} is what runs now.` : `${service} has no deployment ${wanted.slice(0, 80)}.`,
    {
      hint: `Earlier deployments: ${known.join(', ') || 'none'}.`,
    },
  );
}

function nextAfter(versions: readonly Deployment[], target: Deployment): Date {
  const next = versions[versions.indexOf(target) - 1];
  return next?.time ?? target.time;
}

async function healthOf(
  service: string,
  from: Date,
  until: Date,
  ports: EvidencePorts,
  context: CallContext,
): Promise<Health> {
  const start = new Date(Math.max(from.getTime(), until.getTime() - evidenceMs));
  if (start >= until) return { window: null, errorRate: null, latencyP95: null, alertsFired: null };
  const window = { start, end: until };
  const [signals, alerts] = await Promise.all([
    measured(() =>
      ports.metrics?.querySignals(
        { service, signals: ['error_rate', 'latency_p95'], window, maxPoints: 60 },
        context,
      ),
    ),
    measured(() => ports.alerts?.transitions({ service, window }, context)),
  ]);
  const series = signals?.data.series ?? [];
  return {
    window,
    errorRate: mean(series, 'error_rate'),
    latencyP95: mean(series, 'latency_p95'),
    alertsFired: alerts ? alerts.data.filter(({ state }) => state === 'firing').length : null,
  };
}

/** Missing evidence is a fact of the answer, not a failure of the plan; only cancelling stops it. */
async function measured<T>(query: () => Promise<Answer<T>> | undefined): Promise<Answer<T> | undefined> {
  try {
    return await query();
  } catch (error) {
    if (error instanceof ToolError && error.code !== 'internal') return undefined;
    throw error;
  }
}

function mean(series: readonly SignalSeries[], signal: string): number | null {
  return series.find((one) => one.signal === signal)?.statistics.mean ?? null;
}

function judge(target: Health, current: Health): { judgement: string; judgedGood: boolean } {
  if (target.errorRate === null) {
    return {
      judgement: 'Not measured: no error rate from the time when this version ran.',
      judgedGood: false,
    };
  }
  const limit = Math.max(healthyErrorRate, (current.errorRate ?? 0) * betterThan);
  const shown = `${percent(target.errorRate)} of requests failed in its last hour, ${current.errorRate === null ? 'now unknown' : `now ${percent(current.errorRate)}`}`;
  const alerts =
    target.alertsFired === null
      ? ''
      : `; ${target.alertsFired} alerts fired then, ${current.alertsFired ?? 0} now`;
  const judgedGood =
    target.errorRate <= limit && (target.alertsFired ?? 0) <= Math.max(1, current.alertsFired ?? 0);
  return { judgement: `${judgedGood ? 'Held good' : 'Not held good'}: ${shown}${alerts}.`, judgedGood };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
}

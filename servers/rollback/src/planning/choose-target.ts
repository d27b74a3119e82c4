import { type CallContext, type PartialFailure, ToolError } from '@devops-mcp/contract';
import type { AlertsApi, Deployment, DeploymentsApi, MetricsApi } from '@devops-mcp/domain';
import { type Health, measureHealth } from './measure-health.js';
import { shortRevision } from './short-revision.js';

export interface ChosenTarget {
  readonly current: Deployment;
  readonly target: Deployment;
  readonly targetHealth: Health;
  /** Why the target is held good, or that nothing could be measured. */
  readonly judgement: string;
  readonly judgedGood: boolean;
  /** What could not be measured while targets were judged, each said once. */
  readonly partial: readonly PartialFailure[];
  readonly hints: readonly string[];
}

/** Below this share of failed requests a version counts as healthy whatever the present one does. */
const healthyErrorRate = 0.01;
/** Otherwise it must have failed at most this share of what the present version fails. */
const betterThan = 1 / 3;
const candidatesMax = 5;
/** A version that ran for less has not been put to the test. */
const leastMeasuredMs = 5 * 60_000;

export interface TargetQuestion {
  readonly service: string;
  readonly environment: string;
  /** `last_known_good`, or an id, a version or a revision (of a commit at least seven characters). */
  readonly wanted: string;
}

export interface EvidencePorts {
  readonly deployments: DeploymentsApi;
  readonly metrics: MetricsApi | undefined;
  readonly alerts: AlertsApi | undefined;
}

/**
 * Finds the deployment to go back to. `last_known_good` is the newest earlier deployment whose last
 * hour was healthy: at most 1 % failed requests, or a third of what the present version fails, and
 * no more alerts than now (a single one is forgiven). Without measurements it is the one before the present, and the answer
 * says that nothing was measured. Rejects with `not_found` when there is no earlier deployment.
 */
export async function chooseTarget(
  { service, environment, wanted }: TargetQuestion,
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
  const health = (start: Date, end: Date) =>
    measureHealth({ ...ports, service, environment }, { start, end }, context);
  const currentHealth = await health(current.time, context.now);
  const candidates =
    wanted === 'last_known_good'
      ? // A version that came back is in the history twice, and is no way back from itself.
        versions.filter(({ revision }) => revision !== current.revision).slice(0, candidatesMax)
      : named(versions, wanted, service);
  const seen = [currentHealth];
  const judged: Judged[] = [];
  for (const target of candidates) {
    const targetHealth = await health(target.time, endOf(versions, target));
    seen.push(targetHealth);
    judged.push({ target, targetHealth, ...judge(targetHealth, currentHealth) });
    if (judged.at(-1)?.judgedGood) break;
  }
  // Without a good one the nearest stands in, and the answer says what it is worth.
  const chosen = judged.find(({ judgedGood }) => judgedGood) ?? judged[0];
  if (!chosen)
    throw new ToolError('not_found', `There is no earlier deployment of ${service} to go back to.`, {
      hint: 'Fix forward, or restore an older revision by hand.',
    });
  return { current, ...chosen, ...missingFrom(seen) };
}

type Judged = Pick<ChosenTarget, 'target' | 'targetHealth' | 'judgement' | 'judgedGood'>;

/** Every candidate lacks the same things: they are said once. */
function missingFrom(seen: readonly Health[]): Pick<ChosenTarget, 'partial' | 'hints'> {
  const failures = new Map(seen.flatMap(({ partial }) => partial.map((one) => [JSON.stringify(one), one])));
  return { partial: [...failures.values()], hints: [...new Set(seen.flatMap(({ hints }) => hints))] };
}

function named(versions: readonly Deployment[], wanted: string, service: string): readonly Deployment[] {
  const found = versions.find(
    ({ id, revision, version }) =>
      id === wanted || version === wanted || revision === wanted || isShortOf(revision, wanted),
  );
  const current = versions[0]?.revision;
  if (found && found.revision !== current) return [found];
  const known = versions
    .filter(({ revision }) => revision !== current)
    .slice(0, 5)
    .map(({ version, revision }) => `${version ?? 'unversioned'} (${shortRevision(revision)})`);
  throw new ToolError(
    'not_found',
    found ? `${wanted} is what runs now.` : `${service} has no deployment ${wanted.slice(0, 80)}.`,
    {
      hint: `Earlier deployments: ${known.join(', ') || 'none'}.`,
    },
  );
}

/** Names of a cluster's revisions share their beginnings, ids of commits do not. */
function isShortOf(revision: string, wanted: string): boolean {
  return wanted.length >= 7 && shortRevision(revision) !== revision && revision.startsWith(wanted);
}

/** A version ran until the one after it was deployed. */
function endOf(versions: readonly Deployment[], target: Deployment): Date {
  return versions[versions.indexOf(target) - 1]?.time ?? target.time;
}

function judge(target: Health, current: Health): Pick<ChosenTarget, 'judgement' | 'judgedGood'> {
  if (target.errorRate === null) {
    return {
      judgement: 'Not measured: no error rate from the time when this version ran.',
      judgedGood: false,
    };
  }
  if (target.measuredMs < leastMeasuredMs) {
    return {
      judgement: `Not measured: it ran for ${spanOf(target.measuredMs)}, too short to judge it by.`,
      judgedGood: false,
    };
  }
  const limit = Math.max(healthyErrorRate, (current.errorRate ?? 0) * betterThan);
  const now = current.errorRate === null ? 'now unknown' : `now ${percent(current.errorRate)}`;
  const shown = `${percent(target.errorRate)} of requests failed in its last ${spanOf(target.measuredMs)}, ${now}`;
  const alerts =
    target.alertsFired === null
      ? ''
      : `; ${target.alertsFired} alerts fired then, ${current.alertsFired ?? 'an unknown number'} now`;
  const judgedGood =
    target.errorRate <= limit && (target.alertsFired ?? 0) <= Math.max(1, current.alertsFired ?? 0);
  return { judgement: `${judgedGood ? 'Held good' : 'Not held good'}: ${shown}${alerts}.`, judgedGood };
}

function spanOf(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  return ms >= 3_600_000 ? 'hour' : `${Math.round(ms / 60_000)} min`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
}

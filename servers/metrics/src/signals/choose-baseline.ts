import { type CallContext, type PartialFailure, ToolError } from '@devops-mcp/contract';
import {
  baselineWindow,
  type Deployment,
  type DeploymentsApi,
  optionalAnswer,
  type Window,
} from '@devops-mcp/domain';

export interface BaselineQuestion {
  readonly service: string;
  readonly environment: string;
  readonly window: Window;
  /** `previous_period`, `same_time_last_week`, `deployment` for the latest one, or a deployment's id. */
  readonly compareTo: string;
  readonly deployments: DeploymentsApi | undefined;
}

export interface Baseline {
  readonly window: Window;
  /** What the baseline is, in words. */
  readonly of: string;
  /** Only what happened from here on is compared: the deployment's time when it lies in the window. */
  readonly compareFrom: Date;
  /** Deployments inside the asked window, newest first. */
  readonly markers: readonly Deployment[];
  readonly hints: readonly string[];
  readonly partial: readonly PartialFailure[];
}

const lookBackMs = 30 * 24 * 3_600_000;
const deploymentsMax = 50;

/**
 * Finds what to compare with, and the deployments inside the window. Against a deployment, as much
 * time before it as has passed since (within the window) is the baseline. Without a port for
 * deployments the previous period stands in, and a hint says so.
 */
export async function chooseBaseline(question: BaselineQuestion, context: CallContext): Promise<Baseline> {
  const { service, environment, window, compareTo } = question;
  const byTime = compareTo === 'previous_period' || compareTo === 'same_time_last_week';
  const since = byTime ? window.start : new Date(window.end.getTime() - lookBackMs);
  const history = await optionalAnswer(
    { port: question.deployments, name: 'deployments', environment, adds: 'deployment markers' },
    context,
    (port) =>
      port.history({ service, window: { start: since, end: window.end }, limit: deploymentsMax }, context),
  );
  const found = history.data ?? [];
  const markers = found.filter((deployment) => deployment.time >= window.start);
  const common = { markers, partial: history.partial };
  if (byTime) return { ...common, ...simple(window, compareTo), hints: history.hints };
  if (history.data === undefined) {
    const instead = `Compared with the previous period, since deployments cannot be read.`;
    return { ...common, ...simple(window, 'previous_period'), hints: [...history.hints, instead] };
  }
  const deployment = pick(found, compareTo, service);
  if (deployment === undefined) {
    const instead = `Compared with the previous period: no deployment of ${service} in the last 30 days is known.`;
    return { ...common, ...simple(window, 'previous_period'), hints: [...history.hints, instead] };
  }
  return { ...common, ...around(window, deployment), hints: history.hints };
}

function simple(window: Window, kind: 'previous_period' | 'same_time_last_week') {
  const of = kind === 'previous_period' ? 'the period before' : 'the same time a week earlier';
  return { window: baselineWindow(window, kind), of, compareFrom: window.start };
}

function around(window: Window, deployment: Deployment) {
  const compareFrom = deployment.time > window.start ? deployment.time : window.start;
  const lengthMs = window.end.getTime() - compareFrom.getTime();
  const before = { start: new Date(deployment.time.getTime() - lengthMs), end: deployment.time };
  return { window: before, of: `before deployment ${deployment.id}`, compareFrom };
}

/** Scaling and restarts change nothing that a comparison would be about. */
function pick(found: readonly Deployment[], wanted: string, service: string): Deployment | undefined {
  if (wanted === 'deployment') return found.find(({ kind }) => kind !== 'scale' && kind !== 'restart');
  const named = found.find(({ id, revision, version }) => [id, revision, version].includes(wanted));
  if (named) return named;
  const recent = found.slice(0, 5).map(({ id }) => id);
  throw new ToolError('not_found', `There is no deployment ${wanted} of ${service} in the last 30 days.`, {
    hint:
      recent.length > 0
        ? `Latest: ${recent.join(', ')}. compareTo also takes previous_period, same_time_last_week and deployment.`
        : 'compareTo also takes previous_period, same_time_last_week and deployment.',
  });
}

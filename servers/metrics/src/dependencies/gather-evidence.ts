import type { CallContext, PartialFailure } from '@devops-mcp/contract';
import {
  type Alert,
  type AlertsApi,
  type Anomaly,
  baselineWindow,
  type DependenciesApi,
  type DependencyEdge,
  type Deployment,
  type DeploymentsApi,
  type MetricsApi,
  type OptionalAnswer,
  optionalAnswer,
  type ServicesApi,
  type Window,
} from '@devops-mcp/domain';

export interface DependencyPorts {
  readonly services: ServicesApi;
  readonly dependencies: DependenciesApi | undefined;
  readonly metrics: MetricsApi | undefined;
  readonly alerts: AlertsApi | undefined;
  readonly deployments: DeploymentsApi | undefined;
}

/** Undefined means that it could not be read, which is not the same as empty. */
export interface Evidence {
  readonly edges: readonly DependencyEdge[] | undefined;
  readonly before: readonly DependencyEdge[] | undefined;
  readonly alerts: readonly Alert[] | undefined;
  readonly deployments: readonly Deployment[] | undefined;
  /** Services with telemetry in the window. */
  readonly names: readonly string[] | undefined;
  readonly hints: readonly string[];
  readonly partial: readonly PartialFailure[];
}

const lookBackMs = 30 * 24 * 3_600_000;
const deploymentsMax = 200;
const anomaliesMax = 200;

/** Asks every port at once for what does not depend on the shape of the graph. */
export async function gatherEvidence(
  ports: DependencyPorts,
  environment: string,
  window: Window,
  context: CallContext,
): Promise<Evidence> {
  const calls = { port: ports.dependencies, name: 'dependencies', environment, adds: 'calls seen in traces' };
  // Of a window in the past, what fired at its end counts, and not what fires now.
  const atEnd = window.end < context.now ? { at: window.end } : {};
  const history = { start: new Date(window.end.getTime() - lookBackMs), end: window.end };
  const [edges, before, alerts, deployments, names] = await Promise.all([
    optionalAnswer(calls, context, (port) => port.edges({ window }, context)),
    optionalAnswer({ ...calls, adds: 'calls of the period before' }, context, (port) =>
      port.edges({ window: baselineWindow(window, 'previous_period') }, context),
    ),
    optionalAnswer(
      { port: ports.alerts, name: 'alerts', environment, adds: 'active alerts' },
      context,
      (port) => port.active(atEnd, context),
    ),
    optionalAnswer(
      { port: ports.deployments, name: 'deployments', environment, adds: 'last deployments' },
      context,
      (port) => port.history({ window: history, limit: deploymentsMax }, context),
    ),
    optionalAnswer(
      { port: ports.metrics, name: 'metrics', environment, adds: 'health from metrics' },
      context,
      (port) => port.services({ window }, context),
    ),
  ]);
  const asked: readonly OptionalAnswer<unknown>[] = [edges, alerts, deployments, names];
  return {
    edges: edges.data,
    before: before.data,
    alerts: alerts.data,
    deployments: deployments.data,
    names: names.data,
    hints: asked.flatMap((answer) => answer.hints),
    partial: [...asked, before].flatMap((answer) => answer.partial),
  };
}

/** Deviations of the named services. Without a metrics port nothing is said twice: `gatherEvidence` said so. */
export async function anomaliesOf(
  services: readonly string[],
  metrics: MetricsApi | undefined,
  environment: string,
  window: Window,
  context: CallContext,
): Promise<{ readonly found: readonly Anomaly[] | undefined; readonly partial: readonly PartialFailure[] }> {
  if (metrics === undefined || services.length === 0) return { found: undefined, partial: [] };
  const question = { port: metrics, name: 'metrics', environment, adds: 'deviations of metrics' };
  const answer = await optionalAnswer(question, context, (port) =>
    port.findAnomalies({ window, services, top: anomaliesMax }, context),
  );
  return { found: answer.data?.anomalies, partial: answer.partial };
}

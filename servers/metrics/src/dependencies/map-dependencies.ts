import type { CallContext, PartialFailure, ResolvedWindow, Source } from '@devops-mcp/contract';
import {
  type Alert,
  type Deployment,
  parsePeriod,
  requireService,
  type ServiceEntry,
  showWindow,
} from '@devops-mcp/domain';
import {
  type Around,
  type DependencyGraph,
  type GraphEdge,
  joinEdges,
  neighbourhood,
} from './dependency-graph.js';
import { type FaultOrigin, findFaultOrigin } from './fault-origin.js';
import { anomaliesOf, type DependencyPorts, type Evidence, gatherEvidence } from './gather-evidence.js';
import { type Health, judgeHealth } from './node-health.js';

export interface DependencyQuestion extends Around {
  readonly environment: string;
  readonly period: string;
}

export interface DependencyMap {
  readonly graph: DependencyGraph;
  readonly health: ReadonlyMap<string, Health>;
  readonly alerts: readonly Alert[];
  readonly lastDeployment: ReadonlyMap<string, Deployment>;
  readonly origin: FaultOrigin;
  /** What catalog and traces say differently. */
  readonly disagreements: readonly string[];
  readonly window: ResolvedWindow;
  readonly source: Source;
  readonly hints: readonly string[];
  readonly partial: readonly PartialFailure[];
}

/** How far down the cause is looked for, whatever part of the graph is shown. */
const originDepth = 3;

/** Joins catalog, observed calls, anomalies, alerts and deployments around one service. */
export async function mapDependencies(
  question: DependencyQuestion,
  ports: DependencyPorts,
  context: CallContext,
): Promise<DependencyMap> {
  const { service, environment } = question;
  const { window, hints } = parsePeriod(question.period, context.now);
  const evidence = await gatherEvidence(ports, environment, window, context);
  await requireService({ service, catalog: ports.services, telemetry: async () => namesIn(evidence) });
  context.progress(1, 2, 'judging health');
  const catalog = ports.services.list();
  const all = joinEdges({ catalog, observed: evidence.edges ?? [], before: evidence.before ?? [] });
  const resources = resourcesIn(all, catalog);
  const graph = neighbourhood(question, all, resources);
  const below = neighbourhood({ service, direction: 'downstream', depth: originDepth }, all, resources);
  const names = [...new Set([...graph.nodes, ...below.nodes].map((node) => node.name))];
  // A backend refuses names that it does not know, and a dependency without telemetry is no error.
  const measured = names.filter((name) => evidence.names?.includes(name));
  const anomalies = await anomaliesOf(measured, ports.metrics, environment, window, context);
  const health = new Map(
    names.map((name) => [
      name,
      judgeHealth({
        anomalies: anomalies.found?.filter((anomaly) => anomaly.service === name),
        alerts: evidence.alerts?.filter((alert) => alert.service === name),
        inbound: all.filter((edge) => edge.to === name),
        hasTelemetry: evidence.names?.includes(name) ?? false,
      }),
    ]),
  );
  const lastDeployment = newestByService(evidence.deployments ?? []);
  return {
    graph,
    health,
    alerts: evidence.alerts ?? [],
    lastDeployment,
    origin: findFaultOrigin({
      ...{ service, health, resources, lastDeployment },
      ...{ edges: below.edges, callsKnown: all.length > 0 },
    }),
    disagreements: disagreements(graph, evidence, resources),
    window: showWindow(window, context.now),
    source: { backend: sourcesOf(evidence) },
    hints: [...hints, ...evidence.hints],
    partial: [...evidence.partial, ...anomalies.partial],
  };
}

/** Declared as resources, or named as such by the backend that saw calls to them. */
function resourcesIn(edges: readonly GraphEdge[], catalog: readonly ServiceEntry[]): ReadonlySet<string> {
  const seen = edges.map((edge) => edge.to).filter((name) => name.startsWith('resource:'));
  return new Set([...catalog.flatMap((entry) => entry.resources), ...seen]);
}

/** Undefined when nothing could be read that would name services. */
function namesIn({ names, edges, alerts, deployments }: Evidence): readonly string[] | undefined {
  if (names === undefined && edges === undefined) return undefined;
  const others = [...(alerts ?? []), ...(deployments ?? [])].flatMap(({ service }) => service ?? []);
  const called = (edges ?? []).flatMap(({ from, to }) => [from, to]);
  return [...new Set([...(names ?? []), ...called, ...others])];
}

/** Newest first is the port's order, but nothing here depends on it. */
function newestByService(deployments: readonly Deployment[]): ReadonlyMap<string, Deployment> {
  const newest = new Map<string, Deployment>();
  for (const deployment of deployments) {
    const known = newest.get(deployment.service);
    if (known === undefined || known.time < deployment.time) newest.set(deployment.service, deployment);
  }
  return newest;
}

/** Without observed calls there is nothing for the catalog to disagree with. */
function disagreements(
  graph: DependencyGraph,
  evidence: Evidence,
  resources: ReadonlySet<string>,
): readonly string[] {
  if (evidence.edges === undefined || evidence.edges.length === 0) return [];
  return graph.edges.flatMap(({ from, to, declared, observed }) => {
    // Traces and catalogs name databases each in their own way: that they differ says nothing.
    if (resources.has(to)) return [];
    if (declared && observed === undefined)
      return [`${from} → ${to} is declared in the catalog, but no call was seen in this window.`];
    if (!declared && observed !== undefined)
      return [`${from} calls ${to}, which the catalog does not declare.`];
    return [];
  });
}

function sourcesOf(evidence: Evidence): string {
  const read = [
    ...(evidence.edges === undefined ? [] : ['dependencies']),
    ...(evidence.names === undefined ? [] : ['metrics']),
    ...(evidence.alerts === undefined ? [] : ['alerts']),
    ...(evidence.deployments === undefined ? [] : ['deployments']),
  ];
  return ['catalog', ...read].join(', ');
}

import {
  type Deployment,
  estimateTokens,
  fitTokens,
  frameAnswer,
  knownFields,
  roundTo,
  type ServicesApi,
} from '@devops-mcp/domain';
import type { DependenciesAnswer } from '../tools/get-service-dependencies.js';
import type { GraphEdge, GraphNode } from './dependency-graph.js';
import type { DependencyMap } from './map-dependencies.js';
import { edgeTrouble, type healthStates } from './node-health.js';

type NodeRow = DependenciesAnswer['data']['nodes'][number];
type EdgeRow = DependenciesAnswer['data']['edges'][number];

const alertsShown = 3;
const evidenceMax = 10;
/** Nodes say more than edges, and edges without their nodes say nothing. */
const nodeShare = 0.6;
const howToGetMore = 'Raise maxTokens, or ask for one direction or a smaller depth.';

/** The map as an answer: the ill and the near first, then cut to the caller's budget. */
export function presentDependencies(
  map: DependencyMap,
  question: { readonly service: string; readonly environment: string; readonly maxTokens: number },
  catalog: ServicesApi,
  now: Date,
): DependenciesAnswer {
  const { graph } = map;
  const { service, environment } = question;
  const origin = {
    ...map.origin,
    suspects: [...map.origin.suspects],
    evidence: map.origin.evidence.slice(0, evidenceMax),
  };
  const disagreements = map.disagreements.slice(0, evidenceMax);
  const frame = frameAnswer(map);
  const left = question.maxTokens - frame.tokens - estimateTokens([origin, disagreements]);
  const ranked = graph.nodes.toSorted((a, b) => rankOf(a, map) - rankOf(b, map));
  const nodes = fitTokens(
    ranked.map((node) => nodeRow(node, map, catalog)),
    { maxTokens: left * nodeShare, reserved: 0, howToGetMore, atLeast: 1 },
  );
  const shown = new Set(nodes.rows.map((node) => node.name));
  const between = graph.edges.filter((edge) => shown.has(edge.from) && shown.has(edge.to));
  const edges = fitTokens(
    between.toSorted(worstFirst).map((edge) => edgeRow(edge, now)),
    {
      maxTokens: left - nodes.tokens,
      reserved: 0,
      howToGetMore,
      atLeast: 0,
    },
  );
  const returned = nodes.rows.length + edges.rows.length;
  const total = graph.nodes.length + graph.edges.length;
  return {
    data: { service, environment, origin, nodes: [...nodes.rows], edges: [...edges.rows], disagreements },
    ...frame.fields,
    ...(returned < total ? { truncation: { returned, total, more: true, howToGetMore } } : {}),
  };
}

function nodeRow(node: GraphNode, map: DependencyMap, catalog: ServicesApi): NodeRow {
  const health = map.health.get(node.name);
  const owner = catalog.get(node.name)?.owner;
  const deployment = map.lastDeployment.get(node.name);
  const alerts = map.alerts
    .filter((alert) => alert.service === node.name)
    .map(({ name, severity }) => `${name} (${severity})`);
  return {
    name: node.name,
    ...(node.kind === 'resource' ? { kind: node.kind } : {}),
    relation: node.relation,
    depth: node.depth,
    health: health?.state ?? 'unknown',
    reasons: [...(health?.reasons ?? [])],
    ...(health?.since ? { since: health.since.toISOString() } : {}),
    judgedBy: [...(health?.judgedBy ?? [])],
    ...(owner ? { owner } : {}),
    ...(alerts.length > 0 ? { alerts: alerts.slice(0, alertsShown) } : {}),
    ...(deployment ? { lastDeployment: deploymentRow(deployment) } : {}),
  };
}

function deploymentRow({ id, time, version }: Deployment): NonNullable<NodeRow['lastDeployment']> {
  return knownFields({ id, time: time.toISOString(), version });
}

function edgeRow({ from, to, declared, observed, before }: GraphEdge, now: Date): EdgeRow {
  const origin = declared ? (observed ? 'both' : 'declared') : 'observed';
  if (observed === undefined) return { from, to, origin };
  return {
    from,
    to,
    origin,
    callsPerSecond: roundTo(observed.callsPerSecond, 3),
    errorShare: roundTo(observed.errorShare, 3),
    p95Ms: roundTo(observed.p95Seconds * 1_000, 3),
    ...(before
      ? {
          previousErrorShare: roundTo(before.errorShare, 3),
          previousP95Ms: roundTo(before.p95Seconds * 1_000, 3),
        }
      : {}),
    seenSecondsAgo: Math.max(0, Math.round((now.getTime() - observed.lastSeen.getTime()) / 1_000)),
  };
}

function rankOf(node: GraphNode, map: DependencyMap): number {
  if (node.relation === 'self') return -1;
  const state = map.health.get(node.name)?.state ?? 'unknown';
  const bySickness = { unhealthy: 0, degraded: 1, healthy: 2, unknown: 2 } satisfies Record<
    (typeof healthStates)[number],
    number
  >;
  return bySickness[state] * 10 + node.depth;
}

function worstFirst(a: GraphEdge, b: GraphEdge): number {
  const trouble = Number(edgeTrouble(b) !== undefined) - Number(edgeTrouble(a) !== undefined);
  return trouble || (b.observed?.callsPerSecond ?? 0) - (a.observed?.callsPerSecond ?? 0);
}

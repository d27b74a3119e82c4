import type { DependencyEdge, ServiceEntry } from '@devops-mcp/domain';

export type Direction = 'upstream' | 'downstream' | 'both';

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly declared: boolean;
  readonly observed: DependencyEdge | undefined;
  /** The same edge in the baseline. */
  readonly before: DependencyEdge | undefined;
}

export interface GraphNode {
  readonly name: string;
  /** A resource is something that is no service, such as a database; no telemetry is expected of it. */
  readonly kind: 'service' | 'resource';
  /** Calls away from the service that was asked for. */
  readonly depth: number;
  readonly relation: 'self' | 'upstream' | 'downstream' | 'both';
}

export interface DependencyGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphInput {
  readonly catalog: readonly ServiceEntry[];
  readonly observed: readonly DependencyEdge[];
  readonly before: readonly DependencyEdge[];
}

/** Every edge that is declared or was seen, once, with both origins side by side. */
export function joinEdges(input: GraphInput): readonly GraphEdge[] {
  const edges = new Map<string, GraphEdge>();
  for (const { name, dependsOn, resources } of input.catalog)
    for (const to of [...dependsOn, ...resources])
      edges.set(keyOf(name, to), { from: name, to, declared: true, observed: undefined, before: undefined });
  for (const observed of input.observed) {
    const { from, to } = observed;
    const declared = edges.get(keyOf(from, to))?.declared ?? false;
    edges.set(keyOf(from, to), { from, to, declared, observed, before: undefined });
  }
  for (const before of input.before) {
    const edge = edges.get(keyOf(before.from, before.to));
    // A call that was only made before is not an edge of this window.
    if (edge) edges.set(keyOf(before.from, before.to), { ...edge, before });
  }
  return [...edges.values()];
}

export interface Around {
  readonly service: string;
  readonly direction: Direction;
  /** Calls away from the service. */
  readonly depth: number;
}

/** The part of a graph within reach: downstream is what the service calls, upstream what calls it. */
export function neighbourhood(
  { service, direction, depth }: Around,
  all: readonly GraphEdge[],
  resources: ReadonlySet<string>,
): DependencyGraph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Set<GraphEdge>();
  nodes.set(service, { name: service, kind: 'service', depth: 0, relation: 'self' });
  for (const side of ['downstream', 'upstream'] as const) {
    if (direction !== 'both' && direction !== side) continue;
    walk(service, side, depth, all, edges, (name, distance) => {
      const known = nodes.get(name);
      const kind = resources.has(name) ? 'resource' : 'service';
      const relation = known && known.relation !== side ? 'both' : side;
      nodes.set(name, { name, kind, depth: Math.min(distance, known?.depth ?? distance), relation });
    });
  }
  return { nodes: [...nodes.values()], edges: [...edges] };
}

function walk(
  service: string,
  side: 'upstream' | 'downstream',
  depth: number,
  all: readonly GraphEdge[],
  edges: Set<GraphEdge>,
  reach: (name: string, distance: number) => void,
): void {
  const seen = new Set([service]);
  let frontier = new Set([service]);
  for (let distance = 1; distance <= depth && frontier.size > 0; distance += 1) {
    const next = new Set<string>();
    for (const edge of all) {
      const [near, far] = side === 'downstream' ? [edge.from, edge.to] : [edge.to, edge.from];
      if (!frontier.has(near)) continue;
      edges.add(edge);
      if (seen.has(far)) continue;
      seen.add(far);
      next.add(far);
      reach(far, distance);
    }
    frontier = next;
  }
}

function keyOf(from: string, to: string): string {
  return `${from}\n${to}`;
}

import type { SpanNode, TraceWarning } from './trace-tree.js';

export interface SkewCorrection {
  readonly roots: readonly SpanNode[];
  readonly warnings: readonly TraceWarning[];
}

/**
 * Moves subtrees whose clock disagrees with the caller's. A child on another host that lies outside
 * its parent although it would fit into it is centred in it, as Jaeger's query service does: network
 * delay is taken as equal both ways. One that is longer than its parent is moved only when it begins
 * before it, since a server may well outlast a caller that gave up. Spans of one host share a clock
 * and are left alone; consumers run after their producer and are moved only when they begin before it.
 */
export function correctClockSkew(roots: readonly SpanNode[]): SkewCorrection {
  const moved: { readonly service: string; readonly byUs: number }[] = [];
  const corrected = roots.map((root) => moveTree(root, moved));
  const largest = moved.reduce((most, move) => (Math.abs(move.byUs) > Math.abs(most.byUs) ? move : most), {
    service: '',
    byUs: 0,
  });
  if (moved.length === 0) return { roots: corrected, warnings: [] };
  const text = `${moved.length} spans were moved because of clock skew, at most ${Math.abs(Math.round(largest.byUs / 1_000))} ms (${largest.service})`;
  return { roots: corrected, warnings: [{ kind: 'clock_skew', count: moved.length, text }] };
}

interface Draft {
  readonly node: SpanNode;
  readonly shiftUs: number;
  readonly parent: Draft | undefined;
  readonly children: SpanNode[];
}

function moveTree(root: SpanNode, moved: { service: string; byUs: number }[]): SpanNode {
  const order: Draft[] = [];
  const pending: Draft[] = [{ node: root, shiftUs: 0, parent: undefined, children: [] }];
  for (let draft = pending.pop(); draft !== undefined; draft = pending.pop()) {
    order.push(draft);
    for (const child of draft.node.children) {
      const skew = skewOf(draft, child);
      if (skew !== 0) moved.push({ service: child.span.service, byUs: skew });
      pending.push({ node: child, shiftUs: draft.shiftUs + skew, parent: draft, children: [] });
    }
  }
  let top = root;
  for (const draft of order.reverse()) {
    const { node, shiftUs } = draft;
    const children = draft.children.toSorted((a, b) => a.startUs - b.startUs);
    const placed = { ...node, startUs: node.startUs + shiftUs, endUs: node.endUs + shiftUs, children };
    if (draft.parent) draft.parent.children.push(placed);
    else top = placed;
  }
  return top;
}

/** What must be added to the child's clock, beyond what its parent was moved by. */
function skewOf(parent: Draft, child: SpanNode): number {
  if (sameHost(parent.node, child)) return 0;
  const parentStart = parent.node.startUs + parent.shiftUs;
  const parentEnd = parent.node.endUs + parent.shiftUs;
  const start = child.startUs + parent.shiftUs;
  const end = child.endUs + parent.shiftUs;
  if (child.span.kind === 'consumer' || parent.node.span.kind === 'producer')
    return start < parentStart ? parentStart - start : 0;
  if (start >= parentStart && end <= parentEnd) return 0;
  const room = parentEnd - parentStart - (end - start);
  if (room < 0) return start < parentStart ? parentStart - start : 0;
  return Math.round(parentStart + room / 2 - start);
}

function sameHost(a: SpanNode, b: SpanNode): boolean {
  return a.span.service === b.span.service && a.span.instance === b.span.instance;
}

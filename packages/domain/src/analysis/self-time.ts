import type { SpanNode } from './trace-tree.js';

/**
 * Self time in microseconds: the span's duration less the union of its children's intervals, so that
 * children that run at the same time are not subtracted twice. What a child does after its parent
 * has ended is not the parent's.
 */
export function selfTimeUs(node: SpanNode): number {
  return node.endUs - node.startUs - coveredUs(node);
}

function coveredUs(node: SpanNode): number {
  const intervals = node.children
    .map((child) => [Math.max(child.startUs, node.startUs), Math.min(child.endUs, node.endUs)] as const)
    .filter(([start, end]) => end > start)
    .toSorted((a, b) => a[0] - b[0]);
  let covered = 0;
  let reached = node.startUs;
  for (const [start, end] of intervals) {
    if (end <= reached) continue;
    covered += end - Math.max(start, reached);
    reached = end;
  }
  return covered;
}

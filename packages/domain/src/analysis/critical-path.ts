import type { SpanNode } from './trace-tree.js';

/** A stretch of time during which the request waited for exactly this span. */
export interface PathSegment {
  readonly node: SpanNode;
  readonly startUs: number;
  readonly endUs: number;
}

/**
 * The critical path of a request in order of time: the segments that made it as long as it was. From
 * the end of a span backwards, the child that finished last held it up; before that child began, the
 * one that finished last before that; what no child explains is the span's own. Children are cut to
 * their parent's time, and one that began after its parent ended held up nothing. The segments touch
 * and add up to the duration of the root.
 */
export function criticalPath(root: SpanNode): readonly PathSegment[] {
  const segments: PathSegment[] = [];
  const pending: Visit[] = [visit(root, root.startUs, root.endUs)];
  for (let current = pending.at(-1); current !== undefined; current = pending.at(-1)) {
    const child = lastToFinish(current);
    if (child === undefined) {
      add(segments, current.node, current.fromUs, current.reachedUs);
      pending.pop();
      continue;
    }
    const startUs = Math.max(child.startUs, current.fromUs);
    add(segments, current.node, Math.min(child.endUs, current.untilUs), current.reachedUs);
    const endUs = Math.min(child.endUs, current.reachedUs);
    current.reachedUs = startUs;
    pending.push(visit(child, startUs, endUs));
  }
  return segments.toSorted((a, b) => a.startUs - b.startUs);
}

interface Visit {
  readonly node: SpanNode;
  readonly fromUs: number;
  readonly untilUs: number;
  /** Time is explained from here to the end. */
  reachedUs: number;
  /** Children from the last to finish to the first; those before `next` were looked at. */
  readonly byEnd: readonly SpanNode[];
  next: number;
}

function visit(node: SpanNode, fromUs: number, untilUs: number): Visit {
  const byEnd = node.children.toSorted((a, b) => b.endUs - a.endUs);
  return { node, fromUs, untilUs, reachedUs: untilUs, byEnd, next: 0 };
}

function lastToFinish(current: Visit): SpanNode | undefined {
  while (current.next < current.byEnd.length) {
    const child = current.byEnd[current.next];
    current.next += 1;
    if (child === undefined) return undefined;
    const endUs = Math.min(child.endUs, current.untilUs);
    const startUs = Math.max(child.startUs, current.fromUs);
    if (endUs > startUs && endUs <= current.reachedUs) return child;
  }
  return undefined;
}

function add(segments: PathSegment[], node: SpanNode, startUs: number, endUs: number): void {
  if (endUs > startUs) segments.push({ node, startUs, endUs });
}

import type { Span } from '../traces.js';
import { correctClockSkew } from './correct-clock-skew.js';
import { criticalPath } from './critical-path.js';
import { selfTimeUs } from './self-time.js';
import { buildTraceTree, type SpanNode, type TraceWarning, walkTree } from './trace-tree.js';

export interface ServiceTime {
  readonly service: string;
  /** Sum of self times; with concurrency the sum over services exceeds the duration. */
  readonly selfUs: number;
  readonly spans: number;
  readonly errors: number;
}

export interface ServiceHop {
  readonly from: string;
  readonly to: string;
  readonly calls: number;
  readonly errors: number;
  readonly totalUs: number;
}

export interface PathStep {
  readonly span: Span;
  /** Time for which the request waited for this span itself. */
  readonly onPathUs: number;
}

export interface TraceAnalysis {
  readonly root: SpanNode | undefined;
  /** The root first, then what hangs on nothing. */
  readonly roots: readonly SpanNode[];
  readonly startUs: number;
  readonly durationUs: number;
  readonly spans: number;
  readonly services: readonly ServiceTime[];
  readonly hops: readonly ServiceHop[];
  /** In order of time, one step for each span. */
  readonly path: readonly PathStep[];
  /** Origins first: failed spans below which nothing failed. */
  readonly errors: readonly { readonly span: Span; readonly origin: boolean }[];
  readonly warnings: readonly TraceWarning[];
}

/** Everything that can be said of one trace from its spans alone. */
export function summariseTrace(spans: readonly Span[]): TraceAnalysis {
  const tree = buildTraceTree(spans);
  const { roots, warnings } = correctClockSkew(tree.roots);
  const nodes = [...walkTree(roots)];
  const root = roots[0];
  return {
    root,
    roots,
    startUs: root?.startUs ?? 0,
    durationUs: root === undefined ? 0 : root.endUs - root.startUs,
    spans: nodes.length,
    services: serviceTimes(nodes),
    hops: serviceHops(nodes),
    path: root === undefined ? [] : pathSteps(root),
    errors: errorSpans(nodes),
    warnings: [...tree.warnings, ...warnings],
  };
}

function serviceTimes(nodes: readonly SpanNode[]): readonly ServiceTime[] {
  const times = new Map<string, ServiceTime>();
  for (const node of nodes) {
    const service = node.span.service;
    const so = times.get(service) ?? { service, selfUs: 0, spans: 0, errors: 0 };
    times.set(service, {
      service,
      selfUs: so.selfUs + selfTimeUs(node),
      spans: so.spans + 1,
      errors: so.errors + Number(node.span.error),
    });
  }
  return [...times.values()].toSorted((a, b) => b.selfUs - a.selfUs);
}

function serviceHops(nodes: readonly SpanNode[]): readonly ServiceHop[] {
  const hops = new Map<string, ServiceHop>();
  for (const node of nodes) {
    for (const child of node.children) {
      const [from, to] = [node.span.service, child.span.service];
      if (from === to) continue;
      const key = `${from}\n${to}`;
      const so = hops.get(key) ?? { from, to, calls: 0, errors: 0, totalUs: 0 };
      hops.set(key, {
        ...so,
        calls: so.calls + 1,
        errors: so.errors + Number(child.span.error),
        totalUs: so.totalUs + child.endUs - child.startUs,
      });
    }
  }
  return [...hops.values()];
}

function pathSteps(root: SpanNode): readonly PathStep[] {
  const steps = new Map<Span, number>();
  for (const segment of criticalPath(root)) {
    const { span } = segment.node;
    steps.set(span, (steps.get(span) ?? 0) + segment.endUs - segment.startUs);
  }
  return [...steps].map(([span, onPathUs]) => ({ span, onPathUs }));
}

function errorSpans(nodes: readonly SpanNode[]): TraceAnalysis['errors'] {
  const failedWithin = new Set<SpanNode>();
  const errors: { readonly span: Span; readonly origin: boolean }[] = [];
  // Children come after their parents, so backwards every child is known before its parent.
  for (const node of nodes.toReversed()) {
    const below = node.children.some((child) => failedWithin.has(child));
    if (node.span.error) errors.push({ span: node.span, origin: !below });
    if (node.span.error || below) failedWithin.add(node);
  }
  return errors.toSorted((a, b) => Number(b.origin) - Number(a.origin) || a.span.startUs - b.span.startUs);
}

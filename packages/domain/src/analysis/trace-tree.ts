import type { Span } from '../traces.js';

/** A span in its place in the tree. Times are corrected where clocks disagree; the span keeps its own. */
export interface SpanNode {
  readonly span: Span;
  readonly startUs: number;
  readonly endUs: number;
  readonly children: readonly SpanNode[];
}

export interface TraceWarning {
  readonly kind: 'orphans' | 'cycle' | 'duplicates' | 'several_roots' | 'no_root' | 'clock_skew';
  readonly count: number;
  readonly text: string;
}

export interface TraceTree {
  /** The first is the root of the request; the others are orphans and further roots. */
  readonly roots: readonly SpanNode[];
  readonly warnings: readonly TraceWarning[];
}

/**
 * Puts the spans of one trace into a tree, whatever state they arrived in: spans whose parent is
 * missing become roots, a cycle of parents is cut at its earliest span, exact repeats are dropped,
 * and a server span that shares its id with the client's (Zipkin's convention) becomes its child.
 */
export function buildTraceTree(spans: readonly Span[]): TraceTree {
  const { entries, duplicates } = identify(spans);
  const parents = linkParents(entries);
  const cycles = cutCycles(entries, parents);
  const childrenOf = new Map<Entry, Entry[]>();
  for (const entry of entries) {
    const parent = parents.get(entry);
    if (parent) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), entry]);
  }
  const tops = entries.filter((entry) => !parents.has(entry)).toSorted(rootFirst);
  const orphans = tops.filter((entry) => entry.span.parentSpanId !== null).length - cycles;
  const rooted = tops.filter((entry) => entry.span.parentSpanId === null).length;
  return {
    roots: tops.map((top) => assemble(top, childrenOf)),
    warnings: [
      warning('orphans', orphans, 'spans name a parent that is not in the trace'),
      warning('cycle', cycles, 'cycles of parents were cut'),
      warning('duplicates', duplicates, 'repeated spans were dropped'),
      warning('several_roots', rooted > 1 ? rooted : 0, 'spans have no parent'),
      warning('no_root', entries.length > 0 && rooted === 0 ? 1 : 0, 'root span is missing'),
    ].filter((entry) => entry.count > 0),
  };
}

/** All nodes below and including the given ones, parents before children. */
export function* walkTree(nodes: readonly SpanNode[]): Generator<SpanNode> {
  const pending = [...nodes].reverse();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    yield node;
    for (let child = node.children.length - 1; child >= 0; child -= 1) {
      const next = node.children[child];
      if (next) pending.push(next);
    }
  }
}

interface Entry {
  readonly span: Span;
  /** Set on a server span that shares its id with a client span. */
  readonly sharedWith?: Entry;
}

function identify(spans: readonly Span[]): { entries: readonly Entry[]; duplicates: number } {
  const seen = new Map<string, Entry[]>();
  const entries: Entry[] = [];
  let duplicates = 0;
  // The client side first, so that the server side finds it.
  const ordered = spans.toSorted((a, b) => Number(b.kind === 'client') - Number(a.kind === 'client'));
  for (const span of ordered) {
    const same = seen.get(span.spanId) ?? [];
    if (same.some((entry) => entry.span.kind === span.kind && entry.span.service === span.service)) {
      duplicates += 1;
      continue;
    }
    const client = span.kind === 'server' ? same.find((entry) => entry.span.kind === 'client') : undefined;
    const entry: Entry = client ? { span, sharedWith: client } : { span };
    seen.set(span.spanId, [...same, entry]);
    entries.push(entry);
  }
  return { entries, duplicates };
}

function linkParents(entries: readonly Entry[]): Map<Entry, Entry> {
  const byId = new Map<string, Entry>();
  // Children of a shared id belong to the server side, which is set last.
  for (const entry of entries) if (!entry.sharedWith) byId.set(entry.span.spanId, entry);
  for (const entry of entries) if (entry.sharedWith) byId.set(entry.span.spanId, entry);
  const parents = new Map<Entry, Entry>();
  for (const entry of entries) {
    const named = entry.span.parentSpanId === null ? undefined : byId.get(entry.span.parentSpanId);
    const parent = entry.sharedWith ?? named;
    if (parent) parents.set(entry, parent);
  }
  return parents;
}

function cutCycles(entries: readonly Entry[], parents: Map<Entry, Entry>): number {
  const settled = new Set<Entry>();
  let cycles = 0;
  for (const entry of entries) {
    const path = new Set<Entry>();
    let current: Entry | undefined = entry;
    while (current && !settled.has(current) && !path.has(current)) {
      path.add(current);
      current = parents.get(current);
    }
    if (current && path.has(current)) {
      cycles += 1;
      parents.delete(earliestOfCycle(current, parents));
    }
    for (const passed of path) settled.add(passed);
  }
  return cycles;
}

function earliestOfCycle(start: Entry, parents: ReadonlyMap<Entry, Entry>): Entry {
  let earliest = start;
  let current = parents.get(start);
  while (current && current !== start) {
    if (current.span.startUs < earliest.span.startUs) earliest = current;
    current = parents.get(current);
  }
  return earliest;
}

/** Real roots before orphans, then the earliest, then the longest. */
function rootFirst(a: Entry, b: Entry): number {
  return (
    Number(a.span.parentSpanId !== null) - Number(b.span.parentSpanId !== null) ||
    a.span.startUs - b.span.startUs ||
    b.span.durationUs - a.span.durationUs
  );
}

/** Without recursion, since a trace may be thousands of spans deep. */
function assemble(top: Entry, childrenOf: ReadonlyMap<Entry, readonly Entry[]>): SpanNode {
  const order: Entry[] = [];
  const pending = [top];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    order.push(entry);
    pending.push(...(childrenOf.get(entry) ?? []));
  }
  const nodes = new Map<Entry, SpanNode>();
  for (const entry of order.reverse()) {
    const children = (childrenOf.get(entry) ?? []).flatMap((child) => nodes.get(child) ?? []);
    nodes.set(
      entry,
      nodeOf(
        entry.span,
        children.toSorted((a, b) => a.startUs - b.startUs),
      ),
    );
  }
  return nodes.get(top) ?? nodeOf(top.span, []);
}

function nodeOf(span: Span, children: readonly SpanNode[]): SpanNode {
  return { span, startUs: span.startUs, endUs: span.startUs + span.durationUs, children };
}

function warning(kind: TraceWarning['kind'], count: number, text: string): TraceWarning {
  return { kind, count, text: `${count} ${text}` };
}

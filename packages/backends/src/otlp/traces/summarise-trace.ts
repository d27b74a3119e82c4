import type { TraceSummary } from '@devops-mcp/domain';
import { dateOf, type Session } from '../port-context.js';

/** What a summary needs of a span. */
export type SummarySpan = {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly service: string;
  readonly operation: string;
  readonly time_us: number;
  readonly duration_us: number;
  readonly error: boolean;
};

/**
 * Summary of one trace. The root is the span without a parent or, when that is missing, the earliest
 * span whose parent is missing. The error's service is that of the deepest span in error.
 */
export function summariseTrace(spans: readonly SummarySpan[], session: Session): TraceSummary | undefined {
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  const root = rootOf(spans, byId);
  if (root === undefined) return undefined;
  const start = Math.min(...spans.map((span) => span.time_us));
  const end = Math.max(...spans.map((span) => span.time_us + span.duration_us));
  const failed = spans.filter((span) => span.error);
  const origin = deepest(failed, byId);
  const named = (span: SummarySpan) => session.services.serviceOf(span.service);
  return {
    traceId: root.trace_id,
    rootService: named(root),
    rootOperation: root.operation,
    start: dateOf(start),
    durationMs: (end - start) / 1_000,
    spans: spans.length,
    services: [...new Set(spans.map(named))],
    errors: failed.length,
    errorService: origin === undefined ? null : named(origin),
  };
}

function rootOf(
  spans: readonly SummarySpan[],
  byId: ReadonlyMap<string, SummarySpan>,
): SummarySpan | undefined {
  const tops = spans.filter((span) => span.parent_span_id === null || !byId.has(span.parent_span_id));
  const whole = tops.filter((span) => span.parent_span_id === null);
  return [...(whole.length > 0 ? whole : tops.length > 0 ? tops : spans)].sort(
    (a, b) => a.time_us - b.time_us,
  )[0];
}

/** The failed span farthest from the root; among equals the one that failed first. */
function deepest(
  failed: readonly SummarySpan[],
  byId: ReadonlyMap<string, SummarySpan>,
): SummarySpan | undefined {
  const endOf = (span: SummarySpan) => span.time_us + span.duration_us;
  return failed
    .map((span) => ({ span, depth: depthOf(span, byId) }))
    .sort((a, b) => b.depth - a.depth || endOf(a.span) - endOf(b.span))[0]?.span;
}

function depthOf(span: SummarySpan, byId: ReadonlyMap<string, SummarySpan>): number {
  let depth = 0;
  const seen = new Set([span.span_id]);
  for (let at = parentOf(span, byId); at !== undefined && !seen.has(at.span_id); at = parentOf(at, byId)) {
    // Broken instrumentation can make a ring of parents.
    seen.add(at.span_id);
    depth += 1;
  }
  return depth;
}

function parentOf(span: SummarySpan, byId: ReadonlyMap<string, SummarySpan>): SummarySpan | undefined {
  return span.parent_span_id === null ? undefined : byId.get(span.parent_span_id);
}

import { ToolError } from '@devops-mcp/contract';
import { cutText, knownFields, roundTo, selfTimeUs, type TraceAnalysis, walkTree } from '@devops-mcp/domain';
import type { TraceAnswer } from '../tools/get-trace.js';

const attributesMax = 30;
const eventsMax = 10;
const textMax = 1_500;
const childrenMax = 20;

/** One span whole, within bounds. Rejects with `not_found` when the trace has no such span. */
export function describeSpan(
  analysis: TraceAnalysis,
  spanId: string,
): NonNullable<TraceAnswer['data']['span']> {
  const node = [...walkTree(analysis.roots)].find((candidate) => candidate.span.spanId === spanId);
  if (node === undefined)
    throw new ToolError('not_found', `The trace has no span ${spanId}.`, {
      hint: 'Take a spanId from criticalPath or errorSpans of get_trace without spanId.',
    });
  const { span } = node;
  return knownFields({
    spanId,
    parentSpanId: span.parentSpanId,
    service: span.service,
    instance: span.instance,
    operation: cutText(span.operation, textMax),
    kind: span.kind,
    startMs: roundTo((node.startUs - analysis.startUs) / 1_000),
    durationMs: roundTo(span.durationUs / 1_000),
    selfMs: roundTo(selfTimeUs(node) / 1_000),
    error: span.error,
    statusMessage: span.statusMessage === null ? undefined : cutText(span.statusMessage, textMax),
    attributes: bounded(span.attributes),
    events: span.events.slice(0, eventsMax).map((event) => ({
      atMs: roundTo((event.timeUs - span.startUs) / 1_000),
      name: cutText(event.name, textMax),
      attributes: bounded(event.attributes),
    })),
    children: node.children.slice(0, childrenMax).map((child) => child.span.spanId),
  });
}

function bounded(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(attributes).slice(0, attributesMax);
  return Object.fromEntries(entries.map(([key, value]) => [cutText(key, 100), cutText(value, textMax)]));
}

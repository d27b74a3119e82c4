import type { Span } from '../../src/index.js';

/** A span with times in milliseconds; service and operation default to the id's. */
export function spanOf(
  id: string,
  parent: string | null,
  startMs: number,
  durationMs: number,
  more: Partial<Span> = {},
): Span {
  return {
    traceId: 'a'.repeat(32),
    spanId: id,
    parentSpanId: parent,
    service: 'api',
    instance: null,
    operation: id,
    kind: 'internal',
    startUs: startMs * 1_000,
    durationUs: durationMs * 1_000,
    error: false,
    statusMessage: null,
    attributes: {},
    events: [],
    ...more,
  };
}

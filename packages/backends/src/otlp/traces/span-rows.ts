import type { Span } from '@devops-mcp/domain';
import { spanKinds } from '../decode/spans.js';
import { isFields, list, numberOf, textOf } from '../decode/values.js';
import type { Session } from '../port-context.js';
import { textRecord } from '../text-record.js';

export const spanColumns =
  'time_us::DOUBLE AS time_us, duration_us::DOUBLE AS duration_us, service, instance, trace_id, span_id, ' +
  'parent_span_id, operation, kind, error, status_message, attributes, events';

export type SpanRecord = {
  readonly time_us: number;
  readonly duration_us: number;
  readonly service: string;
  readonly instance: string | null;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly operation: string;
  readonly kind: number;
  readonly error: boolean;
  readonly status_message: string | null;
  readonly attributes: string | null;
  readonly events: string | null;
};

export function spanOf(row: SpanRecord, session: Session): Span {
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    service: session.services.serviceOf(row.service),
    instance: row.instance,
    operation: row.operation,
    kind: spanKinds[row.kind] ?? 'internal',
    startUs: row.time_us,
    durationUs: row.duration_us,
    error: row.error,
    statusMessage: row.status_message,
    attributes: textRecord(row.attributes),
    events: eventsOf(row.events),
  };
}

function eventsOf(json: string | null): Span['events'] {
  if (json === null) return [];
  const parsed: unknown = JSON.parse(json);
  return list(parsed)
    .filter(isFields)
    .map((event) => ({
      timeUs: numberOf(event.timeUs) ?? 0,
      name: textOf(event.name),
      attributes: textRecord(JSON.stringify(event.attributes ?? {})),
    }));
}

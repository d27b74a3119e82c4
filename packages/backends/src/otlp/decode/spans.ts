import { type Origin, originOf } from './resource.js';
import type { Place, SpanRow } from './rows.js';
import {
  attributesJson,
  attributesOf,
  bounded,
  enumOf,
  type Fields,
  identifier,
  isFields,
  list,
  microseconds,
  numberOf,
  textOf,
} from './values.js';

/** In the order of OTLP's numbers 1 to 5. */
export const spanKinds = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
const kindNames = ['SPAN_KIND_UNSPECIFIED', ...spanKinds.map((kind) => `SPAN_KIND_${kind.toUpperCase()}`)];
const statusNames = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];
const server = 1;
const client = 2;
const mostEvents = 20;
const longestEvents = 1024 * 1024;
const mostLinks = 20;

/** Rows of one `resourceSpans` entry; spans without ids are left out, as nothing can refer to them. */
export function decodeSpans(resourceSpans: Fields, place: Place, add: (row: SpanRow) => void): void {
  const origin = originOf(resourceSpans.resource);
  for (const scope of list(resourceSpans.scopeSpans)) {
    if (!isFields(scope)) continue;
    for (const span of list(scope.spans)) {
      const row = isFields(span) ? spanRow(span, origin, place) : undefined;
      if (row !== undefined) add(row);
    }
  }
}

function spanRow(span: Fields, origin: Origin, place: Place): SpanRow | undefined {
  const traceId = identifier(span.traceId, 16);
  const spanId = identifier(span.spanId, 8);
  if (traceId === null || spanId === null) return undefined;
  const attributes = attributesOf(span.attributes);
  const start = microseconds(span.startTimeUnixNano);
  const kind = Math.max(0, enumOf(span.kind, kindNames) - 1);
  const status = isFields(span.status) ? span.status : {};
  return {
    file_id: place.fileId,
    seq: place.next(),
    time_us: start,
    duration_us: Math.max(0, microseconds(span.endTimeUnixNano) - start),
    service: origin.service,
    instance: origin.instance,
    version: origin.version,
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: identifier(span.parentSpanId, 8),
    operation: bounded(textOf(span.name), 200),
    kind,
    error: enumOf(status.code, statusNames) === 2 || failedStatus(kind, attributes),
    status_message: textOf(status.message) === '' ? null : bounded(textOf(status.message), 500),
    peer: kind === client || kind === 3 ? peerOf(attributes) : null,
    attributes: attributesJson(attributes),
    events: eventsJson(span.events),
    links: linksOf(span.links),
  };
}

/** A server's own failure is an error even where the instrumentation left the status unset. */
function failedStatus(kind: number, attributes: Readonly<Record<string, string>>): boolean {
  if (kind !== server && kind !== client) return false;
  const status = numberOf(attributes['http.response.status_code'] ?? attributes['http.status_code']);
  return status !== null && status >= 500;
}

function peerOf(attributes: Readonly<Record<string, string>>): string | null {
  const system = attributes['db.system.name'] ?? attributes['db.system'];
  if (system !== undefined) {
    const name = attributes['db.namespace'] ?? attributes['db.name'] ?? attributes['server.address'];
    return bounded(name === undefined ? `resource:${system}` : `resource:${system}/${name}`, 200);
  }
  const service = attributes['peer.service'] ?? attributes['service.peer.name'];
  return service === undefined ? null : bounded(`service:${service}`, 200);
}

/** The first events of a span, as far as they fit the bound. */
function eventsJson(value: unknown): string | null {
  const events: string[] = [];
  let size = 0;
  for (const event of list(value).slice(0, mostEvents)) {
    if (!isFields(event)) continue;
    const text = JSON.stringify({
      timeUs: microseconds(event.timeUnixNano),
      name: bounded(textOf(event.name), 200),
      attributes: attributesOf(event.attributes),
    });
    size += text.length;
    if (size > longestEvents) break;
    events.push(text);
  }
  return events.length === 0 ? null : `[${events.join(',')}]`;
}

function linksOf(value: unknown): string | null {
  const ids = list(value)
    .filter(isFields)
    .slice(0, mostLinks)
    .map((link) => identifier(link.spanId, 8))
    .filter((id) => id !== null);
  return ids.length === 0 ? null : ids.join(',');
}

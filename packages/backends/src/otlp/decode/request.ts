import { decodeLogs } from './logs.js';
import { decodePoints } from './points.js';
import type { Place, RowSink } from './rows.js';
import { decodeSpans } from './spans.js';
import { type Fields, isFields, list } from './values.js';

const decoders: readonly (readonly [string, (entry: Fields, place: Place, sink: RowSink) => void])[] = [
  ['resourceLogs', decodeLogs],
  ['resourceSpans', decodeSpans],
  ['resourceMetrics', decodePoints],
];

/**
 * Decodes one OTLP JSON document: an export request, or a list of them. False when it is none.
 * Entries that are not of the expected shape are passed over; the rest of the document counts.
 */
export function decodeRequest(document: unknown, place: Place, sink: RowSink): boolean {
  if (Array.isArray(document)) return document.map((item) => decodeRequest(item, place, sink)).includes(true);
  if (!isFields(document)) return false;
  let known = false;
  for (const [key, decode] of decoders) {
    if (!Array.isArray(document[key])) continue;
    known = true;
    for (const entry of list(document[key])) if (isFields(entry)) decode(entry, place, sink);
  }
  return known;
}

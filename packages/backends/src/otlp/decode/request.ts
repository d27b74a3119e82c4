import { decodeLogs } from './logs.js';
import { decodePoints } from './points.js';
import type { Place, RowOf, TableName } from './rows.js';
import { decodeSpans } from './spans.js';
import { type Fields, isFields, list } from './values.js';

/** The field of an export request that holds the rows of a table. */
export const requestFields: Readonly<Record<TableName, string>> = {
  logs: 'resourceLogs',
  spans: 'resourceSpans',
  points: 'resourceMetrics',
};
const fields = Object.values(requestFields);

type Decode<T extends TableName> = (entry: Fields, place: Place, add: (row: RowOf[T]) => void) => void;
const decoders: { readonly [T in TableName]: Decode<T> } = {
  logs: decodeLogs,
  spans: decodeSpans,
  points: decodePoints,
};

/**
 * Decodes the rows of one table from an OTLP JSON document: an export request, or a list of them.
 * False when it is none, not even one for another table. Entries that are not of the expected shape are
 * passed over; the rest of the document counts.
 */
export function decodeRequest<T extends TableName>(
  document: unknown,
  table: T,
  place: Place,
  add: (row: RowOf[T]) => void,
): boolean {
  if (Array.isArray(document))
    return document.map((item) => decodeRequest(item, table, place, add)).includes(true);
  if (!isFields(document)) return false;
  const decode = decoders[table];
  for (const entry of list(document[requestFields[table]])) if (isFields(entry)) decode(entry, place, add);
  return fields.some((field) => Array.isArray(document[field]));
}

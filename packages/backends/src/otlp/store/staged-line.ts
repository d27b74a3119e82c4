import type { LogRow, PointRow, RowOf, SpanRow, TableName } from '../decode/rows.js';

/** How lines of staged rows are written: characters that text hardly ever holds part and quote its fields. */
export const staging = { delimiter: '\x1f', quote: '\x1e', absent: '\x1d' } as const;

type Field = string | number | boolean;

/** A row as one line of delimited text, its fields in the order of the table's columns. */
export const stagedLine: { readonly [T in TableName]: (row: RowOf[T]) => string } = {
  logs: (row: LogRow) =>
    line([
      row.file_id,
      row.seq,
      whole(row.time_us),
      text(row.service),
      text(row.instance),
      text(row.version),
      row.level,
      text(row.body),
      row.fingerprint,
      text(row.type),
      text(row.stack),
      text(row.operation),
      plain(row.trace_id),
      plain(row.span_id),
      plain(row.attributes),
    ]),
  spans: (row: SpanRow) =>
    line([
      row.file_id,
      row.seq,
      whole(row.time_us),
      whole(row.duration_us),
      text(row.service),
      text(row.instance),
      text(row.version),
      row.trace_id,
      row.span_id,
      plain(row.parent_span_id),
      text(row.operation),
      small(row.kind),
      row.error,
      text(row.status_message),
      text(row.peer),
      plain(row.attributes),
      plain(row.events),
      plain(row.links),
    ]),
  points: (row: PointRow) =>
    line([
      row.file_id,
      row.seq,
      whole(row.time_us),
      whole(row.start_us),
      text(row.service),
      text(row.instance),
      text(row.version),
      text(row.metric),
      text(row.unit),
      row.kind,
      small(row.temporality),
      row.monotonic,
      row.series,
      text(row.operation),
      row.failed,
      plain(row.attributes),
      row.value,
      row.sum ?? staging.absent,
      plain(row.bounds),
      plain(row.counts),
      plain(row.exemplars),
    ]),
};

function line(fields: readonly Field[]): string {
  return `${fields.join(staging.delimiter)}\n`;
}

const special = new RegExp(`[${staging.absent}-${staging.delimiter}\\r\\n]`);

function text(value: string | null): string {
  if (value === null) return staging.absent;
  if (!special.test(value)) return value;
  return `${staging.quote}${value.replaceAll(staging.quote, staging.quote + staging.quote)}${staging.quote}`;
}

/** Identifiers and JSON, which have no control characters. */
function plain(value: string | null): string {
  return value ?? staging.absent;
}

/** Records may say anything where a whole number belongs; what is none becomes 0 instead of a failure. */
function whole(value: number): number {
  return Number.isSafeInteger(value) ? value : 0;
}

/** The same for a column of 32 bits. */
function small(value: number): number {
  return (value | 0) === value ? value : 0;
}

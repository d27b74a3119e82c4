import type { LogRow, PointRow, SpanRow, TableName } from '../decode/rows.js';
import { staging } from './staged-line.js';

export type { TableName } from '../decode/rows.js';
/** `whole` numbers have 64 bits; they come from numbers that are exact up to 2^53. */
export type ColumnType = 'whole' | 'integer' | 'double' | 'boolean' | 'text';
export type Columns<Row> = { readonly [K in keyof Row & string]: ColumnType };

const logs: Columns<LogRow> = {
  file_id: 'integer',
  seq: 'integer',
  time_us: 'whole',
  service: 'text',
  instance: 'text',
  version: 'text',
  level: 'integer',
  body: 'text',
  fingerprint: 'text',
  type: 'text',
  stack: 'text',
  operation: 'text',
  trace_id: 'text',
  span_id: 'text',
  attributes: 'text',
};

const spans: Columns<SpanRow> = {
  file_id: 'integer',
  seq: 'integer',
  time_us: 'whole',
  duration_us: 'whole',
  service: 'text',
  instance: 'text',
  version: 'text',
  trace_id: 'text',
  span_id: 'text',
  parent_span_id: 'text',
  operation: 'text',
  kind: 'integer',
  error: 'boolean',
  status_message: 'text',
  peer: 'text',
  attributes: 'text',
  events: 'text',
  links: 'text',
};

const points: Columns<PointRow> = {
  file_id: 'integer',
  seq: 'integer',
  time_us: 'whole',
  start_us: 'whole',
  service: 'text',
  instance: 'text',
  version: 'text',
  metric: 'text',
  unit: 'text',
  kind: 'integer',
  temporality: 'integer',
  monotonic: 'boolean',
  series: 'whole',
  operation: 'text',
  failed: 'boolean',
  attributes: 'text',
  value: 'double',
  sum: 'double',
  bounds: 'text',
  counts: 'text',
  exemplars: 'text',
};

export const tables: Readonly<Record<TableName, Readonly<Record<string, ColumnType>>>> = {
  logs,
  spans,
  points,
};
export const tableNames: readonly TableName[] = ['logs', 'spans', 'points'];

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  whole: 'BIGINT',
  integer: 'INTEGER',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
};

/** Raise when the meaning or the columns of what is stored change: older state is then read again. */
export const schemaVersion = 1;

/** No staged row comes near: each text of a row is bounded where it is decoded. Bytes. */
const longestLine = 8 * 1024 * 1024;
const bufferBytes = 16 * 1024 * 1024;

/** The rows of a staged file in order of time. */
export function selectStaged(table: TableName, path: string): string {
  const columns = Object.entries(tables[table]).map(([name, type]) => `'${name}': '${sqlTypes[type]}'`);
  const { delimiter, quote, absent } = staging;
  return `SELECT * FROM read_csv(${quoted(path)}, auto_detect = false, header = false, delim = '${delimiter}',
    quote = '${quote}', escape = '${quote}', nullstr = '${absent}', allow_quoted_nulls = false, comment = '',
    new_line = '\\n', max_line_size = ${longestLine}, buffer_size = ${bufferBytes},
    columns = {${columns.join(', ')}}) ${inOrder}`;
}

/** How rows lie in a segment, so that queries for a period read few row groups. */
export const inOrder = 'ORDER BY time_us, file_id, seq';

/** The view that queries read: all segments of a table, or nothing of the same shape. */
export function createView(table: TableName, files: readonly string[]): string {
  if (files.length > 0)
    return `CREATE OR REPLACE VIEW ${table} AS SELECT * FROM read_parquet([${files.map(quoted).join(', ')}])`;
  const columns = Object.entries(tables[table]).map(
    ([name, type]) => `CAST(NULL AS ${sqlTypes[type]}) AS "${name}"`,
  );
  return `CREATE OR REPLACE VIEW ${table} AS SELECT ${columns.join(', ')} WHERE false`;
}

/** A text literal; only for paths of our own, since DuckDB takes no parameters where these stand. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

import type { LogRow, PointRow, SpanRow } from '../decode/rows.js';

export type TableName = 'logs' | 'spans' | 'points';
/** `whole` numbers are kept as doubles in memory, exact up to 2^53, and as 64-bit integers on disk. */
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

const memoryTypes: Readonly<Record<ColumnType, string>> = {
  whole: 'DOUBLE',
  integer: 'INTEGER',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
};

/** Raise when the meaning or the columns of what is stored change: older state is then read again. */
export const schemaVersion = 1;

export function stagingTable(table: TableName): string {
  return `staging_${table}`;
}

export function createStaging(table: TableName): string {
  const columns = Object.entries(tables[table]).map(([name, type]) => `"${name}" ${memoryTypes[type]}`);
  return `CREATE OR REPLACE TABLE ${stagingTable(table)} (${columns.join(', ')})`;
}

/** The staged rows as they are written, in order of time. */
export function selectStaged(table: TableName): string {
  const columns = Object.entries(tables[table]).map(([name, type]) =>
    type === 'whole' ? `CAST("${name}" AS BIGINT) AS "${name}"` : `"${name}"`,
  );
  return `SELECT ${columns.join(', ')} FROM ${stagingTable(table)} ORDER BY time_us, file_id, seq`;
}

/** The view that queries read: all segments of a table, or nothing of the same shape. */
export function createView(table: TableName, files: readonly string[]): string {
  if (files.length > 0)
    return `CREATE OR REPLACE VIEW ${table} AS SELECT * FROM read_parquet([${files.map(quoted).join(', ')}])`;
  const columns = Object.entries(tables[table]).map(
    ([name, type]) => `CAST(NULL AS ${type === 'whole' ? 'BIGINT' : memoryTypes[type]}) AS "${name}"`,
  );
  return `CREATE OR REPLACE VIEW ${table} AS SELECT ${columns.join(', ')} WHERE false`;
}

/** A text literal; only for paths of our own, since DuckDB takes no parameters where these stand. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

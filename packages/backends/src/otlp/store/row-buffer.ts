import type { LogRow, PointRow, RowSink, SpanRow } from '../decode/rows.js';
import type { Parameter } from './duckdb.js';
import { type TableName, tableNames, tables } from './tables.js';

/** Collects rows by column until they are handed to the engine. */
export interface RowBuffer extends RowSink {
  rows(): number;
  /** Rough size of the text that is held, in characters. */
  weight(): number;
  /** Empties the buffer and gives what it held, tables without rows left out. */
  take(): readonly { readonly table: TableName; readonly columns: readonly (readonly Parameter[])[] }[];
}

interface Held {
  readonly names: readonly string[];
  columns: Parameter[][];
  rows: number;
}

export function rowBuffer(): RowBuffer {
  const held: Record<TableName, Held> = {
    logs: empty('logs'),
    spans: empty('spans'),
    points: empty('points'),
  };
  let weight = 0;
  const add = (table: TableName, row: Readonly<Record<string, Parameter>>) => {
    const target = held[table];
    target.rows += 1;
    for (let index = 0; index < target.names.length; index += 1) {
      const value = row[target.names[index] ?? ''] ?? null;
      if (typeof value === 'string') weight += value.length;
      target.columns[index]?.push(value);
    }
  };
  return {
    log: (row: LogRow) => add('logs', row),
    span: (row: SpanRow) => add('spans', row),
    point: (row: PointRow) => add('points', row),
    rows: () => tableNames.reduce((sum, table) => sum + held[table].rows, 0),
    weight: () => weight,
    take() {
      weight = 0;
      const taken = tableNames
        .filter((table) => held[table].rows > 0)
        .map((table) => ({ table, columns: held[table].columns }));
      for (const { table } of taken) held[table] = empty(table);
      return taken;
    },
  };
}

function empty(table: TableName): Held {
  const names = Object.keys(tables[table]);
  return { names, columns: names.map(() => []), rows: 0 };
}

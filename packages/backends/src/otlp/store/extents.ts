import type { Engine } from './duckdb.js';
import type { TableName } from './tables.js';

/** When a service has data of one kind; Unix microseconds. */
export interface Extent {
  readonly table: TableName;
  /** As telemetry names it. */
  readonly service: string;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly rows: number;
}

/** Kept with the manifest's revision, so that "unknown service" and "no data then" cost nothing. */
export function readExtents(
  engine: Engine,
  table: TableName,
  signal: AbortSignal,
): Promise<readonly Extent[]> {
  return engine.query<Extent & Record<string, unknown>>(
    `SELECT '${table}' AS "table", service, min(time_us)::DOUBLE AS "firstUs",
       max(time_us)::DOUBLE AS "lastUs", count(*)::DOUBLE AS "rows" FROM ${table} GROUP BY service`,
    [],
    signal,
  );
}

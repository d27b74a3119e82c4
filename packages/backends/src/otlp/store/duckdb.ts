import { type CallContext, ToolError } from '@devops-mcp/contract';
import type { DuckDBInstance } from '@duckdb/node-api';
import { quoted } from './tables.js';

type DuckDb = typeof import('@duckdb/node-api');
/** Gives the engine's module; replaced in tests that show its absence. */
export type LoadDuckDb = () => Promise<DuckDb>;

/** The version that the peer dependency of this package names. */
export const duckDbVersion = '1.5.5-r.5';
const memoryLimit = '512MB';
const threads = '2';

export type Parameter = string | number | boolean | null;
export type Row = Readonly<Record<string, unknown>>;

/** An in-memory database over files of one folder, and nothing else on the machine. */
export interface Engine {
  /** Runs one statement. Rows are plain objects; 64-bit integers are bigint, so queries cast them. */
  query<R extends Row>(sql: string, parameters: readonly Parameter[], signal: AbortSignal): Promise<R[]>;
  run(sql: string): Promise<void>;
  close(): void;
}

export const loadDuckDb: LoadDuckDb = async () => {
  const module = await import('@duckdb/node-api');
  return module;
};

/**
 * Starts the engine. Rejects with `unavailable` when the package is not installed.
 * The engine may read and write below `folder` only, loads no extensions, and cannot be reconfigured:
 * whatever a query might become, it reaches no other file and no network.
 */
export async function openEngine(load: LoadDuckDb, folder: string, spill: string): Promise<Engine> {
  const duckdb = await loadOrExplain(load);
  const instance = await duckdb.DuckDBInstance.create(':memory:', { memory_limit: memoryLimit, threads });
  const connection = await instance.connect();
  try {
    for (const setting of settings(folder, spill)) await connection.run(setting);
  } finally {
    connection.closeSync();
  }
  return engine(instance);
}

async function loadOrExplain(load: LoadDuckDb): Promise<DuckDb> {
  try {
    return await load();
  } catch (cause) {
    throw new ToolError('unavailable', 'Reading OpenTelemetry files needs DuckDB, which is not installed.', {
      hint: `Install it beside the server: npm install @duckdb/node-api@${duckDbVersion}`,
      details: { package: '@duckdb/node-api', version: duckDbVersion },
      cause,
    });
  }
}

function settings(folder: string, spill: string): readonly string[] {
  return [
    `SET temp_directory = ${quoted(spill)}`,
    `SET max_temp_directory_size = '4GB'`,
    'SET autoinstall_known_extensions = false',
    'SET autoload_known_extensions = false',
    // Segments never change once they are written.
    'SET parquet_metadata_cache = true',
    'SET preserve_insertion_order = false',
    `SET allowed_directories = [${quoted(folder)}]`,
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ];
}

function engine(instance: DuckDBInstance): Engine {
  return {
    async query<R extends Row>(sql: string, parameters: readonly Parameter[], signal: AbortSignal) {
      signal.throwIfAborted();
      const connection = await instance.connect();
      const interrupt = () => connection.interrupt();
      signal.addEventListener('abort', interrupt, { once: true });
      try {
        const reader = await connection.runAndReadAll(sql, [...parameters]);
        // The statement decides the shape of its rows; each caller states it beside its statement.
        return reader.getRowObjectsJS() as unknown as R[];
      } finally {
        signal.removeEventListener('abort', interrupt);
        connection.closeSync();
      }
    },
    async run(sql) {
      const connection = await instance.connect();
      try {
        await connection.run(sql);
      } finally {
        connection.closeSync();
      }
    },
    close: () => instance.closeSync(),
  };
}

/** What an interrupted query means to the caller. */
export function cancelled(context: CallContext, doing: string): ToolError {
  return new ToolError('timeout', `The call ended while ${doing}.`, {
    hint: 'Ask again or for a shorter period; what was read so far is kept.',
    cause: context.signal.reason,
  });
}

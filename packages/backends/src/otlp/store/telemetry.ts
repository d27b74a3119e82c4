import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { type CallContext, type LeaseStore, ToolError } from '@devops-mcp/contract';
import { type FileList, telemetryFiles } from '../reader/telemetry-files.js';
import { cancelled, type Engine, type LoadDuckDb, openEngine, type Parameter, type Row } from './duckdb.js';
import type { Extent } from './extents.js';
import { fileHints } from './file-hints.js';
import { sweep } from './segments.js';
import { type Attached, attachTable, refreshTable, type TableState } from './table-state.js';
import { type TableName, tableNames } from './tables.js';

export interface TelemetryOptions {
  /** Folder or file with OTLP JSON lines, absolute. */
  readonly root: string;
  /** The state of each root is a folder of its own below this. */
  readonly stateDir: string;
  readonly leases: LeaseStore;
  readonly load: LoadDuckDb;
  readonly clock: () => Date;
}

/** What can be asked during one call. */
export interface Snapshot {
  /** Statements may name the tables of the snapshot and no others. */
  query<R extends Row>(sql: string, parameters: readonly Parameter[]): Promise<R[]>;
  readonly tables: readonly TableName[];
  /** First and last time of every service in every table of the snapshot. */
  readonly extents: readonly Extent[];
  /** What a reader should know of the files: lines that could not be read, and the like. */
  readonly hints: readonly string[];
}

/** The telemetry of one folder, kept as Parquet segments. Safe to share between ports and processes. */
export interface Telemetry {
  /** Reads what is new in the folder for some tables and gives what can be asked of them. */
  snapshot(tables: readonly TableName[], context: CallContext): Promise<Snapshot>;
  close(): void;
}

interface Held {
  readonly options: TelemetryOptions;
  readonly folder: string;
  readonly tables: Readonly<Record<TableName, TableState>>;
  engine: Promise<Engine> | undefined;
}

export function openTelemetry(options: TelemetryOptions): Telemetry {
  const digest = createHash('sha256').update(options.root).digest('hex').slice(0, 16);
  const folder = join(options.stateDir, digest);
  const state = (table: TableName): TableState => ({
    table,
    folder: join(folder, table),
    leases: options.leases,
    clock: options.clock,
    attached: undefined,
    busy: Promise.resolve(),
  });
  const tables = { logs: state('logs'), spans: state('spans'), points: state('points') };
  const held: Held = { options, folder, tables, engine: undefined };
  return {
    snapshot: (wanted, context) => snapshot(held, wanted, context),
    close() {
      void held.engine?.then((engine) => engine.close()).catch(() => undefined);
      held.engine = undefined;
      for (const table of tableNames) tables[table].attached = undefined;
    },
  };
}

async function snapshot(held: Held, wanted: readonly TableName[], context: CallContext): Promise<Snapshot> {
  const states = tableNames.filter((table) => wanted.includes(table)).map((table) => held.tables[table]);
  const { engine, attached, hints } = await refreshAll(held, states, context).catch((error: unknown) => {
    throw context.signal.aborted && !(error instanceof ToolError)
      ? cancelled(context, 'telemetry was being read')
      : error;
  });
  const query = async <R extends Row>(sql: string, parameters: readonly Parameter[]) => {
    try {
      return await engine.query<R>(sql, parameters, context.signal);
    } catch (error) {
      if (context.signal.aborted) throw cancelled(context, 'telemetry was being searched');
      if (!isMissingSegment(error)) throw error;
      // Another process merged segments since; its manifest names the new ones.
      for (const state of states) await attachTable(state, engine, context.signal);
      return engine.query<R>(sql, parameters, context.signal);
    }
  };
  const extents = attached.flatMap((table) => table.extents);
  return { query, tables: states.map((state) => state.table), extents, hints };
}

interface Refreshed {
  readonly engine: Engine;
  readonly attached: readonly Attached[];
  readonly hints: readonly string[];
}

async function refreshAll(
  held: Held,
  states: readonly TableState[],
  context: CallContext,
): Promise<Refreshed> {
  context.signal.throwIfAborted();
  const engine = await engineOf(held);
  let files: FileList | undefined;
  const list = async () => {
    files = await listFiles(held.options.root);
    return files;
  };
  const attached: Attached[] = [];
  const inTurn = growing(context);
  // One after the other: each keeps one core busy with parsing and the engine's threads with writing.
  for (const state of states) attached.push(await refreshTable(state, engine, list, inTurn()));
  const manifests = attached.map((table) => table.manifest);
  const hints = fileHints(manifests, files ?? (await list()));
  if (!attached.some((table) => table.behind)) return { engine, attached, hints };
  const behind = 'Another process is reading newer telemetry at this moment.';
  return { engine, attached, hints: [...hints, behind] };
}

/** Contexts whose progress goes on where that of the one before ended: a client's progress only grows. */
function growing(context: CallContext): () => CallContext {
  let highest = 0;
  return () => {
    const base = highest;
    const progress: CallContext['progress'] = (done, total, message) => {
      highest = Math.max(highest, base + done);
      context.progress(base + done, total === undefined ? undefined : base + total, message);
    };
    return { ...context, progress };
  };
}

async function engineOf(held: Held): Promise<Engine> {
  held.engine ??= startEngine(held);
  try {
    return await held.engine;
  } catch (error) {
    held.engine = undefined;
    throw error;
  }
}

async function startEngine(held: Held): Promise<Engine> {
  for (const table of tableNames) await fs.mkdir(held.tables[table].folder, { recursive: true, mode: 0o700 });
  await sweep(held.folder, [], held.options.clock().getTime());
  return openEngine(held.options.load, held.folder, join(held.folder, `spill-${process.pid}`));
}

async function listFiles(root: string): Promise<FileList> {
  try {
    return await telemetryFiles(root);
  } catch (cause) {
    throw new ToolError('unavailable', 'The configured telemetry folder cannot be read.', {
      hint: 'Check `path` of the otlp backend in devops-mcp.yaml: it must be a folder or file that exists.',
      cause,
    });
  }
}

function isMissingSegment(error: unknown): boolean {
  return error instanceof Error && /No files found|Cannot open file|No such file/i.test(error.message);
}

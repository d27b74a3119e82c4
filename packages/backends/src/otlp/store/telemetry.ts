import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallContext, type LeaseStore, ToolError } from '@devops-mcp/contract';
import { type FileList, telemetryFiles } from '../reader/telemetry-files.js';
import { findChanges, isNothing } from './changes.js';
import { cancelled, type Engine, type LoadDuckDb, openEngine, type Parameter, type Row } from './duckdb.js';
import { type Extent, readExtents } from './extents.js';
import { fileHints } from './file-hints.js';
import { ingest, leaseMs } from './ingest.js';
import { type Manifest, manifestStamp, readManifest } from './manifest.js';
import { createView, tableNames } from './tables.js';

const pollMs = 100;
/** How long a call waits for another process that is reading, before it answers from what there is. */
const patienceMs = 5_000;

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
  query<R extends Row>(sql: string, parameters: readonly Parameter[]): Promise<R[]>;
  /** First and last time of every service in every table. */
  readonly extents: readonly Extent[];
  /** What a reader should know of the files: lines that could not be read, and the like. */
  readonly hints: readonly string[];
}

/** The telemetry of one folder, kept as Parquet segments. Safe to share between ports and processes. */
export interface Telemetry {
  /** Reads what is new in the folder and gives what can be asked. */
  snapshot(context: CallContext): Promise<Snapshot>;
  close(): void;
}

interface Attached {
  readonly stamp: string;
  readonly manifest: Manifest;
  readonly extents: readonly Extent[];
}

interface Held {
  readonly options: TelemetryOptions;
  readonly folder: string;
  engine: Promise<Engine> | undefined;
  attached: Attached | undefined;
  /** One refresh at a time in a process; the lease orders processes. */
  busy: Promise<unknown>;
}

export function openTelemetry(options: TelemetryOptions): Telemetry {
  const digest = createHash('sha256').update(options.root).digest('hex').slice(0, 16);
  const held: Held = {
    options,
    folder: join(options.stateDir, digest),
    engine: undefined,
    attached: undefined,
    busy: Promise.resolve(),
  };
  return {
    snapshot: (context) => snapshot(held, context),
    close() {
      void held.engine?.then((engine) => engine.close()).catch(() => undefined);
      held.engine = undefined;
      held.attached = undefined;
    },
  };
}

async function snapshot(held: Held, context: CallContext): Promise<Snapshot> {
  const turn = held.busy.then(() => refresh(held, context));
  held.busy = turn.catch(() => undefined);
  const { engine, attached, hints } = await turn.catch((error: unknown) => {
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
      await attach(held, engine, context);
      return engine.query<R>(sql, parameters, context.signal);
    }
  };
  return { query, extents: attached.extents, hints };
}

interface Refreshed {
  readonly engine: Engine;
  readonly attached: Attached;
  readonly hints: readonly string[];
}

async function refresh(held: Held, context: CallContext): Promise<Refreshed> {
  context.signal.throwIfAborted();
  const engine = await engineOf(held);
  const since = performance.now();
  for (;;) {
    const files = await listFiles(held.options.root);
    const attached = await attach(held, engine, context);
    const changes = await findChanges(files.files, attached.manifest);
    const hints = fileHints(attached.manifest, files);
    if (isNothing(changes, attached.manifest)) return { engine, attached, hints };
    const lease = await held.options.leases.acquire(leaseName(held), leaseMs);
    if (lease !== undefined) {
      try {
        await ingestUnderLease(held, engine, files, lease, context);
      } finally {
        await lease.release();
      }
      const fresh = await attach(held, engine, context);
      return { engine, attached: fresh, hints: fileHints(fresh.manifest, files) };
    }
    if (attached.manifest.complete && performance.now() - since > patienceMs)
      return {
        engine,
        attached,
        hints: [...hints, 'Another process is reading newer telemetry at this moment.'],
      };
    context.progress(0, undefined, 'Waiting for another process that reads the telemetry');
    await sleep(pollMs, undefined, { signal: context.signal });
  }
}

/** Looks again under the lease, because another process may have finished the same work just before. */
async function ingestUnderLease(
  held: Held,
  engine: Engine,
  files: FileList,
  lease: Parameters<typeof ingest>[0]['lease'],
  context: CallContext,
): Promise<void> {
  const { folder, options } = held;
  const manifest = await readManifest(folder);
  const changes = await findChanges(files.files, manifest);
  if (isNothing(changes, manifest)) return;
  await ingest({ engine, folder, manifest, changes, context, lease, clock: options.clock });
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
  await fs.mkdir(held.folder, { recursive: true, mode: 0o700 });
  return openEngine(held.options.load, held.folder, join(held.folder, `spill-${process.pid}`));
}

/** Points the views at the segments of the present manifest. */
async function attach(held: Held, engine: Engine, context: CallContext): Promise<Attached> {
  const stamp = await manifestStamp(held.folder);
  if (held.attached?.stamp === stamp) return held.attached;
  const manifest = await readManifest(held.folder);
  for (const table of tableNames) {
    const segments = manifest.segments.filter((segment) => segment.table === table);
    await engine.run(
      createView(
        table,
        segments.map((segment) => join(held.folder, segment.name)),
      ),
    );
  }
  const extents = await readExtents(engine, context.signal);
  held.attached = { stamp, manifest, extents };
  return held.attached;
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

function leaseName(held: Held): string {
  return `otlp:${held.folder}`;
}

function isMissingSegment(error: unknown): boolean {
  return error instanceof Error && /No files found|Cannot open file|No such file/i.test(error.message);
}

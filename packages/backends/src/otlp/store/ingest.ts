import { type CallContext, type Lease, ToolError } from '@devops-mcp/contract';
import type { TelemetryFile } from '../reader/telemetry-files.js';
import type { Changes } from './changes.js';
import type { Engine } from './duckdb.js';
import { type FileEntry, type Manifest, type SegmentEntry, writeManifest } from './manifest.js';
import { newEntry, type Progress, readOn } from './read-file.js';
import { type RowBuffer, rowBuffer } from './row-buffer.js';
import { clearStages, compact, sweep, withoutFiles, writeStaged } from './segments.js';
import { stagingTable, type TableName, tableNames, tables } from './tables.js';

export const leaseMs = 30_000;
const bufferRows = 16_384;
const bufferWeight = 16 * 1024 * 1024;
const stageRows = 120_000;
const stageWeight = 48 * 1024 * 1024;
const progressEveryMs = 200;

export interface IngestRequest {
  readonly engine: Engine;
  /** The state folder. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly changes: Changes;
  readonly context: CallContext;
  readonly lease: Lease;
  readonly clock: () => Date;
}

/** What one ingestion holds while it runs. */
interface Run extends IngestRequest {
  readonly buffer: RowBuffer;
  readonly files: Map<number, FileEntry>;
  segments: SegmentEntry[];
  readonly staged: Record<TableName, { rows: number; files: Set<number> }>;
  stagedWeight: number;
  revision: number;
  nextFile: number;
  renewedAt: number;
  reportedAt: number;
  readonly bytes: number;
  bytesDone: number;
}

/**
 * Makes the state mirror the folder: rows of files that are gone or were replaced leave it, new bytes
 * are decoded and written as Parquet segments. The manifest is replaced after each flush, so a
 * process that is killed loses what it had not flushed and nothing else. Needs the lease.
 */
export async function ingest(request: IngestRequest): Promise<Manifest> {
  const run = await begin(request);
  for (const { file, entry } of request.changes.toRead) {
    const progress = entry === undefined ? await fresh(run, file) : { ...entry };
    if (progress === undefined) continue;
    progress.size = file.size;
    progress.modifiedMs = file.modifiedMs;
    const before = progress.consumed;
    await readOn(file, progress, run.buffer, request.context.signal, async () => {
      reportProgress(run, file, progress.consumed - before);
      await flush(run, progress, false);
    });
    run.files.set(progress.id, { ...progress });
    run.bytesDone += file.size;
  }
  await flush(run, undefined, true);
  run.segments = await compact(run.engine, run.folder, run.segments);
  const manifest = await commit(run, true);
  await sweep(run.folder, manifest.segments, run.clock().getTime());
  return manifest;
}

async function begin(request: IngestRequest): Promise<Run> {
  const { engine, folder, manifest, changes } = request;
  await clearStages(engine, tableNames);
  const segments = await withoutFiles(engine, folder, manifest.segments, changes.dropped);
  return {
    ...request,
    buffer: rowBuffer(),
    files: new Map(changes.kept.map((entry) => [entry.id, entry])),
    segments,
    staged: { logs: stage(), spans: stage(), points: stage() },
    stagedWeight: 0,
    revision: manifest.revision,
    nextFile: manifest.nextFile,
    renewedAt: performance.now(),
    reportedAt: 0,
    bytes: changes.toRead.reduce((sum, { file }) => sum + file.size, 0),
    bytesDone: 0,
  };
}

function stage(): { rows: number; files: Set<number> } {
  return { rows: 0, files: new Set() };
}

/** Undefined when the file went away since it was listed. */
async function fresh(run: Run, file: TelemetryFile): Promise<Progress | undefined> {
  try {
    const entry = await newEntry(file, run.nextFile);
    run.nextFile += 1;
    return entry;
  } catch {
    return undefined;
  }
}

/** Hands rows to the engine when enough have come together, and writes segments when the stage is full. */
async function flush(run: Run, reading: Progress | undefined, all: boolean): Promise<void> {
  await keepLease(run);
  run.context.signal.throwIfAborted();
  const { buffer } = run;
  if (all || buffer.rows() >= bufferRows || buffer.weight() >= bufferWeight) await stageRowsOf(run);
  const rows = tableNames.reduce((sum, table) => sum + run.staged[table].rows, 0);
  if (rows === 0 || !(all || rows >= stageRows || run.stagedWeight >= stageWeight)) return;
  if (buffer.rows() > 0) await stageRowsOf(run);
  for (const table of tableNames) {
    const staged = run.staged[table];
    if (staged.rows === 0) continue;
    const files = [...staged.files];
    run.segments.push(await writeStaged(run.engine, run.folder, table, { rows: staged.rows, files }));
    run.staged[table] = stage();
  }
  run.stagedWeight = 0;
  // Without size and time, so that whoever goes on from here does not take the file for unchanged.
  if (reading !== undefined) run.files.set(reading.id, { ...reading, size: 0, modifiedMs: 0 });
  if (!all) await commit(run, run.manifest.complete);
}

async function stageRowsOf(run: Run): Promise<void> {
  run.stagedWeight += run.buffer.weight();
  for (const { table, columns } of run.buffer.take()) {
    await run.engine.append(stagingTable(table), Object.values(tables[table]), columns);
    const staged = run.staged[table];
    staged.rows += columns[0]?.length ?? 0;
    let last: unknown;
    for (const id of columns[0] ?? []) {
      if (id !== last && typeof id === 'number') staged.files.add(id);
      last = id;
    }
  }
}

async function commit(run: Run, complete: boolean): Promise<Manifest> {
  if (!(await run.lease.renew())) throw lostLease();
  run.revision += 1;
  const manifest: Manifest = {
    schema: run.manifest.schema,
    revision: run.revision,
    complete,
    nextFile: run.nextFile,
    files: [...run.files.values()],
    segments: run.segments,
  };
  await writeManifest(run.folder, manifest);
  return manifest;
}

async function keepLease(run: Run): Promise<void> {
  if (performance.now() - run.renewedAt < leaseMs / 4) return;
  if (!(await run.lease.renew())) throw lostLease();
  run.renewedAt = performance.now();
}

function lostLease(): ToolError {
  return new ToolError('unavailable', 'Another process took over reading the telemetry.', {
    hint: 'Ask again in a moment.',
    retryAfterSeconds: 1,
  });
}

function reportProgress(run: Run, file: TelemetryFile, consumed: number): void {
  const now = performance.now();
  if (now - run.reportedAt < progressEveryMs) return;
  run.reportedAt = now;
  const done = Math.min(run.bytes, run.bytesDone + Math.min(consumed, file.size));
  run.context.progress(done, run.bytes, `Reading telemetry: ${file.path}`);
}

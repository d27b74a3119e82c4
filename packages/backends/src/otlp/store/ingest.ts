import { type CallContext, type Lease, ToolError } from '@devops-mcp/contract';
import type { TelemetryFile } from '../reader/telemetry-files.js';
import type { Changes } from './changes.js';
import type { Engine } from './duckdb.js';
import { type Heartbeat, heartbeat } from './heartbeat.js';
import { type FileEntry, type Manifest, type SegmentEntry, writeManifest } from './manifest.js';
import { newEntry, type Progress, readOn } from './read-file.js';
import { compact, sealStage, sweep, withoutFiles } from './segments.js';
import { openStage, type Stage } from './stage.js';
import type { TableName } from './tables.js';

const stageRows = 120_000;
const stageBytes = 48 * 1024 * 1024;
const progressEveryMs = 200;

export interface IngestRequest<T extends TableName> {
  readonly engine: Engine;
  readonly table: T;
  /** The state folder of the table. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly changes: Changes;
  readonly context: CallContext;
  readonly lease: Lease;
  readonly clock: () => Date;
}

/** What one ingestion holds while it runs. */
interface Run<T extends TableName> extends IngestRequest<T> {
  readonly files: Map<number, FileEntry>;
  segments: SegmentEntry[];
  stage: Stage<T>;
  sealing: Sealing | undefined;
  revision: number;
  nextFile: number;
  readonly heartbeat: Heartbeat;
  reportedAt: number;
  readonly bytes: number;
  bytesDone: number;
}

/** A segment that the engine is writing while lines are read on, and how far the files were read for it. */
interface Sealing {
  readonly segment: Promise<SegmentEntry>;
  readonly files: readonly FileEntry[];
  readonly nextFile: number;
}

/**
 * Makes the state of one table mirror the folder: rows of files that are gone or were replaced leave it,
 * new bytes are decoded and written as Parquet segments. The manifest is replaced after each segment, so
 * a process that is killed loses what was not in a segment yet and nothing else. Needs the lease.
 */
export async function ingest<T extends TableName>(request: IngestRequest<T>): Promise<void> {
  const beating = heartbeat(request.lease);
  try {
    await mirror(await begin(request, beating));
  } finally {
    beating.stop();
  }
}

async function mirror<T extends TableName>(run: Run<T>): Promise<void> {
  try {
    for (const { file, entry } of run.changes.toRead) await read(run, file, entry);
    await seal(run, undefined);
    await settle(run);
  } catch (error) {
    // What is being written is whole and worth keeping; the error that counts is the first.
    await settle(run).catch(() => undefined);
    await run.stage.remove();
    throw error;
  }
  run.segments = await compact(run.engine, run.folder, run.segments);
  await commit(run, [...run.files.values()], run.nextFile, true);
  await sweep(run.folder, run.segments, run.clock().getTime());
}

async function begin<T extends TableName>(request: IngestRequest<T>, beating: Heartbeat): Promise<Run<T>> {
  const { engine, folder, manifest, changes, table } = request;
  const segments = await withoutFiles(engine, folder, manifest.segments, changes.dropped);
  return {
    ...request,
    files: new Map(changes.kept.map((entry) => [entry.id, entry])),
    segments,
    stage: openStage(folder, table),
    sealing: undefined,
    revision: manifest.revision,
    nextFile: manifest.nextFile,
    heartbeat: beating,
    reportedAt: 0,
    bytes: changes.toRead.reduce((sum, { file }) => sum + file.size, 0),
    bytesDone: 0,
  };
}

async function read<T extends TableName>(
  run: Run<T>,
  file: TelemetryFile,
  entry: FileEntry | undefined,
): Promise<void> {
  const progress = entry === undefined ? await fresh(run, file) : { ...entry };
  if (progress === undefined) return;
  progress.size = file.size;
  progress.modifiedMs = file.modifiedMs;
  const before = progress.consumed;
  await readOn(file, progress, {
    table: run.table,
    add: (row) => run.stage.add(row),
    signal: run.context.signal,
    between: async () => {
      reportProgress(run, file, progress.consumed - before);
      await keep(run, progress);
    },
  });
  run.files.set(progress.id, { ...progress });
  run.bytesDone += file.size;
}

/** Undefined when the file went away since it was listed. */
async function fresh(run: { nextFile: number }, file: TelemetryFile): Promise<Progress | undefined> {
  try {
    const entry = await newEntry(file, run.nextFile);
    run.nextFile += 1;
    return entry;
  } catch {
    return undefined;
  }
}

/** Moves rows to the stage and makes a segment of it when it is full. */
async function keep<T extends TableName>(run: Run<T>, reading: Progress): Promise<void> {
  if (run.heartbeat.lost()) throw lostLease();
  run.context.signal.throwIfAborted();
  await run.stage.write();
  if (run.stage.rows() >= stageRows || run.stage.bytes() >= stageBytes) await seal(run, reading);
}

/** Closes the stage and lets the engine write it, one at a time, while reading goes on into the next. */
async function seal<T extends TableName>(run: Run<T>, reading: Progress | undefined): Promise<void> {
  const { stage } = run;
  if (stage.rows() === 0) return;
  await stage.write();
  await stage.close();
  await settle(run);
  const files = new Map(run.files);
  // Without size and time, so that whoever goes on from here does not take the file for unchanged.
  if (reading !== undefined) files.set(reading.id, { ...reading, size: 0, modifiedMs: 0 });
  const segment = sealStage(run.engine, run.folder, run.table, stage);
  // Whoever settles sees the failure; until then nobody listens, which must not end the process.
  segment.catch(() => undefined);
  run.sealing = { segment, files: [...files.values()], nextFile: run.nextFile };
  run.stage = openStage(run.folder, run.table);
}

/** Waits for the segment that is being written and names it in the manifest. */
async function settle<T extends TableName>(run: Run<T>): Promise<void> {
  const { sealing } = run;
  if (sealing === undefined) return;
  run.sealing = undefined;
  run.segments.push(await sealing.segment);
  await commit(run, sealing.files, sealing.nextFile, run.manifest.complete);
}

async function commit<T extends TableName>(
  run: Run<T>,
  files: readonly FileEntry[],
  nextFile: number,
  complete: boolean,
): Promise<void> {
  if (!(await run.lease.renew())) throw lostLease();
  run.revision += 1;
  const { schema } = run.manifest;
  const { revision, segments } = run;
  await writeManifest(run.folder, { schema, revision, complete, nextFile, files: [...files], segments });
}

function lostLease(): ToolError {
  return new ToolError('unavailable', 'Another process took over reading the telemetry.', {
    hint: 'Ask again in a moment.',
    retryAfterSeconds: 1,
  });
}

function reportProgress<T extends TableName>(run: Run<T>, file: TelemetryFile, consumed: number): void {
  const now = performance.now();
  if (now - run.reportedAt < progressEveryMs) return;
  run.reportedAt = now;
  const done = Math.min(run.bytes, run.bytesDone + Math.min(consumed, file.size));
  run.context.progress(done, run.bytes, `Reading ${nouns[run.table]} in ${file.path}`);
}

const nouns: Readonly<Record<TableName, string>> = { logs: 'logs', spans: 'traces', points: 'metrics' };

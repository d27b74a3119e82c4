import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './duckdb.js';
import type { SegmentEntry } from './manifest.js';
import type { Stage } from './stage.js';
import { inOrder, quoted, selectStaged, type TableName } from './tables.js';

const rowGroup = 61_440;
const smallRows = 60_000;
const mostSmall = 12;
const mergedRows = 1_500_000;
/** A process that still reads an older manifest needs the segments it names. */
const graceMs = 15 * 60_000;

/** Makes a segment of a closed stage and removes the stage. */
export async function sealStage<T extends TableName>(
  engine: Engine,
  folder: string,
  table: T,
  stage: Stage<T>,
): Promise<SegmentEntry> {
  try {
    const segment = await write(engine, folder, table, selectStaged(table, stage.path));
    return { ...segment, rows: stage.rows(), files: [...stage.files()] };
  } finally {
    await stage.remove();
  }
}

/** The segments without the rows of some files: those that held no others go, the rest are written anew. */
export async function withoutFiles(
  engine: Engine,
  folder: string,
  segments: readonly SegmentEntry[],
  dropped: readonly number[],
): Promise<SegmentEntry[]> {
  const gone = new Set(dropped);
  const kept: SegmentEntry[] = [];
  for (const segment of segments) {
    const files = segment.files.filter((id) => !gone.has(id));
    if (files.length === segment.files.length) kept.push(segment);
    else if (files.length > 0) {
      const select = `SELECT * FROM read_parquet(${pathOf(folder, segment)}) WHERE file_id IN (${files.join(', ')}) ${inOrder}`;
      const written = await write(engine, folder, segment.table, select);
      kept.push({ ...written, rows: await rowsOf(engine, folder, written), files });
    }
  }
  return kept;
}

/** Merges small segments of a table when there are many: a file that grows between calls makes one each time. */
export async function compact(
  engine: Engine,
  folder: string,
  segments: readonly SegmentEntry[],
): Promise<SegmentEntry[]> {
  let result = [...segments];
  for (const table of new Set(segments.map((segment) => segment.table))) {
    const small = result.filter((segment) => segment.table === table && segment.rows < smallRows);
    if (small.length < mostSmall) continue;
    const rows = small.reduce((sum, segment) => sum + segment.rows, 0);
    if (rows > mergedRows) continue;
    const paths = small.map((segment) => pathOf(folder, segment)).join(', ');
    const select = `SELECT * FROM read_parquet([${paths}]) ${inOrder}`;
    const merged = await write(engine, folder, table, select);
    const files = [...new Set(small.flatMap((segment) => segment.files))];
    result = [...result.filter((segment) => !small.includes(segment)), { ...merged, rows, files }];
  }
  return result;
}

/** Removes files that no manifest names any more and that nobody can be reading. */
export async function sweep(folder: string, named: readonly SegmentEntry[], now: number): Promise<void> {
  const keep = new Set(named.map((segment) => segment.name));
  for (const name of await fs.readdir(folder)) {
    const disposable = (name.endsWith('.parquet') && !keep.has(name)) || name.endsWith('.tmp');
    if (!disposable && !name.startsWith('spill-')) continue;
    const path = join(folder, name);
    const stat = await fs.stat(path).catch(() => undefined);
    const age = stat === undefined ? 0 : now - stat.mtimeMs;
    if (age > (disposable ? graceMs : 96 * graceMs)) await fs.rm(path, { recursive: true, force: true });
  }
}

async function write(
  engine: Engine,
  folder: string,
  table: TableName,
  select: string,
): Promise<Pick<SegmentEntry, 'name' | 'table' | 'bytes'>> {
  const name = `${table}-${randomBytes(8).toString('hex')}.parquet`;
  const path = join(folder, name);
  await engine.run(
    `COPY (${select}) TO ${quoted(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroup})`,
  );
  const { size } = await fs.stat(path);
  return { name, table, bytes: size };
}

async function rowsOf(engine: Engine, folder: string, segment: { readonly name: string }): Promise<number> {
  const [row] = await engine.query<{ n: number }>(
    `SELECT count(*)::DOUBLE AS n FROM read_parquet(${pathOf(folder, segment)})`,
    [],
    new AbortController().signal,
  );
  return row?.n ?? 0;
}

function pathOf(folder: string, segment: { readonly name: string }): string {
  return quoted(join(folder, segment.name));
}

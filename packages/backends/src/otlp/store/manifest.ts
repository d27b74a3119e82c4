import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { schemaVersion } from './tables.js';

const count = z.number().int().nonnegative();

/** How far one file has been read, and how to know it again. */
const fileEntry = z.object({
  id: count,
  path: z.string(),
  device: z.number(),
  inode: z.number(),
  size: count,
  modifiedMs: z.number(),
  encoding: z.enum(['plain', 'gzip', 'zstd-frames', 'zstd', 'binary']),
  /** A document is one JSON value over several lines and is read as a whole. */
  mode: z.enum(['lines', 'document']),
  /** SHA-256 of the first `headBytes` bytes. */
  head: z.string(),
  headBytes: count,
  consumed: count,
  nextSeq: count,
  lines: count,
  garbage: count,
  tooLong: count,
  tail: z.enum(['clean', 'torn', 'truncated', 'corrupt']),
});
export type FileEntry = Readonly<z.output<typeof fileEntry>>;

const segmentEntry = z.object({
  name: z.string().regex(/^[a-z]+-[a-z0-9-]+\.parquet$/),
  table: z.enum(['logs', 'spans', 'points']),
  rows: count,
  bytes: count,
  files: z.array(count),
});
export type SegmentEntry = Readonly<z.output<typeof segmentEntry>>;

const manifestSchema = z.object({
  schema: z.literal(schemaVersion),
  /** Grows with every commit. */
  revision: count,
  /** False while the first reading is under way: the segments hold a part of the files. */
  complete: z.boolean(),
  nextFile: count,
  files: z.array(fileEntry),
  segments: z.array(segmentEntry),
});
export type Manifest = Readonly<z.output<typeof manifestSchema>>;

export const emptyManifest: Manifest = {
  schema: schemaVersion,
  revision: 0,
  complete: false,
  nextFile: 1,
  files: [],
  segments: [],
};

const fileName = 'manifest.json';

/**
 * The manifest of a state folder; the empty one when there is none, when it is of another version, or
 * when a segment that it names is not there whole: everything is then read again.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await fs.readFile(join(folder, fileName), 'utf8').catch(() => undefined);
  if (text === undefined) return emptyManifest;
  const parsed = manifestSchema.safeParse(parseJson(text));
  if (!parsed.success) return emptyManifest;
  for (const segment of parsed.data.segments) {
    const stat = await fs.stat(join(folder, segment.name)).catch(() => undefined);
    if (stat?.size !== segment.bytes) return emptyManifest;
  }
  return parsed.data;
}

/** Replaces the manifest in one step; whoever reads sees the old one or the new one. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const draft = join(folder, `manifest-${process.pid}.tmp`);
  const handle = await fs.open(draft, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(manifest));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(draft, join(folder, fileName));
}

/** Changes whenever the manifest does; cheap enough to ask on every call. */
export async function manifestStamp(folder: string): Promise<string> {
  const stat = await fs.stat(join(folder, fileName)).catch(() => undefined);
  return stat === undefined ? '' : `${stat.ino}:${stat.mtimeMs}:${stat.size}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

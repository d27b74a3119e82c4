import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import type { TelemetryFile } from '../reader/telemetry-files.js';
import type { FileEntry, Manifest } from './manifest.js';

const headBytes = 1_024;

/** What to do so that the state mirrors the folder. */
export interface Changes {
  /** Entries that stay, with path and `stat` brought up to date. */
  readonly kept: readonly FileEntry[];
  /** Files to read on from where `entry` stands; without one, from the start. */
  readonly toRead: readonly { readonly file: TelemetryFile; readonly entry?: FileEntry }[];
  /** Ids of files that are gone or were replaced: their rows go too. */
  readonly dropped: readonly number[];
}

export function isNothing(changes: Changes, manifest: Manifest): boolean {
  return (
    manifest.complete &&
    changes.toRead.length === 0 &&
    changes.dropped.length === 0 &&
    changes.kept.every((entry, at) => entry === manifest.files[at])
  );
}

/**
 * Compares the folder with the manifest. A file is known by device and inode, so that a rotation
 * which renames it moves no data; otherwise by its path. Either way its first bytes must be the same,
 * because inodes are used again. A file that is shorter than what was read of it was replaced.
 */
export async function findChanges(files: readonly TelemetryFile[], manifest: Manifest): Promise<Changes> {
  const byInode = new Map(manifest.files.map((entry) => [`${entry.device}:${entry.inode}`, entry]));
  const byPath = new Map(manifest.files.map((entry) => [entry.path, entry]));
  const kept = new Map<number, FileEntry>();
  const toRead: { file: TelemetryFile; entry?: FileEntry }[] = [];
  for (const file of files) {
    const candidates = [byInode.get(`${file.device}:${file.inode}`), byPath.get(file.path)];
    const entry = await recognise(
      file,
      candidates.filter((candidate) => candidate !== undefined && !kept.has(candidate.id)),
    );
    if (entry === undefined) {
      toRead.push({ file });
      continue;
    }
    kept.set(entry.id, entry);
    if (entry.size !== file.size || entry.modifiedMs !== file.modifiedMs) toRead.push({ file, entry });
  }
  return {
    kept: manifest.files.flatMap((entry) => kept.get(entry.id) ?? []),
    toRead,
    dropped: manifest.files.filter((entry) => !kept.has(entry.id)).map((entry) => entry.id),
  };
}

/** SHA-256 of the start of a file, of at most 1,024 bytes. */
export async function headOf(
  path: string,
  longest = headBytes,
): Promise<{ head: string; headBytes: number }> {
  const handle = await fs.open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(longest), 0, longest, 0);
    const head = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
    return { head, headBytes: bytesRead };
  } finally {
    await handle.close();
  }
}

async function recognise(
  file: TelemetryFile,
  candidates: readonly (FileEntry | undefined)[],
): Promise<FileEntry | undefined> {
  for (const entry of candidates) {
    if (entry === undefined) continue;
    const same = entry.size === file.size && entry.modifiedMs === file.modifiedMs;
    if (same && entry.path === file.path && entry.inode === file.inode) return entry;
    if (entry.mode === 'document' && !same) continue;
    if (!(await continues(file, entry))) continue;
    const moved = { path: file.path, device: file.device, inode: file.inode };
    return { ...entry, ...moved };
  }
  return undefined;
}

async function continues(file: TelemetryFile, entry: FileEntry): Promise<boolean> {
  const shrunk = file.size < entry.size;
  // Too little was seen to know the file by, or even its encoding: it is read from the start.
  if (shrunk || entry.headBytes < 8) return false;
  const now = await headOf(file.absolute, entry.headBytes).catch(() => undefined);
  return now?.head === entry.head && now.headBytes === entry.headBytes;
}

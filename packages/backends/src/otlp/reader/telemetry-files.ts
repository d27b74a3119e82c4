import { type Dirent, promises as fs } from 'node:fs';
import { join, relative, sep } from 'node:path';

const longestList = 5_000;
const deepest = 5;
/** `metrics.jsonl`, `logs.json.gz`, `traces-2026-01-31T10-00-00.000.ndjson.zst`, `logs.jsonl.1.gz`. */
const name = /\.(json|jsonl|ndjson|otlp)(\.\d{1,6})?(\.(gz|zst|zstd))?(\.\d{1,6})?$/i;

/** What `stat` says of one file; enough to see that nothing changed without opening it. */
export interface TelemetryFile {
  /** Relative to the configured path, with `/`; the file's own name when the path is a file. */
  readonly path: string;
  readonly absolute: string;
  readonly device: number;
  readonly inode: number;
  readonly size: number;
  readonly modifiedMs: number;
}

export interface FileList {
  readonly files: readonly TelemetryFile[];
  /** True when the folder holds more than is read. */
  readonly cut: boolean;
}

/**
 * Regular files with telemetry names below a folder, five levels deep, in order of path; or the one
 * file that `root` is. Symbolic links are not followed, so that a folder cannot point the reader
 * elsewhere. Rejects with the system's error when `root` cannot be read.
 */
export async function telemetryFiles(root: string): Promise<FileList> {
  const own = await fs.stat(root);
  if (own.isFile()) {
    const file = describe(root, root, own);
    return { files: [{ ...file, path: root.split(sep).at(-1) ?? root }], cut: false };
  }
  const paths: string[] = [];
  await collect(root, 0, paths);
  const files: TelemetryFile[] = [];
  for (const path of paths.sort().slice(0, longestList)) {
    const stat = await fs.lstat(path).catch(() => undefined);
    // A rotation may move a file between the listing and this look at it: the next call sees it.
    if (stat?.isFile()) files.push(describe(root, path, stat));
  }
  return { files, cut: paths.length > longestList };
}

async function collect(folder: string, depth: number, into: string[]): Promise<void> {
  const entries: Dirent[] = await fs.readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    if (into.length > longestList) return;
    const path = join(folder, entry.name);
    if (entry.isFile() && name.test(entry.name)) into.push(path);
    else if (entry.isDirectory() && depth < deepest && !entry.name.startsWith('.'))
      await collect(path, depth + 1, into);
  }
}

function describe(
  root: string,
  path: string,
  stat: { dev: number; ino: number; size: number; mtimeMs: number },
): TelemetryFile {
  return {
    path: relative(root, path).split(sep).join('/'),
    absolute: path,
    device: stat.dev,
    inode: stat.ino,
    size: stat.size,
    modifiedMs: stat.mtimeMs,
  };
}

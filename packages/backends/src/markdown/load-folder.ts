import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { type MarkdownFile, readFrontMatter } from '../front-matter.js';

const mostFiles = 2000;
const mostDepth = 4;
const largestFileBytes = 256 * 1024;

export interface LoadedFile<T> {
  /** Relative to the folder. */
  readonly file: string;
  readonly stamp: string;
  /** Undefined when the file could not be read as what it should be. */
  readonly value: T | undefined;
}

export interface FolderReader<T> {
  /** Files in order of their path; only changed ones are read again. A missing folder is undefined. */
  read(
    signal: AbortSignal,
  ): Promise<{ readonly files: readonly LoadedFile<T>[]; readonly cut: boolean } | undefined>;
}

/** Reads the Markdown files of a folder and below. Links are not followed: they could lead out of it. */
export function readFolder<T>(
  folder: string,
  parse: (name: string, file: MarkdownFile) => T | undefined,
): FolderReader<T> {
  const known = new Map<string, LoadedFile<T>>();
  return {
    async read(signal) {
      const paths = await list(folder, 0);
      if (!paths) return undefined;
      const files: LoadedFile<T>[] = [];
      for (const path of paths.toSorted().slice(0, mostFiles)) {
        signal.throwIfAborted();
        const loaded = await load(folder, path, known.get(path), parse);
        if (loaded) files.push(loaded);
      }
      known.clear();
      for (const loaded of files) known.set(join(folder, loaded.file), loaded);
      return { files, cut: paths.length > mostFiles };
    },
  };
}

async function list(folder: string, depth: number): Promise<readonly string[] | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!entries) return undefined;
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const hidden = entry.name.startsWith('.');
    if (entry.isFile() && !hidden && /\.md$/i.test(entry.name) && !/^readme\.md$/i.test(entry.name))
      found.push(path);
    else if (entry.isDirectory() && !hidden && depth < mostDepth)
      found.push(...((await list(path, depth + 1)) ?? []));
  }
  return found;
}

async function load<T>(
  folder: string,
  path: string,
  before: LoadedFile<T> | undefined,
  parse: (name: string, file: MarkdownFile) => T | undefined,
): Promise<LoadedFile<T> | undefined> {
  // Undefined when the file went away between listing and reading.
  const facts = await stat(path).catch(() => undefined);
  if (!facts) return undefined;
  const stamp = `${facts.mtimeMs}:${facts.size}:${facts.ino}`;
  if (before?.stamp === stamp) return before;
  const source = facts.size > largestFileBytes ? undefined : await readText(path);
  const file = source === undefined ? undefined : readFrontMatter(source);
  const name = basename(path).replace(/\.md$/i, '');
  return { file: relative(folder, path), stamp, value: file ? parse(name, file) : undefined };
}

async function readText(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  try {
    return await file?.readFile('utf8');
  } finally {
    await file?.close();
  }
}

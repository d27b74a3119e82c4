import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type CatalogProblem, fileProblem } from './catalog-problem.js';

/** A catalog is trusted to describe a company, not to fill the memory of every server. */
export const catalogBounds = {
  fileBytes: 1_048_576,
  totalBytes: 67_108_864,
  files: 5_000,
  depth: 16,
  documentsPerFile: 2_000,
  entities: 50_000,
} as const;

export interface CatalogFile {
  readonly path: string;
  /** The folder that the file must not leave with its references. */
  readonly root: string;
  readonly text: string;
}

/** Reads files of one catalog and keeps count of what was read. */
export interface CatalogReader {
  /** All `*.yaml` and `*.yml` below the path, in a fixed order; the path may be a file. */
  folder(path: string): readonly CatalogFile[];
  /** A file that another one names, relative to it. Undefined, with a problem noted, when it cannot be read. */
  beside(file: CatalogFile, name: string): CatalogFile | string;
  readonly problems: readonly CatalogProblem[];
}

export function createCatalogReader(): CatalogReader {
  const problems: CatalogProblem[] = [];
  const seen = new Set<string>();
  const count = { files: 0, bytes: 0 };
  return {
    problems,
    folder(path) {
      const start = attempt(() => realpathSync(path));
      if (start === undefined) {
        const hint = 'Correct catalog: in devops-mcp.yaml, or create the folder.';
        problems.push(fileProblem('unreadable', path, 'There is no such catalog file or folder.', hint));
        return [];
      }
      const isFile = statSync(start).isFile();
      const root = isFile ? dirname(start) : start;
      const files: CatalogFile[] = [];
      for (const found of isFile ? [start] : walk(start, { root, seen, problems }, 0)) {
        const file = readCounted(found, root, count);
        if (typeof file === 'string') problems.push(refused(found, file));
        else files.push(file);
      }
      return files;
    },
    beside(file, name) {
      if (isAbsolute(name) || name.includes('\0')) return 'the path must be relative to the entity file';
      const path = resolve(dirname(file.path), name);
      if (attempt(() => realpathSync(path)) === undefined) return 'there is no such file';
      const target = inside(file.root, path);
      return target === undefined
        ? 'it lies outside the catalog folder'
        : readCounted(target, file.root, count);
    },
  };
}

interface Walk {
  readonly root: string;
  /** Reached a second time through a link, a file would make every name in it a duplicate. */
  readonly seen: Set<string>;
  readonly problems: CatalogProblem[];
}

function* walk(folder: string, state: Walk, depth: number): Generator<string> {
  if (depth > catalogBounds.depth) {
    state.problems.push(refused(folder, `it lies deeper than ${catalogBounds.depth} levels`));
    return;
  }
  for (const entry of listed(folder)) {
    const path = join(folder, entry.name);
    const target = entry.isSymbolicLink() ? inside(state.root, path) : path;
    if (target === undefined) {
      const message = 'This symbolic link leaves the catalog folder or leads nowhere, and was not followed.';
      const hint = 'Name the folder it leads to under catalog: in devops-mcp.yaml.';
      state.problems.push(fileProblem('outside_folder', path, message, hint));
    } else if (state.seen.has(target)) {
      // Loaded already.
    } else if (isFolder(entry, target)) {
      state.seen.add(target);
      yield* walk(target, state, depth + 1);
    } else if (isEntityFile(entry.name)) {
      state.seen.add(target);
      yield target;
    }
  }
}

function readCounted(
  path: string,
  root: string,
  count: { files: number; bytes: number },
): CatalogFile | string {
  if (count.files >= catalogBounds.files) return `the catalog has more than ${catalogBounds.files} files`;
  if (count.bytes > catalogBounds.totalBytes)
    return `the catalog is larger than ${catalogBounds.totalBytes / 1_048_576} MiB`;
  const text = readBounded(path);
  if (typeof text !== 'string') return text.refused;
  count.files += 1;
  count.bytes += text.length;
  return { path, root, text };
}

function refused(path: string, why: string): CatalogProblem {
  const code = why.includes(' than ') ? 'too_large' : 'unreadable';
  return fileProblem(code, path, `This was not read: ${why}.`, 'Fix, split or remove it.');
}

function listed(folder: string): readonly Dirent[] {
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true })) ?? [];
  return entries
    .filter((entry) => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isFolder(entry: Dirent, target: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return attempt(() => statSync(target).isDirectory()) ?? false;
}

/** Service files are read when an entity names them, not as entities. */
function isEntityFile(name: string): boolean {
  return /\.ya?ml$/i.test(name) && !/^devops-mcp\.service\.ya?ml$/i.test(basename(name));
}

function inside(root: string, path: string): string | undefined {
  const target = attempt(() => realpathSync(path));
  if (target === undefined) return undefined;
  const away = relative(root, target);
  const leaves = away === '..' || away.startsWith(`..${sep}`) || isAbsolute(away);
  return leaves ? undefined : target;
}

/** The path has been resolved: a link here was put in place since, and a pipe would never end. */
function readBounded(path: string): string | { readonly refused: string } {
  let descriptor: number;
  try {
    descriptor = openSync(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
  } catch {
    return { refused: 'it cannot be opened' };
  }
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) return { refused: 'it is not a regular file' };
    if (facts.size > catalogBounds.fileBytes)
      return { refused: `it is larger than 1 MiB (${facts.size} bytes)` };
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(descriptor));
  } catch {
    return { refused: 'it is not UTF-8 text' };
  } finally {
    closeSync(descriptor);
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

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
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
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

  function read(path: string, root: string): CatalogFile | string {
    if (count.files >= catalogBounds.files) return `the catalog has more than ${catalogBounds.files} files`;
    const text = readBounded(path);
    if (typeof text !== 'string') return text.refused;
    count.files += 1;
    count.bytes += text.length;
    if (count.bytes > catalogBounds.totalBytes)
      return `the catalog is larger than ${catalogBounds.totalBytes / 1_048_576} MiB`;
    return { path, root, text };
  }

  function refuse(path: string, why: string): void {
    const code = why.includes('than') ? 'too_large' : 'unreadable';
    problems.push(fileProblem(code, path, `Cannot read this file: ${why}.`, 'Fix or remove the file.'));
  }

  function* walk(folder: string, root: string, depth: number): Generator<string> {
    if (depth > catalogBounds.depth) {
      refuse(folder, `folders lie deeper than ${catalogBounds.depth} levels`);
      return;
    }
    for (const entry of listed(folder)) {
      const path = join(folder, entry.name);
      const target = entry.isSymbolicLink() ? inside(root, path) : path;
      if (target === undefined) {
        problems.push(
          fileProblem(
            'outside_folder',
            path,
            'This symbolic link leaves the catalog folder or leads nowhere, and was not followed.',
            'Name the folder it leads to under catalog: in devops-mcp.yaml.',
          ),
        );
      } else if (seen.has(target)) {
        // Reached a second time through a link: loading it again would make every name a duplicate.
      } else if (isFolder(entry, target)) {
        seen.add(target);
        yield* walk(target, root, depth + 1);
      } else if (isEntityFile(entry.name)) {
        seen.add(target);
        yield target;
      }
    }
  }

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
      for (const found of isFile ? [start] : walk(start, root, 0)) {
        const file = read(found, root);
        if (typeof file === 'string') refuse(found, file);
        else files.push(file);
      }
      return files;
    },
    beside(file, name) {
      if (isAbsolute(name) || name.includes('\0')) return 'the path must be relative to the entity file';
      const path = resolve(dirname(file.path), name);
      if (attempt(() => realpathSync(path)) === undefined) return 'there is no such file';
      const target = inside(file.root, path);
      return target === undefined ? 'it lies outside the catalog folder' : read(target, file.root);
    },
  };
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
  return away.startsWith('..') || isAbsolute(away) ? undefined : target;
}

/** The path has been resolved: a link here was put in place since, and a pipe would never end. */
function readBounded(path: string): string | { readonly refused: string } {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return { refused: 'it cannot be opened' };
  }
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) return { refused: 'it is not a regular file' };
    if (facts.size > catalogBounds.fileBytes) return { refused: `it is larger than 1 MiB (${facts.size} bytes)` };
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

import { realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolError } from '@devops-mcp/contract';
import { findGitDirectory, type Git, gitAt } from './git.js';

/** One object that a path of a tree names. */
export interface TreeEntry {
  /** `100644`, `100755`; links (120000) and submodules (160000) are left out. */
  readonly mode: string;
  readonly blob: string;
  readonly path: string;
}

/** A git repository and the branch that says what is desired. */
export interface Repository {
  readonly git: Git;
  readonly branch: string;
}

/** Objects above this size are never manifests, migrations or readable differences. */
export const largestBlobBytes = 1024 * 1024;
const revisionPattern = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;

/** Rejects with `unavailable` when there is no repository or no such branch, saying what to do. */
export async function openRepository(path: string, branch: string, signal: AbortSignal): Promise<Repository> {
  const real = await realpath(path).catch((cause: unknown) => {
    throw missing(cause);
  });
  if (!(await stat(real)).isDirectory()) throw missing(undefined);
  const directory = await findGitDirectory(real, dirname(real), signal);
  return { git: gitAt(await realpath(directory)), branch };
}

/** The commit that the branch points at. */
export async function headOf(repository: Repository, signal: AbortSignal): Promise<string> {
  const head = await refOf(repository.git, `refs/heads/${repository.branch}`, signal);
  if (head !== undefined) return head;
  throw new ToolError('unavailable', `The git repository has no branch ${repository.branch}.`, {
    hint: 'Set `branch` to the branch that holds the desired state, or check that the repository is not empty.',
  });
}

/** The commit a reference points at, or undefined. */
export function refOf(git: Git, ref: string, signal: AbortSignal): Promise<string | undefined> {
  return git.find(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], { signal });
}

/** Resolves a full or abbreviated commit id, or a branch. Rejects with `invalid_input` or `not_found`. */
export async function resolveRevision(
  repository: Repository,
  revision: string,
  signal: AbortSignal,
): Promise<string> {
  if (!revisionPattern.test(revision) || revision.includes('..'))
    throw new ToolError('invalid_input', 'The revision is not a commit id or branch name.', {
      hint: 'Take a revision from get_deployment_history.',
    });
  const found = await refOf(repository.git, revision, signal).catch((error: unknown) => {
    // git calls an abbreviation that fits several objects, or an id it does not hold, a failure.
    if (error instanceof ToolError && error.code === 'unavailable') return undefined;
    throw error;
  });
  if (found !== undefined) return found;
  throw new ToolError('not_found', `The repository has no revision ${revision}.`, {
    hint: 'Take a revision from get_deployment_history; abbreviations need at least seven characters.',
  });
}

/** True when `ancestor` is `descendant` or lies in its history. */
export async function isAncestor(
  repository: Repository,
  ancestor: string,
  descendant: string,
  signal: AbortSignal,
): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', ancestor, descendant];
  return (await repository.git.find(args, { signal })) !== undefined;
}

/** Every regular file below the paths at a commit; empty when there is nothing. */
export async function listTree(
  git: Git,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly TreeEntry[]> {
  const output = await git.text(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...paths], { signal });
  return output.split('\0').flatMap((line) => {
    const match = /^(100\d{3}) blob ([0-9a-f]{40,64})\t(.+)$/s.exec(line);
    return match ? [{ mode: match[1] ?? '', blob: match[2] ?? '', path: match[3] ?? '' }] : [];
  });
}

/** The id of the tree at a path, or `absent`: it changes exactly when something below the path does. */
export async function treeDigest(
  git: Git,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}:${path}`];
  return (await git.find(args, { signal })) ?? 'absent';
}

/** Contents by object id, read by one process. Objects over 1 MiB are left out. */
export async function readBlobs(
  git: Git,
  blobs: Iterable<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const wanted = [...new Set(blobs)];
  if (wanted.length === 0) return new Map();
  const sizes = await git.text(['cat-file', '--batch-check'], { signal, input: `${wanted.join('\n')}\n` });
  const readable = sizes.split('\n').flatMap((line) => {
    const [id, type, size] = line.split(' ');
    if (type === 'missing') throw damaged(id ?? '');
    return id !== undefined && type === 'blob' && Number(size) <= largestBlobBytes ? [id] : [];
  });
  if (readable.length === 0) return new Map();
  const output = await git.bytes(['cat-file', '--batch'], { signal, input: `${readable.join('\n')}\n` });
  return splitBatch(output);
}

/** One file at a commit as text, or undefined when it is not there. */
export async function readFileAt(
  git: Git,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const entry = (await listTree(git, commit, [path], signal)).find((found) => found.path === path);
  if (entry === undefined) return undefined;
  return (await readBlobs(git, [entry.blob], signal)).get(entry.blob)?.toString('utf8');
}

export async function isShallow(repository: Repository): Promise<boolean> {
  return stat(join(repository.git.directory, 'shallow')).then(
    () => true,
    () => false,
  );
}

/** `<id> blob <size>\n<content>\n`, repeated. */
function splitBatch(output: Buffer): ReadonlyMap<string, Buffer> {
  const contents = new Map<string, Buffer>();
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(0x0a, at);
    const [id, type, size] = output.toString('latin1', at, end).split(' ');
    if (end < 0 || id === undefined || type !== 'blob') throw damaged(id ?? '');
    const start = end + 1;
    contents.set(id, output.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return contents;
}

function missing(cause: unknown): ToolError {
  return new ToolError('unavailable', 'The configured git repository does not exist or cannot be read.', {
    hint: 'Check `path` of the gitops backend in the configuration.',
    cause,
  });
}

function damaged(id: string): ToolError {
  return new ToolError('unavailable', 'The git repository is damaged: an object is missing.', {
    hint: 'Run `git fsck` in it, or clone it again.',
    cause: new Error(`object ${id.slice(0, 64)}`),
  });
}

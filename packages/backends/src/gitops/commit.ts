import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '@devops-mcp/contract';
import type { FileEdit } from './change.js';
import type { Git } from './git.js';

export interface Identity {
  readonly name: string;
  readonly email: string;
}

export interface NewCommit {
  readonly base: string;
  readonly edits: readonly FileEdit[];
  /** Content by path; a path of `edits` without one is deleted. */
  readonly contents: ReadonlyMap<string, Buffer>;
  readonly message: string;
  readonly identity: Identity;
  readonly at: Date;
}

const mostPackBytes = 512 * 1024 * 1024;

/** Makes the commit without moving any branch; there is no working copy. Returns its id. */
export async function commitContents(git: Git, commit: NewCommit, signal: AbortSignal): Promise<string> {
  const records: string[] = [];
  for (const edit of commit.edits) {
    const content = commit.contents.get(edit.path);
    if (content === undefined) {
      records.push(`0 ${'0'.repeat(commit.base.length)}\t${edit.path}\0`);
      continue;
    }
    const blob = await git.text(['hash-object', '-w', '-t', 'blob', '--stdin'], { signal, input: content });
    records.push(`${edit.mode} ${blob.trim()}\t${edit.path}\0`);
  }
  const tree = await writeTree(git, commit.base, records.join(''), signal);
  const seconds = Math.floor(commit.at.getTime() / 1_000);
  const id = await git.text(['commit-tree', '--no-gpg-sign', tree, '-p', commit.base, '-F', '-'], {
    signal,
    input: commit.message,
    env: {
      GIT_AUTHOR_NAME: commit.identity.name,
      GIT_AUTHOR_EMAIL: commit.identity.email,
      GIT_AUTHOR_DATE: `@${seconds} +0000`,
      GIT_COMMITTER_NAME: commit.identity.name,
      GIT_COMMITTER_EMAIL: commit.identity.email,
      GIT_COMMITTER_DATE: `@${seconds} +0000`,
    },
  });
  return id.trim();
}

/** Compare-and-swap of a reference; false when it is not (or no longer) what was expected. */
export async function moveRef(
  git: Git,
  ref: string,
  commit: string,
  expected: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const old = expected ?? '0'.repeat(commit.length);
  try {
    await git.text(['update-ref', '-m', 'devops-mcp', ref, commit, old], { signal });
    return true;
  } catch (error) {
    const said = error instanceof ToolError && error.cause instanceof Error ? error.cause.message : '';
    if (/cannot lock ref|reference already exists|unable to resolve reference/i.test(said)) {
      if (!/permission denied|read-only file system|no space/i.test(said)) return false;
    }
    throw error;
  }
}

/** Brings a commit and all it needs into another repository, by a pack and without any transport. */
export async function copyCommit(from: Git, to: Git, commit: string, signal: AbortSignal): Promise<void> {
  if (await holdsCommit(to, commit, signal)) return;
  const tips = (await to.text(['for-each-ref', '--format=%(objectname)'], { signal })).split('\n');
  const known: string[] = [];
  for (const tip of [...new Set(tips)].filter((id) => id !== '').slice(0, 50))
    if (await holdsCommit(from, tip, signal)) known.push(`^${tip}`);
  const pack = await from.bytes(['pack-objects', '--revs', '--stdout', '--quiet', '--delta-base-offset'], {
    signal,
    input: `${[commit, ...known].join('\n')}\n`,
    maxBytes: mostPackBytes,
  });
  await to.text(['index-pack', '--stdin', '--fix-thin'], { signal, input: pack });
}

/** `cat-file` answers "missing" without failing, which tells absence from damage. */
async function holdsCommit(git: Git, id: string, signal: AbortSignal): Promise<boolean> {
  const answer = await git.text(['cat-file', '--batch-check'], { signal, input: `${id}\n` });
  return answer.includes(' commit ');
}

async function writeTree(git: Git, base: string, records: string, signal: AbortSignal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'devops-mcp-index-'));
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    await git.text(['read-tree', base], { signal, env });
    await git.text(['update-index', '-z', '--index-info'], { signal, env, input: records });
    return (await git.text(['write-tree'], { signal, env })).trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import type { Git } from './git.js';

/** One file that a commit changed against its first parent. */
export interface FileChange {
  readonly path: string;
  /** Null where the file is not there (added, deleted), or is no regular file. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly author: string;
  /** When it was committed, which on the default branch is when it became desired. */
  readonly time: Date;
  readonly subject: string;
  readonly body: string;
  /** Empty when the log was asked for without files. */
  readonly files: readonly FileChange[];
}

/** Commits read at most by one call; older ones are reported as cut. */
export const mostCommits = 20_000;
const format = '--format=%H%x00%P%x00%an%x00%ae%x00%ct%x00%s%x00%b';
const plain = ['-z', '--no-color', '--encoding=UTF-8', '--no-abbrev', '--no-renames', format];

/**
 * The branch as it moved, newest first: a merge is one step, with its files against what the branch
 * was before. One process whatever the length of the history.
 */
export async function mainlineLog(
  git: Git,
  head: string,
  paths: readonly string[],
  signal: AbortSignal,
  most = mostCommits,
): Promise<readonly Commit[]> {
  const walk = ['--first-parent', '--diff-merges=first-parent', '--raw', '-n', String(most)];
  return parse(await git.text(['log', ...plain, ...walk, head, '--', ...paths], { signal }));
}

/** Every single commit (no merges) in `range`, such as `head` or `^older`, that touches the paths. */
export async function singleCommits(
  git: Git,
  range: readonly string[],
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly Commit[]> {
  const walk = ['--full-history', '--no-merges', '--raw', '-n', String(mostCommits)];
  return parse(await git.text(['log', ...plain, ...walk, ...range, '--', ...paths], { signal }));
}

/** Commit to parents for everything in `range`. */
export async function ancestry(
  git: Git,
  range: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const output = await git.text(['rev-list', '--parents', '-n', '200000', ...range, '--'], { signal });
  const lines = output.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [id = '', ...parents] = line.split(' ');
      return [id, parents] as const;
    }),
  );
}

/**
 * Fields and entries are told apart by position, never by content: a commit message may hold
 * anything but NUL, and NUL is what ends every field.
 */
function parse(output: string): readonly Commit[] {
  const tokens = output.split('\0');
  const commits: Commit[] = [];
  let at = 0;
  while (at + 6 < tokens.length) {
    const [id = '', parents = '', name = '', email = '', seconds = '', subject = '', body = ''] =
      tokens.slice(at, at + 7);
    at += 7;
    const files: FileChange[] = [];
    for (;;) {
      const entry = rawEntry.exec(tokens[at] ?? '');
      if (entry === null) break;
      files.push({
        path: tokens[at + 1] ?? '',
        before: blobOf(entry[1], entry[3]),
        after: blobOf(entry[2], entry[4]),
      });
      at += 2;
    }
    commits.push({
      id,
      parents: parents.split(' ').filter((parent) => parent !== ''),
      author: (email || name || 'unknown').slice(0, 200),
      time: new Date(Number(seconds) * 1_000),
      subject: subject.slice(0, 300),
      body: body.slice(0, 10_000),
      files,
    });
  }
  return commits;
}

const rawEntry = /^\n?:(\d{6}) (\d{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [A-Z]\d*$/;

function blobOf(mode: string | undefined, id: string | undefined): string | null {
  return mode?.startsWith('100') && id !== undefined ? id : null;
}

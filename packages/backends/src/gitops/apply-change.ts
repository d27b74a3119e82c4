import { setTimeout as sleep } from 'node:timers/promises';
import { type ActionOutcome, type JsonObject, ToolError } from '@devops-mcp/contract';
import { contentAfter, type GitopsChange, readChange, sha256, stale } from './change.js';
import { commitContents, copyCommit, type Identity, moveRef } from './commit.js';
import { findApplied, keyedMessage, shortKey } from './idempotency.js';
import { headOf, listTree, type Repository, readBlobs, refOf, treeDigest } from './repository.js';

export interface ApplyCommand {
  readonly change: JsonObject;
  readonly idempotencyKey: string;
  readonly message: string;
}

export interface ApplyPlaces {
  /** The repository that the plan was made on. */
  readonly desired: Repository;
  /** Where this process may write. */
  readonly writable: Repository;
  readonly identity: Identity;
  readonly clock: () => Date;
}

/** The reference to move, and the commit that the change goes on top of. */
interface Target {
  readonly ref: string;
  readonly branch: string;
  /** What the reference must still be when it is moved; undefined: it must not exist. */
  readonly expected: string | undefined;
  readonly base: string;
}

const attempts = 6;

/**
 * Makes exactly the planned commit on top of what the branch is now, and moves the branch only if
 * nobody else did meanwhile; a lost race is tried again on the new head. Rejects with `conflict`
 * when a file or the service's folder is no longer what was planned on. The key stands in the
 * commit, so that a second attempt finds the first.
 */
export async function applyChange(
  command: ApplyCommand,
  places: ApplyPlaces,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  const change = readChange(command.change);
  refuseWrongRepository(change, places);
  const message = keyedMessage(change.message, command.message, command.idempotencyKey);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const target = await targetOf(change, command.idempotencyKey, places, signal);
    const earlier = await findApplied(
      places.writable.git,
      target.expected,
      command.idempotencyKey,
      (commit) => holds(places.writable, change, commit, signal),
      signal,
    );
    if (earlier !== undefined) return outcome(change, target, earlier, places, signal);
    if (change.repository === 'branches' && target.expected !== undefined)
      throw new ToolError('conflict', `The branch ${target.branch} exists and holds something else.`, {
        hint: 'Propose the change again.',
      });
    const contents = await contentsOn(change, target.base, places.writable, signal);
    const commit = await commitContents(
      places.writable.git,
      {
        base: target.base,
        edits: change.edits,
        contents,
        message,
        identity: places.identity,
        at: places.clock(),
      },
      signal,
    );
    if (await moveRef(places.writable.git, target.ref, commit, target.expected, signal))
      return outcome(change, target, commit, places, signal);
    await sleep(20 * 2 ** attempt, undefined, { signal });
  }
  throw new ToolError('unavailable', 'The branch was moved by others each time; nothing was changed.', {
    hint: 'Execute the proposal again.',
    retryAfterSeconds: 5,
  });
}

/** A change of what is desired must reach the repository that it was planned on, not a copy of it. */
function refuseWrongRepository(change: GitopsChange, places: ApplyPlaces): void {
  const same = places.desired.git.directory === places.writable.git.directory;
  if (change.repository === 'desired' && !same)
    throw new ToolError(
      'denied',
      'This process may write to a fork only and cannot change what is desired.',
      {
        hint: 'An executor whose write.path is the desired repository applies this.',
      },
    );
  if (change.repository === 'desired' && change.branch !== places.desired.branch)
    throw new ToolError('invalid_input', 'The change is for another branch than the configured one.', {
      hint: 'Propose the change again.',
    });
}

async function targetOf(
  change: GitopsChange,
  key: string,
  { desired, writable }: ApplyPlaces,
  signal: AbortSignal,
): Promise<Target> {
  if (change.repository === 'desired') {
    const head = await headOf(writable, signal);
    return { ref: `refs/heads/${change.branch}`, branch: change.branch, expected: head, base: head };
  }
  const branch = `${change.branch}-${shortKey(key)}`;
  const ref = `refs/heads/${branch}`;
  const expected = await refOf(writable.git, ref, signal);
  const base = await headOf(desired, signal);
  if (desired.git.directory !== writable.git.directory)
    await copyCommit(desired.git, writable.git, base, signal);
  return { ref, branch, expected, base };
}

async function contentsOn(
  change: GitopsChange,
  base: string,
  { git }: Repository,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  if ((await treeDigest(git, base, change.path, signal)) !== change.basePathTree) throw stale(change.path);
  const entries = new Map(
    (await listTree(git, base, [change.path], signal)).map((entry) => [entry.path, entry.blob] as const),
  );
  const wanted = change.edits.flatMap((edit) =>
    [entries.get(edit.path), edit.blob].filter((id) => id != null),
  );
  const blobs = await readBlobs(git, wanted, signal);
  return new Map(
    change.edits.flatMap((edit) => {
      const current = entries.get(edit.path);
      const content = contentAfter(edit, current === undefined ? undefined : blobs.get(current), blobs);
      return content === undefined ? [] : [[edit.path, content] as const];
    }),
  );
}

async function outcome(
  change: GitopsChange,
  target: Target,
  commit: string,
  places: ApplyPlaces,
  signal: AbortSignal,
): Promise<ActionOutcome> {
  const now = await refOf(places.writable.git, target.ref, signal);
  const verified = now !== undefined && (await holds(places.writable, change, now, signal));
  const where = change.repository === 'desired' ? change.branch : `the new branch ${target.branch}`;
  return {
    summary: verified
      ? `Committed ${commit.slice(0, 12)} on ${where}`
      : `Committed ${commit.slice(0, 12)} on ${where}, which has been changed again since`,
    artifactRef: commit,
    observed: {
      branch: target.branch,
      revision: commit,
      path: change.path,
      tree: await treeDigest(places.writable.git, commit, change.path, signal),
    },
    verified,
  };
}

/** Whether every edited file is at the commit what the change makes of it. */
async function holds(
  { git }: Repository,
  change: GitopsChange,
  commit: string,
  signal: AbortSignal,
): Promise<boolean> {
  const entries = new Map(
    (await listTree(git, commit, [change.path], signal)).map((entry) => [entry.path, entry] as const),
  );
  const found = change.edits.flatMap((edit) => entries.get(edit.path)?.blob ?? []);
  const blobs = await readBlobs(git, found, signal);
  return change.edits.every((edit) => {
    const entry = entries.get(edit.path);
    if (edit.after === null) return entry === undefined;
    const content = entry && blobs.get(entry.blob);
    return content !== undefined && sha256(content) === edit.after && entry?.mode === edit.mode;
  });
}

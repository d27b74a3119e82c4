import { createHash } from 'node:crypto';
import { type JsonObject, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import { branchName } from './gitops-config.js';
import { applyLineEdits, diffLines } from './line-diff.js';
import { insideOf, isSafePath } from './service-path.js';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const path = z.string().min(1).max(500).refine(isSafePath, 'is no path inside the repository');

const edit = z.strictObject({
  path,
  /** SHA-256 of the content that is replaced; null: the file must not exist. */
  before: digest.nullable(),
  /** SHA-256 of the content after the edit; null deletes the file. */
  after: digest.nullable(),
  mode: z.enum(['100644', '100755']),
  /** The lines that change. */
  lines: z
    .array(
      z.strictObject({
        start: z.number().int().min(0),
        remove: z.number().int().min(0),
        insert: z.array(z.string()).max(10_000),
      }),
    )
    .max(2_000)
    .nullable(),
  /** An object that the repository already holds, in place of lines. */
  blob: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .nullable(),
});

/**
 * One commit before it is made. It names what it rests on by content and never by commit, so that
 * commits elsewhere in the repository do not make it stale; and it carries changed lines and object
 * ids instead of whole files, so that secrets that happen to stand in a file stay in the repository.
 */
const gitopsChange = z.strictObject({
  format: z.literal('devops-mcp/gitops-change/v1'),
  /** `desired`: the branch that production follows. `branches`: a new branch, for review. */
  repository: z.enum(['desired', 'branches']),
  /** The branch; for `branches` the beginning of its name. */
  branch: branchName,
  /** The service's folder. */
  path,
  /** Id of the folder's tree that the change was planned on. */
  basePathTree: z.string().max(64),
  edits: z.array(edit).min(1).max(200),
  /** First line of the commit. */
  message: z.string().min(1).max(200),
});

export type GitopsChange = z.output<typeof gitopsChange>;
export type FileEdit = GitopsChange['edits'][number];

/** Rejects with `invalid_input` for anything but a change that this backend has planned. */
export function readChange(change: JsonObject): GitopsChange {
  const parsed = gitopsChange.safeParse(change);
  const outside = parsed.data?.edits.some((one) => insideOf(parsed.data.path, one.path) === undefined);
  if (parsed.success && !outside) return parsed.data;
  throw new ToolError('invalid_input', 'This is not a change that the gitops backend has planned.', {
    hint: 'Propose the change again.',
    cause: parsed.error,
  });
}

/** The edit from one text to another; the texts must differ. */
export function textEdit(
  filePath: string,
  mode: string,
  before: string | undefined,
  after: string,
): FileEdit {
  return {
    path: filePath,
    before: before === undefined ? null : sha256(Buffer.from(before)),
    after: sha256(Buffer.from(after)),
    mode: mode === '100755' ? '100755' : '100644',
    lines: diffLines(before ?? '', after).map((one) => ({ ...one, insert: [...one.insert] })),
    blob: null,
  };
}

/** The content after the edit, or undefined for a deleted file. Rejects with `conflict` when it does not fit. */
export function contentAfter(
  one: FileEdit,
  before: Buffer | undefined,
  blobs: ReadonlyMap<string, Buffer>,
): Buffer | undefined {
  const found = before === undefined ? null : sha256(before);
  if (found !== one.before) throw stale(one.path);
  if (one.after === null) return undefined;
  const text = one.lines === null ? undefined : applyLineEdits(before?.toString('utf8') ?? '', one.lines);
  const content =
    one.blob !== null ? blobs.get(one.blob) : text === undefined ? undefined : Buffer.from(text);
  if (content === undefined || sha256(content) !== one.after) throw stale(one.path);
  return content;
}

export function stale(filePath: string): ToolError {
  return new ToolError('conflict', `${filePath} is no longer what the change was planned on.`, {
    hint: 'Propose the change again.',
  });
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

import { copyFile, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '@devops-mcp/contract';
import { lineDiff } from './line-diff.js';

/** A file as it is and as it shall be; null where there is none. */
export interface FileChange {
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Whether what is there is somebody's work, of which a copy is kept. */
  readonly backup: boolean;
}

const hidden = 0o600;

/** The file's text, or null when there is none. Rejects when it is there and cannot be read. */
export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

export function changes({ before, after }: FileChange): boolean {
  return before !== after;
}

/** What a person is shown before a change, and instead of it in a dry run. */
export function showChange(change: FileChange): string {
  const { file, before, after } = change;
  if (!changes(change)) return `${file}: as it is`;
  const what = before === null ? 'new' : after === null ? 'taken away' : 'changed';
  return `${file} (${what})\n${lineDiff(before ?? '', after ?? '')}`;
}

/** Where a file's former content is kept. */
export function backupOf(file: string): string {
  return `${file}.before-devops-mcp`;
}

/**
 * Writes all of it or none of it; the mode of a file that is there
 * stays. A link is followed, so that it stays a link.
 */
export async function applyChange(change: FileChange): Promise<void> {
  if (!changes(change)) return;
  if ((await readIfThere(change.file)) !== change.before) {
    throw new ToolError('conflict', `${change.file} was changed by somebody else; it was left as it is.`, {
      hint: 'Run the command again.',
    });
  }
  const target = await realpath(change.file).catch(() => change.file);
  if (change.after === null) return rm(target, { force: true });
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  const mode = await stat(target).then(
    (facts) => facts.mode & 0o777,
    () => hidden,
  );
  if (change.backup && change.before !== null) await copyFile(target, backupOf(change.file));
  const draft = `${target}.${process.pid}.draft`;
  await writeFile(draft, change.after, { mode });
  await rename(draft, target);
}

import { createInterface } from 'node:readline/promises';
import { ToolError } from '@devops-mcp/contract';
import { StartError } from '@devops-mcp/runtime';

/** Results go to standard output, everything a person only watches to standard error. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Runs a command's work; an error becomes one message that says what to do, and an exit code. */
export async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    note(describeError(error));
    process.exitCode = error instanceof StartError ? error.exitCode : 1;
  }
}

export function describeError(error: unknown): string {
  if (error instanceof ToolError)
    return error.hint === undefined ? error.message : `${error.message}\n${error.hint}`;
  if (error instanceof StartError) return error.message;
  const problem = fileProblem(error);
  if (problem !== undefined) return problem;
  // Anything else is a fault of ours: the whole of it helps whoever reports it.
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  EEXIST: 'it is there already',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

/** A path that somebody gave and that is wrong is their mistake and no fault of ours. */
function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined;
  const why = fileProblems[error.code];
  if (why === undefined) return undefined;
  // Node does not say which one when it was opened and could not be read.
  return `${'path' in error ? String(error.path) : 'A file that was named'} cannot be used: ${why}.`;
}

/**
 * A person types the target to confirm. Without a terminal the caller must give it as an option, so
 * that a script names what it agrees to. Rejects with `approval_required` for anything else.
 */
export async function confirmByTyping(expected: string, given: string | undefined): Promise<void> {
  const typed = given ?? (process.stdin.isTTY ? await ask(`Type ${expected} to confirm: `) : undefined);
  if (typed?.trim() === expected) return;
  throw new ToolError(
    'approval_required',
    typed === undefined ? 'There is no terminal to ask at.' : 'That is not the target; nothing was done.',
    {
      hint: `Give --confirm ${expected} after reading what is shown.`,
    },
  );
}

async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}

/** Columns aligned by their widest cell; the last one runs free. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, index) => Math.max(found[index] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

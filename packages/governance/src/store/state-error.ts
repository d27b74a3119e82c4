import { ToolError } from '@devops-mcp/contract';

/** What to do about a failure, by SQLite's primary result code (https://sqlite.org/rescode.html). */
const failures: Readonly<Record<number, { readonly what: string; readonly hint: string }>> = {
  5: {
    what: 'is locked by another process',
    hint: 'Try again; if it stays locked, end the process that holds it.',
  },
  6: {
    what: 'is locked by another process',
    hint: 'Try again; if it stays locked, end the process that holds it.',
  },
  8: { what: 'is read-only', hint: 'Make the state folder and its files writable for this user.' },
  10: { what: 'could not be read or written', hint: 'Check the disk that holds the state folder.' },
  11: { what: 'is damaged', hint: 'Move governance.db aside and restore it from a backup.' },
  13: { what: 'cannot grow: the disk is full', hint: 'Free space on the disk that holds the state folder.' },
  14: {
    what: 'cannot be opened',
    hint: 'Check that the state folder exists and that this user may write to it.',
  },
  26: {
    what: 'is not a database',
    hint: 'Another file lies at its place: move it away or set another state.path.',
  },
};

/**
 * The error for something that SQLite or the file system refused. Errors of ours pass through; the
 * original text is only in `cause`.
 */
export function stateError(cause: unknown): ToolError {
  if (cause instanceof ToolError) return cause;
  const failure = failures[resultCode(cause)] ?? failures[fileSystemCode(cause)];
  return new ToolError('unavailable', `The state store ${failure?.what ?? 'failed'}.`, {
    hint: failure?.hint ?? 'The audit record has the cause; check the state folder.',
    cause,
  });
}

/** True while another connection holds the lock: worth waiting for. */
export function isBusy(cause: unknown): boolean {
  return resultCode(cause) === 5 || resultCode(cause) === 6;
}

function resultCode(cause: unknown): number {
  if (typeof cause !== 'object' || cause === null || !('errcode' in cause)) return 0;
  // Extended codes carry the primary code in their low byte.
  return typeof cause.errcode === 'number' ? cause.errcode & 0xff : 0;
}

function fileSystemCode(cause: unknown): number {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 13;
  if (code === 'EROFS') return 8;
  if (code === 'EACCES' || code === 'EPERM' || code === 'ENOTDIR' || code === 'EEXIST') return 14;
  return 0;
}

import { createHash } from 'node:crypto';
import { ToolError } from '@devops-mcp/contract';
import type { Window } from '@devops-mcp/domain';
import { z } from 'zod';

/**
 * Where a search goes on. The backend's own cursor is not enough: an answer may have been cut to its
 * token budget within a page, and `last_1h` means another hour on the next call. So the cursor also
 * holds the window that was resolved and how many excerpts of the backend's page were given.
 */
export interface SearchPosition {
  readonly window: Window;
  readonly pageCursor: string | null;
  readonly given: number;
}

/** The last time that a Date can hold. */
const latestTimeMs = 8_640_000_000_000_000;

const cursorFields = z.strictObject({
  s: z.number().int().min(0).max(latestTimeMs),
  e: z.number().int().min(0).max(latestTimeMs),
  c: z.string().max(2_000).nullable(),
  n: z.number().int().min(0).max(1_000),
  q: z.string().length(16),
});

export const cursorMax = 3_000;

/** `question` is everything but window, budget and cursor: another question refuses the cursor. */
export function writeCursor(position: SearchPosition, question: object): string {
  const { window, pageCursor, given } = position;
  const fields: z.output<typeof cursorFields> = {
    s: window.start.getTime(),
    e: window.end.getTime(),
    c: pageCursor,
    n: given,
    q: digest(question),
  };
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** Rejects with `invalid_input` what is no cursor of ours, or one of another search. */
export function readCursor(cursor: string, question: object): SearchPosition {
  const parsed = cursorFields.safeParse(decode(cursor));
  if (!parsed.success || parsed.data.e <= parsed.data.s)
    throw refused('This is not a cursor of search_logs.');
  const { s, e, c, n, q } = parsed.data;
  if (q !== digest(question)) throw refused('The cursor belongs to a search with other arguments.');
  return { window: { start: new Date(s), end: new Date(e) }, pageCursor: c, given: n };
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function digest(question: object): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 16);
}

function refused(message: string): ToolError {
  return new ToolError('invalid_input', message, {
    hint: 'Repeat the arguments of the search that gave the cursor, or leave cursor out to start anew.',
  });
}

import { createHash } from 'node:crypto';
import { ToolError } from '@devops-mcp/contract';
import type { LogQuery, Window } from '@devops-mcp/domain';
import { z } from 'zod';

/** Where a page ended. The window travels along, so that `last_1h` means the same hour on every page. */
const cursorSchema = z.strictObject({
  query: z.string().max(32),
  start: z.number(),
  end: z.number(),
  /** Time of the last row in microseconds, then what tells rows of that time apart. */
  us: z.number(),
  tie: z.tuple([z.number(), z.number()]).or(z.tuple([z.string().max(300), z.string().max(32)])),
});
export type Cursor = z.output<typeof cursorSchema>;

export function encodeCursor(query: LogQuery, window: Window, last: Pick<Cursor, 'us' | 'tie'>): string {
  const cursor: Cursor = {
    query: digestOf(query),
    start: window.start.getTime(),
    end: window.end.getTime(),
    us: last.us,
    tie: last.tie,
  };
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Throws `invalid_input` for a cursor that is not ours or belongs to another query. */
export function decodeCursor(query: LogQuery): Cursor | undefined {
  if (query.cursor === undefined) return undefined;
  const parsed = cursorSchema.safeParse(parseJson(Buffer.from(query.cursor, 'base64url').toString('utf8')));
  if (!parsed.success || parsed.data.query !== digestOf(query))
    throw new ToolError('invalid_input', 'The cursor does not belong to this query.', {
      hint: 'Repeat the query without a cursor, then use the cursor it gives with nothing else changed.',
    });
  return parsed.data;
}

/** Everything but the window, which the cursor carries, and how much of the result is shown. */
function digestOf(query: LogQuery): string {
  const { service, minLevel, text, pattern, traceId, order, groupRepeats } = query;
  const facts = [service, minLevel, text, pattern, traceId, order, groupRepeats].map((fact) => fact ?? null);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

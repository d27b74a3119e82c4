import { ToolError } from '@devops-mcp/contract';
import { z } from 'zod';

/** Where a system's own page was left: the cursor that gave it, and how many excerpts of it were given. */
export interface LogPlace {
  readonly cursor: string | null;
  readonly given: number;
}

/** By backend. An ended one is asked on for its counts; one that is left out is not. */
export type LogPlaces = Map<string, LogPlace | 'ended' | 'left out'>;

const placesSchema = z
  .array(
    z.tuple([
      z.string().max(63),
      z.union([
        z.literal(['ended', 'left out']),
        z.strictObject({
          cursor: z.string().max(2_000).nullable(),
          given: z.number().int().min(0).max(1_000),
        }),
      ]),
    ]),
  )
  .max(20);

export function writePlaces(places: LogPlaces): string {
  return Buffer.from(JSON.stringify([...places])).toString('base64url');
}

/** Rejects with `invalid_input` for a cursor that is not ours or is of other backends. */
export function readPlaces(cursor: string | undefined, backends: readonly string[]): LogPlaces {
  if (cursor === undefined) return new Map();
  const parsed = placesSchema.safeParse(decode(cursor));
  if (!parsed.success || parsed.data.some(([backend]) => !backends.includes(backend))) {
    throw new ToolError('invalid_input', 'The cursor does not belong to these log backends.', {
      hint: 'Repeat the query without a cursor, then use the cursor it gives with nothing else changed.',
    });
  }
  return new Map(parsed.data);
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

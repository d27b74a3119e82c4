import type { LogExcerpt, LogLine, LogMatch } from '@devops-mcp/domain';
import { listParameter, type Session } from '../port-context.js';
import { type LineRow, lineColumns, lineOf } from './log-lines.js';

/** A match with its row. */
export interface Found {
  readonly row: LineRow;
  readonly match: LogMatch;
}

type PlacedRow = LineRow & { readonly place: number };

/**
 * Places are counted over whole streams (service and instance) in order of time, file and place in the
 * file, so that the lines around a match are exact however sparse the stream is.
 */
const contextSql = `
WITH hit AS (SELECT unnest(?::INTEGER[]) AS file_id, unnest(?::INTEGER[]) AS seq),
placed AS MATERIALIZED (
  SELECT file_id, seq, service, coalesce(instance, '') AS stream,
    row_number() OVER (PARTITION BY service, coalesce(instance, '') ORDER BY time_us, file_id, seq) AS place
  FROM logs WHERE service IN (SELECT unnest(?::VARCHAR[]))
    AND coalesce(instance, '') IN (SELECT unnest(?::VARCHAR[]))),
mark AS (SELECT service, stream, place FROM placed JOIN hit USING (file_id, seq)),
wanted AS (
  SELECT DISTINCT p.file_id, p.seq, p.place FROM placed p
  JOIN mark m ON p.service = m.service AND p.stream = m.stream AND p.place BETWEEN m.place - ? AND m.place + ?)
SELECT ${lineColumns}, place::DOUBLE AS place FROM logs JOIN wanted USING (file_id, seq)
ORDER BY service, instance, place`;

/**
 * The matches with the lines around them, windows that touch merged into one excerpt. Excerpts come in
 * the order of their first match in the list given.
 */
export async function withContext(
  session: Session,
  found: readonly Found[],
  before: number,
  after: number,
): Promise<readonly LogExcerpt[]> {
  if (found.length === 0) return [];
  if (before === 0 && after === 0)
    return found.map(({ match }) => ({ matches: [match], before: [], after: [] }));
  const rows = await session.query<PlacedRow>(contextSql, [
    listParameter(found.map(({ row }) => row.file_id)),
    listParameter(found.map(({ row }) => row.seq)),
    listParameter([...new Set(found.map(({ row }) => row.service))]),
    listParameter([...new Set(found.map(({ row }) => row.instance ?? ''))]),
    before,
    after,
  ]);
  const matches = new Map(found.map(({ row, match }) => [keyOf(row), match]));
  const excerpts = runsOf(rows).map((run) => excerptOf(run, matches, session));
  const rank = new Map(found.map(({ match }, index) => [match, index]));
  const best = (excerpt: LogExcerpt) => Math.min(...excerpt.matches.map((match) => rank.get(match) ?? 0));
  return excerpts.filter((excerpt) => excerpt.matches.length > 0).sort((a, b) => best(a) - best(b));
}

/** Unbroken runs of one stream. */
function runsOf(rows: readonly PlacedRow[]): readonly (readonly PlacedRow[])[] {
  const runs: PlacedRow[][] = [];
  let last: PlacedRow | undefined;
  for (const row of rows) {
    const joined =
      last !== undefined &&
      last.service === row.service &&
      last.instance === row.instance &&
      last.place + 1 === row.place;
    if (joined) runs.at(-1)?.push(row);
    else runs.push([row]);
    last = row;
  }
  return runs;
}

function excerptOf(
  run: readonly PlacedRow[],
  matches: ReadonlyMap<string, LogMatch>,
  session: Session,
): LogExcerpt {
  const found: LogMatch[] = [];
  const before: LogLine[] = [];
  let between: LogLine[] = [];
  let after: LogLine[] = [];
  for (const row of run) {
    const match = matches.get(keyOf(row));
    if (match !== undefined) {
      if (found.length > 0) between = between.concat(after);
      after = [];
      found.push(match);
    } else if (found.length === 0) before.push(lineOf(row, session));
    else after.push(lineOf(row, session));
  }
  return { matches: found, before, after, ...(between.length > 0 ? { between } : {}) };
}

function keyOf(row: LineRow): string {
  return `${row.file_id}:${row.seq}`;
}

import type { CallContext, Truncation } from '@devops-mcp/contract';
import type { Answer, LogQuery, LogSearchAnswer, Window } from '@devops-mcp/domain';
import {
  dateOf,
  micros,
  type OtlpPort,
  openSession,
  type Session,
  telemetryName,
  whenThereAreData,
  windowMicros,
} from '../port-context.js';
import { type Found, withContext } from './context-lines.js';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.js';
import { both, type Filter, logFilter } from './log-filter.js';
import { type LineRow, lineColumns, lineOf } from './log-lines.js';

const bins = 24;
const mostLines = 200;
const mostContext = 50;

interface Page {
  readonly found: readonly Found[];
  /** Set when there are more. */
  readonly next: Pick<Cursor, 'us' | 'tie'> | undefined;
  /** How many groups or lines there are in all. */
  readonly total: number;
}

/** Implements `LogsApi.search`. */
export async function searchLogs(
  port: OtlpPort,
  query: LogQuery,
  context: CallContext,
): Promise<Answer<LogSearchAnswer>> {
  const cursor = decodeCursor(query);
  const window = cursor ? { start: new Date(cursor.start), end: new Date(cursor.end) } : query.window;
  const session = await openSession(port, context, {
    services: query.service === undefined ? [] : [query.service],
  });
  const name = query.service === undefined ? undefined : telemetryName(session, query.service);
  const filter = logFilter({ ...query, window }, name);
  const limit = Math.max(1, Math.min(query.limit, mostLines));
  const grouped = query.groupRepeats || query.order === 'first_occurrence';
  const page = grouped
    ? await groupPage(session, query, filter, cursor, limit)
    : await linePage(session, query, filter, cursor, limit);
  const histogram = await histogramOf(session, filter, window);
  const excerpts = await withContext(session, page.found, clamp(query.before), clamp(query.after));
  const total = histogram.reduce((sum, bin) => sum + bin.count, 0);
  const nextCursor = page.next === undefined ? null : encodeCursor(query, window, page.next);
  const hints = [...session.snapshot.hints];
  if (total === 0) hints.push(await whyNothing(session, window, name));
  return {
    data: { total, histogram, excerpts, nextCursor },
    source: session.source(),
    ...(nextCursor === null ? {} : { truncation: truncationOf(page, grouped ? page.total : total) }),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

async function linePage(
  session: Session,
  query: LogQuery,
  filter: Filter,
  cursor: Cursor | undefined,
  limit: number,
): Promise<Page> {
  const newest = query.order === 'newest';
  const [file, seq] = cursor?.tie ?? [0, 0];
  const paged =
    cursor === undefined
      ? filter
      : both(
          filter,
          `(time_us, file_id, seq) ${newest ? '<' : '>'} (?::BIGINT, ?::INTEGER, ?::INTEGER)`,
          cursor.us,
          file,
          seq,
        );
  const way = newest ? 'DESC' : 'ASC';
  const rows = await session.query<LineRow>(
    `SELECT ${lineColumns} FROM logs WHERE ${paged.sql}
     ORDER BY logs.time_us ${way}, file_id ${way}, seq ${way} LIMIT ?`,
    [...paged.parameters, limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    found: shown.map((row) => ({
      row,
      match: {
        line: lineOf(row, session),
        repeats: 1,
        lastSeen: dateOf(row.time_us),
        fingerprint: row.fingerprint,
      },
    })),
    next: rows.length > limit && last ? { us: last.time_us, tie: [last.file_id, last.seq] } : undefined,
    total: shown.length,
  };
}

type GroupRow = LineRow & {
  readonly repeats: number;
  readonly first_us: number;
  readonly last_us: number;
  readonly groups: number;
};

/** One line for each service and fingerprint: its newest or, in the other orders, its first. */
async function groupPage(
  session: Session,
  query: LogQuery,
  filter: Filter,
  cursor: Cursor | undefined,
  limit: number,
): Promise<Page> {
  const newest = query.order === 'newest';
  const key = newest ? 'last_us' : 'first_us';
  const pick = newest ? 'max' : 'min';
  const after =
    cursor === undefined ? 'true' : `(${key}, service, fingerprint) ${newest ? '<' : '>'} (?::BIGINT, ?, ?)`;
  const way = newest ? 'DESC' : 'ASC';
  const rows = await session.query<GroupRow>(
    `WITH grouped AS (
       SELECT service, fingerprint, count(*) AS repeats, min(time_us) AS first_us, max(time_us) AS last_us,
         ${pick}({'t': time_us, 'f': file_id, 's': seq}) AS line FROM logs WHERE ${filter.sql} GROUP BY ALL),
     page AS (SELECT *, (SELECT count(*) FROM grouped) AS groups FROM grouped WHERE ${after}
       ORDER BY ${key} ${way}, service ${way}, fingerprint ${way} LIMIT ?)
     SELECT ${lineColumns.replaceAll(/\b(service|fingerprint)\b/g, 'logs.$1')},
       repeats::DOUBLE AS repeats, first_us::DOUBLE AS first_us, last_us::DOUBLE AS last_us, groups::DOUBLE AS groups
     FROM logs JOIN page ON logs.file_id = line.f AND logs.seq = line.s
     ORDER BY page.${key} ${way}, logs.service ${way}, logs.fingerprint ${way}`,
    [...filter.parameters, ...(cursor ? [cursor.us, ...cursor.tie] : []), limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    found: shown.map((row) => ({
      row,
      match: {
        line: lineOf(row, session),
        repeats: row.repeats,
        lastSeen: dateOf(row.last_us),
        fingerprint: row.fingerprint,
      },
    })),
    next: rows.length > limit && last ? { us: last[key], tie: [last.service, last.fingerprint] } : undefined,
    total: shown[0]?.groups ?? 0,
  };
}

async function histogramOf(
  session: Session,
  filter: Filter,
  window: Window,
): Promise<LogSearchAnswer['histogram']> {
  const [start, end] = windowMicros(window);
  const width = Math.max(1, Math.ceil((end - start) / bins));
  const rows = await session.query<{ bin: number; n: number }>(
    `SELECT floor((time_us - ?) / ?)::DOUBLE AS bin, count(*)::DOUBLE AS n FROM logs WHERE ${filter.sql} GROUP BY 1`,
    [start, width, ...filter.parameters],
  );
  const counts = new Map(rows.map((row) => [row.bin, row.n]));
  return Array.from({ length: bins }, (_, bin) => ({
    time: dateOf(start + bin * width),
    count: counts.get(bin) ?? 0,
  })).filter((bin) => micros(bin.time) < end);
}

async function whyNothing(session: Session, window: Window, name: string | undefined): Promise<string> {
  const [start, end] = windowMicros(window);
  const [row] = await session.query<{ n: number }>(
    `SELECT count(*)::DOUBLE AS n FROM logs WHERE time_us >= ? AND time_us < ? ${name === undefined ? '' : 'AND service = ?'}`,
    [start, end, ...(name === undefined ? [] : [name])],
  );
  const lines = row?.n ?? 0;
  return lines > 0
    ? `${lines} lines lie in this window, but none matches.`
    : whenThereAreData(session, ['logs'], 'log lines', name);
}

function truncationOf(page: Page, total: number): Truncation {
  return {
    returned: page.found.length,
    total,
    more: true,
    howToGetMore: 'Repeat the query with the cursor, or narrow the period, level or text.',
  };
}

function clamp(lines: number): number {
  return Math.max(0, Math.min(mostContext, Math.floor(lines)));
}

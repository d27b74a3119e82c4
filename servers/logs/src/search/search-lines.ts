import type { CallContext } from '@devops-mcp/contract';
import {
  estimateTokens,
  fitTokens,
  frameAnswer,
  type LogQuery,
  type LogSearchAnswer,
  type LogsApi,
  type MetricsApi,
  parsePeriod,
  readOfService,
  type ServicesApi,
  showWindow,
  type Window,
} from '@devops-mcp/domain';
import type { SearchAnswer, SearchInput } from '../tools/search-logs.js';
import { readCursor, type SearchPosition, writeCursor } from './cursor.js';
import { explainNothing, namesFromMetrics } from './explain-nothing.js';
import { type ExcerptRow, messageMax, orderLines } from './order-lines.js';

const howToGetMore = 'Call again with cursor = nextCursor, or narrow with text, pattern, severity or period.';

/** Of a cursor around a backend's own of some forty characters. */
const cursorTokens = 100;

export interface SearchCall extends CallContext {
  readonly input: SearchInput;
  readonly ports: {
    readonly logs: LogsApi;
    readonly services: ServicesApi;
    readonly metrics: MetricsApi | undefined;
  };
}

/** Searches, orders the lines of every excerpt, and fits them to the budget with a cursor to the rest. */
export async function searchLines(call: SearchCall): Promise<SearchAnswer> {
  const { input, ports, now } = call;
  const { cursor, maxTokens, period, environment, ...question } = input;
  const asked = { ...question, environment };
  const resolved = parsePeriod(period, now);
  const position: SearchPosition = cursor
    ? readCursor(cursor, asked)
    : { window: resolved.window, pageCursor: null, given: 0 };
  checkWindow(position.window, now);
  const found = await readOfService(
    {
      service: input.service,
      catalog: ports.services,
      nothing: noLines,
      seen: () => namesFromMetrics(call, position.window),
    },
    () => ports.logs.search(queryOf(input, position), call),
  );
  const empty = found.data.total === 0 && found.data !== noLines;
  const nothing = empty ? [await explain(call, position.window)] : [];
  const notes = [...(cursor ? [] : resolved.hints), ...(found.hints ?? []), ...nothing];
  const histogram = histogramOf(found.data);
  const frame = frameAnswer({
    window: showWindow(position.window, now),
    source: found.source,
    hints: notes,
    partial: found.partial ?? [],
  });
  const left = maxTokens - frame.tokens - estimateTokens(histogram) - cursorTokens;
  const page = found.data.excerpts.slice(position.given);
  const rows = page.map((excerpt) => orderLines(excerpt, longestMessage(left)));
  const fitted = fitTokens(rows, { maxTokens: left, reserved: 0, howToGetMore: '' });
  const next = nextPosition(position, fitted.rows.length, page.length, found.data.nextCursor);
  return {
    data: {
      total: found.data.total,
      histogram,
      excerpts: fitted.rows.map((row) => ({ ...row, lines: [...row.lines] })),
      ...(next ? { nextCursor: writeCursor(next, asked) } : {}),
    },
    ...frame.fields,
    ...(next
      ? { truncation: { returned: linesOf(fitted.rows), total: found.data.total, more: true, howToGetMore } }
      : {}),
  };
}

const noLines: LogSearchAnswer = { total: 0, histogram: [], excerpts: [], nextCursor: null };

function queryOf(input: SearchInput, { window, pageCursor }: SearchPosition): LogQuery {
  return {
    window,
    order: input.order,
    groupRepeats: input.groupRepeats,
    before: input.before,
    after: input.after,
    limit: input.limit,
    ...(input.service === undefined ? {} : { service: input.service }),
    ...(input.severity === undefined ? {} : { minLevel: input.severity }),
    ...(input.text === undefined ? {} : { text: input.text }),
    ...(input.pattern === undefined ? {} : { pattern: input.pattern }),
    ...(input.traceId === undefined ? {} : { traceId: input.traceId }),
    ...(pageCursor === null ? {} : { cursor: pageCursor }),
  };
}

/** A cursor comes back from outside, so its window is checked like any other. */
function checkWindow({ start, end }: Window, now: Date): void {
  parsePeriod(`${start.toISOString()}/${end.toISOString()}`, now);
}

/** The first excerpt is always given, so its longest line must leave room for the answer around it. */
function longestMessage(tokens: number): number {
  return Math.max(400, Math.min(messageMax, tokens * 2));
}

function explain({ input, ports, ...context }: SearchCall, window: Window): Promise<string> {
  return explainNothing({ service: input.service, environment: input.environment, window }, ports, context);
}

/** Lines that match, collapsed ones counted as many as they are. */
function linesOf(rows: readonly ExcerptRow[]): number {
  const matches = rows.flatMap((row) => row.lines.filter((line) => line.match));
  return matches.reduce((sum, line) => sum + (line.repeats ?? 1), 0);
}

function histogramOf({ histogram }: LogSearchAnswer): SearchAnswer['data']['histogram'] {
  const [first, second] = histogram;
  const counts = histogram.map(({ count }) => count);
  if (first === undefined) return { counts };
  const start = first.time.toISOString();
  if (second === undefined) return { start, counts };
  return { start, stepSeconds: (second.time.getTime() - first.time.getTime()) / 1_000, counts };
}

function nextPosition(
  position: SearchPosition,
  given: number,
  onPage: number,
  nextCursor: string | null,
): SearchPosition | undefined {
  if (given < onPage) return { ...position, given: position.given + given };
  return nextCursor === null ? undefined : { ...position, pageCursor: nextCursor, given: 0 };
}

import type { CallContext } from '@devops-mcp/contract';
import type { Answer, ErrorGroup, Window } from '@devops-mcp/domain';
import { stackOfRow, templateOfRow } from '../decode/logs.js';
import { bounded } from '../decode/values.js';
import {
  dateOf,
  listParameter,
  type OtlpPort,
  openSession,
  type Session,
  telemetryName,
  whenThereAreData,
  windowMicros,
} from '../port-context.js';
import { operationsOf } from './error-operations.js';

const bins = 12;
const mostGroups = 100;
const mostNames = 10;
const mostTraces = 5;
const longestSample = 2_000;
const longestStack = 8_000;

type CountRow = {
  readonly service: string;
  readonly fingerprint: string;
  readonly n: number;
  readonly previous: number;
  readonly total: number;
};

type DetailRow = {
  readonly service: string;
  readonly fingerprint: string;
  readonly first_us: number;
  readonly last_us: number;
  readonly known_us: number;
  readonly instances: readonly string[];
  readonly versions: readonly string[];
  readonly operations: readonly string[];
  readonly traces: readonly string[];
  readonly body: string;
  readonly stack: string | null;
  readonly type: string | null;
  readonly level: number;
  readonly attributes: string | null;
  readonly histogram: readonly number[];
};

/** Implements `LogsApi.errorSummary`. */
export async function errorSummary(
  port: OtlpPort,
  query: { readonly service?: string; readonly window: Window; readonly top: number },
  context: CallContext,
): Promise<
  Answer<{ readonly total: number; readonly lines: number; readonly groups: readonly ErrorGroup[] }>
> {
  const session = await openSession(port, context, {
    services: query.service === undefined ? [] : [query.service],
  });
  const name = query.service === undefined ? undefined : telemetryName(session, query.service);
  const top = Math.max(1, Math.min(query.top, mostGroups));
  const counts = await countsOf(session, query.window, name, top);
  const lines = await linesIn(session, query.window, name);
  const details = await detailsOf(session, query.window, counts);
  // Traces are read only for groups whose lines do not say themselves what they happened in.
  const silent = counts.filter((count) => (details.get(keyOf(count))?.operations ?? []).length === 0);
  const operations = await operationsOf(session, query.window, silent);
  const groups = counts.flatMap((count) => {
    const detail = details.get(keyOf(count));
    return detail === undefined ? [] : [groupOf(count, detail, operations.get(keyOf(count)) ?? [], session)];
  });
  const total = counts[0]?.total ?? 0;
  const hints = [...session.snapshot.hints];
  if (lines === 0) hints.push(whenThereAreData(session, ['logs'], 'log lines', name));
  const shown = counts.reduce((sum, count) => sum + count.n, 0);
  return {
    data: { total, lines, groups },
    source: session.source(),
    ...(shown < total
      ? {
          truncation: {
            returned: groups.length,
            more: true,
            howToGetMore: `The groups shown hold ${shown} of ${total} errors; raise top or name a service.`,
          },
        }
      : {}),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

/** Counts by service and fingerprint in the window and in the one of the same length before it. */
function countsOf(
  session: Session,
  window: Window,
  name: string | undefined,
  top: number,
): Promise<CountRow[]> {
  const [start, end] = windowMicros(window);
  return session.query<CountRow>(
    `SELECT service, fingerprint, (count(*) FILTER (time_us >= ?))::DOUBLE AS n,
       (count(*) FILTER (time_us < ?))::DOUBLE AS previous, sum(n) OVER () AS total
     FROM logs WHERE level >= 4 AND time_us >= ? AND time_us < ? ${name === undefined ? '' : 'AND service = ?'}
     GROUP BY service, fingerprint HAVING n > 0 ORDER BY n DESC, service, fingerprint LIMIT ?`,
    [start, start, start - (end - start), end, ...(name === undefined ? [] : [name]), top],
  );
}

async function linesIn(session: Session, window: Window, name: string | undefined): Promise<number> {
  const [row] = await session.query<{ n: number }>(
    `SELECT count(*)::DOUBLE AS n FROM logs WHERE time_us >= ? AND time_us < ? ${name === undefined ? '' : 'AND service = ?'}`,
    [...windowMicros(window), ...(name === undefined ? [] : [name])],
  );
  return row?.n ?? 0;
}

async function detailsOf(
  session: Session,
  window: Window,
  groups: readonly CountRow[],
): Promise<ReadonlyMap<string, DetailRow>> {
  if (groups.length === 0) return new Map();
  const [start, end] = windowMicros(window);
  const width = Math.max(1, Math.ceil((end - start) / bins));
  const rows = await session.query<DetailRow>(
    `WITH wanted AS (SELECT unnest(?::VARCHAR[]) AS service, unnest(?::VARCHAR[]) AS fingerprint),
     hit AS (SELECT *, (time_us >= ?) AS inside, floor((time_us - ?) / ?)::INTEGER AS bin
       FROM logs JOIN wanted USING (service, fingerprint) WHERE level >= 4 AND time_us < ?)
     SELECT service, fingerprint, (min(time_us) FILTER (inside))::DOUBLE AS first_us,
       (max(time_us) FILTER (inside))::DOUBLE AS last_us, min(time_us)::DOUBLE AS known_us,
       ${distinct('instance')} AS instances, ${distinct('version')} AS versions,
       ${distinct('operation')} AS operations,
       arg_max(trace_id, time_us, ${mostTraces * 4}) FILTER (inside AND trace_id IS NOT NULL) AS traces,
       unnest(arg_min({'body': body, 'stack': stack, 'type': type, 'level': level, 'attributes': attributes},
         (time_us, file_id, seq)) FILTER (inside)),
       [${Array.from({ length: bins }, (_, bin) => `(count(*) FILTER (inside AND bin = ${bin}))::DOUBLE`).join(', ')}] AS histogram
     FROM hit GROUP BY service, fingerprint`,
    [
      listParameter(groups.map((group) => group.service)),
      listParameter(groups.map((group) => group.fingerprint)),
      start,
      start,
      width,
      end,
    ],
  );
  return new Map(rows.map((row) => [keyOf(row), row]));
}

function distinct(column: string): string {
  return `list_sort(list(DISTINCT ${column}) FILTER (inside AND ${column} IS NOT NULL))[1:${mostNames}]`;
}

function groupOf(
  count: CountRow,
  detail: DetailRow,
  operations: readonly string[],
  session: Session,
): ErrorGroup {
  const stack = stackOfRow(detail);
  return {
    fingerprint: count.fingerprint,
    service: session.services.serviceOf(count.service),
    type: detail.type ?? 'log',
    template: templateOfRow(detail),
    count: count.n,
    previousCount: count.previous,
    firstSeen: dateOf(detail.first_us),
    lastSeen: dateOf(detail.last_us),
    knownSince: dateOf(detail.known_us),
    instances: detail.instances ?? [],
    versions: detail.versions ?? [],
    operations: [...new Set([...(detail.operations ?? []), ...operations])].slice(0, mostNames),
    sample: bounded(detail.body, longestSample),
    stackTrace: stack === null ? null : bounded(stack, longestStack),
    traceIds: [...new Set(detail.traces ?? [])].slice(0, mostTraces),
    histogram: detail.histogram,
  };
}

function keyOf(row: { readonly service: string; readonly fingerprint: string }): string {
  return `${row.service}\n${row.fingerprint}`;
}

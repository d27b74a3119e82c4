import type { CallContext } from '@devops-mcp/contract';
import type { Answer, TraceSummary, Window } from '@devops-mcp/domain';
import {
  listParameter,
  type OtlpPort,
  openSession,
  type Session,
  telemetryName,
  whenThereAreData,
  windowMicros,
} from '../port-context.js';
import type { Parameter } from '../store/duckdb.js';
import { type SummarySpan, summariseTrace } from './summarise-trace.js';

const most = 100;
const mostSpans = 20_000;

export interface TraceQuery {
  readonly service?: string;
  readonly operation?: string;
  readonly window: Window;
  readonly onlyErrors?: boolean;
  readonly minDurationMs?: number;
  readonly order: 'slowest' | 'newest' | 'errors_first';
  readonly limit: number;
}

const orders: Readonly<Record<TraceQuery['order'], string>> = {
  slowest: 'length DESC, start DESC, trace_id',
  newest: 'start DESC, trace_id',
  errors_first: 'errors DESC, length DESC, trace_id',
};

/**
 * Implements `TracesApi.search`. A trace counts when a span of the service and operation starts in the
 * window; its duration and errors are those of the whole trace.
 */
export async function searchTraces(
  port: OtlpPort,
  query: TraceQuery,
  context: CallContext,
): Promise<Answer<{ readonly total: number; readonly traces: readonly TraceSummary[] }>> {
  const session = await openSession(port, context, {
    services: query.service === undefined ? [] : [query.service],
  });
  const name = query.service === undefined ? undefined : telemetryName(session, query.service);
  const limit = Math.max(1, Math.min(query.limit, most));
  const page = await pageOf(session, query, name, limit);
  const traces = await summaries(
    session,
    page.map((row) => row.trace_id),
  );
  const total = page[0]?.total ?? 0;
  const hints = [...session.snapshot.hints];
  if (total === 0) hints.push(await whyNothing(session, query, name));
  return {
    data: { total, traces },
    source: session.source(),
    ...(total > traces.length
      ? {
          truncation: {
            returned: traces.length,
            total,
            more: true,
            howToGetMore: 'Raise limit, or narrow by operation, duration or period.',
          },
        }
      : {}),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

function pageOf(
  session: Session,
  query: TraceQuery,
  name: string | undefined,
  limit: number,
): Promise<{ trace_id: string; total: number }[]> {
  const conditions = ['time_us >= ?', 'time_us < ?'];
  const parameters: Parameter[] = [...windowMicros(query.window)];
  if (name !== undefined) {
    conditions.push('service = ?');
    parameters.push(name);
  }
  if (query.operation !== undefined) {
    conditions.push('operation = ?');
    parameters.push(query.operation);
  }
  const whole = ['true'];
  if (query.onlyErrors === true) whole.push('errors > 0');
  if (query.minDurationMs !== undefined) {
    whole.push('length >= ?');
    parameters.push(query.minDurationMs * 1_000);
  }
  return session.query(
    `WITH met AS (SELECT DISTINCT trace_id FROM spans WHERE ${conditions.join(' AND ')}),
     trace AS (SELECT trace_id, min(time_us) AS start, max(time_us + duration_us) - min(time_us) AS length,
       count(*) FILTER (error) AS errors FROM spans SEMI JOIN met USING (trace_id) GROUP BY trace_id)
     SELECT trace_id, (count(*) OVER ())::DOUBLE AS total FROM trace WHERE ${whole.join(' AND ')}
     ORDER BY ${orders[query.order]} LIMIT ?`,
    [...parameters, limit],
  );
}

async function summaries(session: Session, ids: readonly string[]): Promise<readonly TraceSummary[]> {
  if (ids.length === 0) return [];
  const rows = await session.query<SummarySpan>(
    `SELECT trace_id, span_id, parent_span_id, service, operation, time_us::DOUBLE AS time_us,
       duration_us::DOUBLE AS duration_us, error FROM spans WHERE trace_id IN (SELECT unnest(?::VARCHAR[]))
     QUALIFY row_number() OVER (PARTITION BY trace_id, span_id, service ORDER BY spans.time_us, file_id, seq) = 1
     ORDER BY spans.time_us, file_id, seq LIMIT ?`,
    [listParameter(ids), mostSpans],
  );
  const byTrace = new Map<string, SummarySpan[]>();
  for (const row of rows) {
    const spans = byTrace.get(row.trace_id) ?? [];
    spans.push(row);
    byTrace.set(row.trace_id, spans);
  }
  return ids.flatMap((id) => summariseTrace(byTrace.get(id) ?? [], session) ?? []);
}

async function whyNothing(session: Session, query: TraceQuery, name: string | undefined): Promise<string> {
  const [row] = await session.query<{ n: number }>(
    `SELECT count(*)::DOUBLE AS n FROM spans WHERE time_us >= ? AND time_us < ? ${name === undefined ? '' : 'AND service = ?'}`,
    [...windowMicros(query.window), ...(name === undefined ? [] : [name])],
  );
  const spans = row?.n ?? 0;
  return spans > 0
    ? `${spans} spans lie in this window, but no trace matches.`
    : whenThereAreData(session, ['spans'], 'spans', name);
}

import type { CallContext } from '@devops-mcp/contract';
import type { Answer, DependencyEdge, Window } from '@devops-mcp/domain';
import { dateOf, type OtlpPort, openSession, whenThereAreData, windowMicros } from './port-context.js';

const most = 2_000;

type EdgeRow = {
  readonly source: string;
  readonly target: string;
  readonly kind: 'call' | 'message' | 'resource';
  readonly calls: number;
  readonly errors: number;
  readonly p95_us: number;
  readonly last_us: number;
};

/**
 * A span whose parent belongs to another service is a call between the two, seen from the parent when
 * that is a client span. A consumer counts as a message, also when it is only linked to its producer.
 * A client span without a child in another service calls what its attributes name: a service that has
 * no spans of its own, or a resource such as a database.
 */
const edgesSql = `
WITH span AS MATERIALIZED (SELECT trace_id, span_id, parent_span_id, service, kind, error, time_us,
    duration_us, peer, links FROM spans WHERE time_us >= ? AND time_us < ?),
crossing AS (SELECT p.service AS source, c.service AS target,
    CASE WHEN c.kind = 4 OR p.kind = 3 THEN 'message' ELSE 'call' END AS kind, p.span_id AS client,
    p.trace_id, c.error OR (p.kind = 2 AND p.error) AS error,
    CASE WHEN p.kind = 2 THEN p.duration_us ELSE c.duration_us END AS duration_us, c.time_us
  FROM span c JOIN span p ON c.trace_id = p.trace_id AND c.parent_span_id = p.span_id
  WHERE c.service <> p.service),
linked AS (SELECT p.service AS source, c.service AS target, 'message' AS kind, c.error, c.duration_us, c.time_us
  FROM (SELECT *, unnest(string_split(links, ',')) AS link FROM span WHERE kind = 4 AND links IS NOT NULL) c
  JOIN span p ON p.span_id = c.link AND p.kind = 3
  WHERE c.service <> p.service AND c.parent_span_id IS DISTINCT FROM p.span_id),
outward AS (SELECT service AS source, CASE WHEN starts_with(peer, 'service:') THEN peer[9:] ELSE peer END AS target,
    CASE WHEN starts_with(peer, 'service:') THEN 'call' ELSE 'resource' END AS kind, error, duration_us, time_us
  FROM span WHERE peer IS NOT NULL AND kind IN (2, 3)
    AND NOT EXISTS (SELECT 1 FROM crossing x WHERE x.trace_id = span.trace_id AND x.client = span.span_id)),
edge AS (SELECT source, target, kind, error, duration_us, time_us FROM crossing
  UNION ALL SELECT source, target, kind, error, duration_us, time_us FROM linked
  UNION ALL SELECT source, target, kind, error, duration_us, time_us FROM outward)
SELECT source, target, kind, count(*)::DOUBLE AS calls, (count(*) FILTER (error))::DOUBLE AS errors,
  quantile_cont(duration_us, 0.95)::DOUBLE AS p95_us, max(time_us)::DOUBLE AS last_us
FROM edge GROUP BY source, target, kind ORDER BY calls DESC, source, target, kind LIMIT ?`;

/** Implements `DependenciesApi.edges`. */
export async function dependencyEdges(
  port: OtlpPort,
  query: { readonly window: Window },
  context: CallContext,
): Promise<Answer<readonly DependencyEdge[]>> {
  const session = await openSession(port, context);
  const rows = await session.query<EdgeRow>(edgesSql, [...windowMicros(query.window), most]);
  const seconds = (query.window.end.getTime() - query.window.start.getTime()) / 1_000;
  const named = (name: string) => (name.startsWith('resource:') ? name : session.services.serviceOf(name));
  const hints = [...session.snapshot.hints];
  if (rows.length === 0) hints.push(whenThereAreData(session, ['spans'], 'spans'));
  return {
    data: rows.map((row) => ({
      from: named(row.source),
      to: named(row.target),
      kind: row.kind,
      callsPerSecond: row.calls / seconds,
      errorShare: row.errors / row.calls,
      p95Seconds: row.p95_us / 1e6,
      lastSeen: dateOf(row.last_us),
    })),
    source: session.source(),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

import type { CallContext } from '@devops-mcp/contract';
import type { Answer, Window } from '@devops-mcp/domain';
import {
  type OtlpPort,
  openSession,
  telemetryName,
  whenThereAreData,
  windowMicros,
} from '../port-context.js';

export interface Typical {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly errorShare: number;
}

/** Implements `TracesApi.typical`. */
export async function typicalOperation(
  port: OtlpPort,
  query: { readonly service: string; readonly operation: string; readonly window: Window },
  context: CallContext,
): Promise<Answer<Typical | null>> {
  const session = await openSession(port, context, { services: [query.service] });
  const name = telemetryName(session, query.service);
  const [row] = await session.query<{
    count: number;
    p50: number | null;
    p95: number | null;
    errors: number | null;
  }>(
    `SELECT count(*)::DOUBLE AS count, quantile_cont(duration_us, 0.5) AS p50,
       quantile_cont(duration_us, 0.95) AS p95, avg(error::INTEGER) AS errors
     FROM spans WHERE service = ? AND operation = ? AND time_us >= ? AND time_us < ?`,
    [name, query.operation, ...windowMicros(query.window)],
  );
  const found = row !== undefined && row.count > 0;
  const hints = [...session.snapshot.hints];
  if (!found) hints.push(whenThereAreData(session, ['spans'], 'spans', name));
  return {
    data: found
      ? {
          count: row.count,
          p50Ms: (row.p50 ?? 0) / 1_000,
          p95Ms: (row.p95 ?? 0) / 1_000,
          errorShare: row.errors ?? 0,
        }
      : null,
    source: session.source(),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

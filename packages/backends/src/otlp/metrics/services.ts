import type { CallContext } from '@devops-mcp/contract';
import type { Answer, Window } from '@devops-mcp/domain';
import { type OtlpPort, openSession, whenThereAreData, windowMicros } from '../port-context.js';
import { tableNames } from '../store/tables.js';

/** Implements `MetricsApi.services`: whoever sent metrics, logs or spans in the window. */
export async function servicesWithTelemetry(
  port: OtlpPort,
  query: { readonly window: Window },
  context: CallContext,
): Promise<Answer<readonly string[]>> {
  const session = await openSession(port, context, { tables: tableNames });
  const bounds = windowMicros(query.window);
  const parts = tableNames.map((table) => `SELECT service FROM ${table} WHERE time_us >= ? AND time_us < ?`);
  const rows = await session.query<{ service: string }>(
    `SELECT DISTINCT service FROM (${parts.join(' UNION ALL ')}) ORDER BY service LIMIT 5000`,
    tableNames.flatMap(() => bounds),
  );
  const hints = [...session.snapshot.hints];
  if (rows.length === 0) hints.push(whenThereAreData(session, tableNames, 'data'));
  return {
    data: [...new Set(rows.map((row) => session.services.serviceOf(row.service)))].sort(),
    source: session.source(),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

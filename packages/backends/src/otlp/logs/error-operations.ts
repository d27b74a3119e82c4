import type { Window } from '@devops-mcp/domain';
import { listParameter, type Session, windowMicros } from '../port-context.js';

const tracesPerGroup = 20;
const most = 10;

/**
 * The operations that groups of errors happened in, as traces tell: the entry span of the service in
 * the trace that a line names, or else the span that the line names.
 */
export async function operationsOf(
  session: Session,
  window: Window,
  groups: readonly { readonly service: string; readonly fingerprint: string }[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  if (groups.length === 0) return found;
  await session.need(['spans']);
  const rows = await session.query<{ service: string; fingerprint: string; operations: readonly string[] }>(
    `WITH wanted AS (SELECT unnest(?::VARCHAR[]) AS service, unnest(?::VARCHAR[]) AS fingerprint),
     line AS (SELECT service, fingerprint, trace_id, span_id FROM logs JOIN wanted USING (service, fingerprint)
       WHERE level >= 4 AND trace_id IS NOT NULL AND time_us >= ? AND time_us < ?
       QUALIFY row_number() OVER (PARTITION BY service, fingerprint ORDER BY time_us, file_id, seq) <= ${tracesPerGroup})
     SELECT line.service, fingerprint, list_sort(list(DISTINCT operation))[1:${most}] AS operations
     FROM line JOIN spans ON spans.trace_id = line.trace_id AND spans.service = line.service
       AND (spans.kind IN (1, 4) OR spans.span_id = line.span_id)
     GROUP BY line.service, fingerprint`,
    [
      listParameter(groups.map((group) => group.service)),
      listParameter(groups.map((group) => group.fingerprint)),
      ...windowMicros(window),
    ],
  );
  for (const row of rows) found.set(`${row.service}\n${row.fingerprint}`, row.operations);
  return found;
}

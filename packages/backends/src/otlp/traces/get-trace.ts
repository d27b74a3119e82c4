import { type CallContext, ToolError } from '@devops-mcp/contract';
import type { Answer, Span } from '@devops-mcp/domain';
import { identifier } from '../decode/values.js';
import { type OtlpPort, openSession } from '../port-context.js';
import { type SpanRecord, spanColumns, spanOf } from './span-rows.js';

const mostSpans = 5_000;

/** Implements `TracesApi.get`. */
export async function getTrace(
  port: OtlpPort,
  query: { readonly traceId: string },
  context: CallContext,
): Promise<Answer<readonly Span[]>> {
  const traceId = identifier(query.traceId.trim(), 16);
  const session = await openSession(port, context);
  const rows =
    traceId === null
      ? []
      : await session.query<SpanRecord>(
          // The same span may have been exported twice; one of them is enough.
          `SELECT ${spanColumns} FROM spans WHERE trace_id = ?
           QUALIFY row_number() OVER (PARTITION BY span_id, service ORDER BY spans.time_us, file_id, seq) = 1
           ORDER BY spans.time_us, file_id, seq LIMIT ?`,
          [traceId, mostSpans + 1],
        );
  if (rows.length === 0)
    throw new ToolError('not_found', 'No spans of this trace are in the telemetry.', {
      hint: 'Trace ids have 32 hexadecimal digits; the trace may not have been sampled. Use search_traces to find others.',
    });
  const { hints } = session.snapshot;
  return {
    data: rows.slice(0, mostSpans).map((row) => spanOf(row, session)),
    source: session.source(),
    ...(rows.length > mostSpans
      ? {
          truncation: {
            returned: mostSpans,
            more: true,
            howToGetMore: 'Later spans of this trace are not shown.',
          },
        }
      : {}),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

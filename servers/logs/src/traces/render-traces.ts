import {
  alignColumns,
  quoteInline,
  renderNotes,
  renderWindow,
  showTime,
  showValue,
} from '@devops-mcp/domain';
import type { TracesAnswer } from '../tools/search-traces.js';

/** One line for each trace. */
export function renderTraces(answer: TracesAnswer): string {
  const { total, traces } = answer.data;
  const rows = traces.map((trace) => [
    trace.traceId,
    showTime(trace.start, answer.window?.end),
    showValue(trace.durationMs, 'ms'),
    trace.errors > 0
      ? `${trace.errors} errors${trace.errorService ? ` in ${trace.errorService}` : ''}`
      : 'ok',
    `${trace.spans} spans`,
    `${trace.rootService} ${quoteInline(trace.rootOperation, 60)}`,
    trace.services.join(' '),
  ]);
  return [
    `${total} traces, ${renderWindow(answer.window)}`,
    ...(rows.length > 0 ? [alignColumns(rows, [2])] : []),
    renderNotes(answer),
  ].join('\n');
}

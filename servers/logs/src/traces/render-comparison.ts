import {
  alignColumns,
  quoteInline,
  renderNotes,
  renderWindow,
  showTime,
  showValue,
} from '@devops-mcp/domain';
import type { ComparisonAnswer } from '../tools/compare-traces.js';

/** One line for each operation, most blame first. */
export function renderComparison(answer: ComparisonAnswer): string {
  const { traces, baselineTraces, baseline, operations } = answer.data;
  const rows = operations.map((row) => [
    showValue(row.blame, 'ratio'),
    row.service,
    row.instance ?? '',
    quoteInline(row.operation, 60),
    `self p95 ${showValue(row.previousSelfMsP95, 'ms')} → ${showValue(row.selfMsP95, 'ms')}`,
    `errors ${showValue(row.previousErrorShare, 'ratio')} → ${showValue(row.errorShare, 'ratio')}`,
    `calls ${row.previousCalls} → ${row.calls}`,
    row.peer === undefined ? '' : `waiting for ${row.peer}`,
  ]);
  const before = `${showTime(baseline.start, answer.window?.end)} to ${showTime(baseline.end, answer.window?.end)}`;
  return [
    `${traces} traces, ${renderWindow(answer.window)}, against ${baselineTraces} before (${before})`,
    ...(rows.length > 0 ? [alignColumns(rows, [0])] : []),
    renderNotes(answer),
  ].join('\n');
}

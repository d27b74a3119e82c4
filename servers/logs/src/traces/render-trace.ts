import {
  alignColumns,
  oneLine,
  quoteInline,
  quoteOutside,
  renderNotes,
  showTime,
  showValue,
} from '@devops-mcp/domain';
import type { TraceAnswer } from '../tools/get-trace.js';

type Data = TraceAnswer['data'];

const barWidth = 20;

/** Summary, warnings, failed spans, the critical path as bars, time by service, calls between services. */
export function renderTrace(answer: TraceAnswer): string {
  const { data } = answer;
  return [
    `Trace ${data.traceId}: ${oneLine(data.rootService)} ${quoteInline(data.rootOperation, 80)}`,
    `${showTime(data.start)} UTC, ${showValue(data.durationMs, 'ms')}, ${data.spans} spans, ${data.errors} failed; ${comparison(data)}`,
    ...data.warnings.map((warning) => `! ${warning}`),
    ...data.errorSpans.map(
      (span) =>
        `${span.origin ? 'ORIGIN' : 'failed'} ${oneLine(span.service)} ${quoteInline(span.operation, 60)} ${span.spanId}: ${quoteInline(span.message)}`,
    ),
    'Critical path, from 1 %:',
    alignColumns(data.criticalPath.map(pathCells), [1, 2]),
    'Self time by service:',
    alignColumns(
      data.timeByService.map((row) => [
        `  ${row.service}`,
        showValue(row.selfMs, 'ms'),
        showValue(row.share, 'ratio'),
        `${row.spans} spans`,
        row.errors > 0 ? `${row.errors} failed` : '',
      ]),
      [1, 2],
    ),
    ...(data.topology.length > 0 ? [`Calls: ${data.topology.map(hop).join(', ')}`] : []),
    ...(data.span ? renderSpan(data.span) : []),
    renderNotes(answer),
  ].join('\n');
}

function comparison({ typical }: Data): string {
  if (typical === undefined) return 'no trace of the operation in the three hours before to compare with';
  const usual = `p50 ${showValue(typical.p50Ms, 'ms')}, p95 ${showValue(typical.p95Ms, 'ms')}, ${showValue(typical.errorShare, 'ratio')} failed`;
  return `${typical.verdict.replace('_', ' ')} against ${typical.count} in the three hours before (${usual})`;
}

function pathCells({
  spanId,
  service,
  operation,
  ms,
  share,
}: Data['criticalPath'][number]): readonly string[] {
  const bar = '█'.repeat(Math.max(1, Math.round(share * barWidth)));
  return [
    `  ${bar.padEnd(barWidth)}`,
    showValue(ms, 'ms'),
    showValue(share, 'ratio'),
    service,
    quoteInline(operation, 60),
    spanId,
  ];
}

function hop({ from, to, calls, errors, totalMs }: Data['topology'][number]): string {
  return `${oneLine(from)} → ${oneLine(to)} ×${calls} ${showValue(totalMs, 'ms')}${errors > 0 ? ` (${errors} failed)` : ''}`;
}

function renderSpan(span: NonNullable<Data['span']>): readonly string[] {
  const attributes = Object.entries(span.attributes).map(([key, value]) => `${key} = ${value}`);
  return [
    `Span ${span.spanId}: ${oneLine(`${span.service} ${span.instance ?? ''}`)} ${quoteInline(span.operation, 80)} ${span.kind}`,
    `  begins at ${showValue(span.startMs, 'ms')}, takes ${showValue(span.durationMs, 'ms')}, itself ${showValue(span.selfMs, 'ms')}${span.error ? ', failed' : ''}`,
    ...(span.statusMessage === undefined ? [] : [quoteOutside(span.statusMessage)]),
    ...(attributes.length > 0 ? [quoteOutside(attributes.join('\n'))] : []),
    ...span.events.flatMap((event) => [
      `  event at ${showValue(event.atMs, 'ms')}:`,
      quoteOutside(
        [event.name, ...Object.entries(event.attributes).map(([key, value]) => `${key} = ${value}`)].join(
          '\n',
        ),
        '    ',
      ),
    ]),
  ];
}

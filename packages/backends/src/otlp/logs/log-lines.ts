import { type LogLevel, type LogLine, logLevels } from '@devops-mcp/domain';
import { dateOf, type Session } from '../port-context.js';
import { textRecord } from '../text-record.js';

/** The columns of a line, with 64-bit integers as doubles. */
export const lineColumns =
  'file_id, seq, time_us::DOUBLE AS time_us, service, instance, level, body, stack, trace_id, span_id, attributes, fingerprint';

export type LineRow = {
  readonly file_id: number;
  readonly seq: number;
  readonly time_us: number;
  readonly service: string;
  readonly instance: string | null;
  readonly level: number;
  readonly body: string;
  readonly stack: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  readonly attributes: string | null;
  readonly fingerprint: string;
};

export function lineOf(row: LineRow, session: Session): LogLine {
  return {
    time: dateOf(row.time_us),
    service: session.services.serviceOf(row.service),
    instance: row.instance,
    level: levelOf(row.level),
    message: row.stack === null || row.body.includes(row.stack) ? row.body : `${row.body}\n${row.stack}`,
    traceId: row.trace_id,
    spanId: row.span_id,
    attributes: textRecord(row.attributes),
    position: positionOf(row),
  };
}

/** Sorts as text in the order of the stream: time, then file and place in the file. */
export function positionOf(row: Pick<LineRow, 'time_us' | 'file_id' | 'seq'>): string {
  return [pad(row.time_us, 16), pad(row.file_id, 6), pad(row.seq, 10)].join('.');
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function levelOf(level: number): LogLevel {
  return logLevels[level] ?? 'info';
}

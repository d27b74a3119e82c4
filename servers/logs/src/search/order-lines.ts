import { cutText, type LogExcerpt, type LogLine, type LogMatch } from '@devops-mcp/domain';

export interface ExcerptLine {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  /** Absent on lines that are only context. */
  readonly match?: true;
  /** How many lines a collapsed one stands for. */
  readonly repeats?: number;
  readonly lastSeen?: string;
  readonly traceId?: string;
}

export interface ExcerptRow {
  readonly service: string;
  readonly instance?: string;
  readonly lines: readonly ExcerptLine[];
}

/** Stack traces are given whole up to here. */
export const messageMax = 4_000;

/** An excerpt as lines in the order of their stream, each once, matches marked. */
export function orderLines(excerpt: LogExcerpt, longest = messageMax): ExcerptRow {
  const lines = new Map<string, { line: LogLine; match?: LogMatch }>();
  for (const line of [...excerpt.before, ...excerpt.after]) lines.set(keyOf(line), { line });
  for (const match of excerpt.matches) lines.set(keyOf(match.line), { line: match.line, match });
  const ordered = [...lines.values()].toSorted((a, b) => compare(a.line, b.line));
  const first = excerpt.matches[0]?.line ?? ordered[0]?.line;
  return {
    service: first?.service ?? '',
    ...(first?.instance ? { instance: first.instance } : {}),
    lines: ordered.map(({ line, match }) => lineOf(line, match, longest)),
  };
}

function lineOf(line: LogLine, match: LogMatch | undefined, longest: number): ExcerptLine {
  return {
    time: line.time.toISOString(),
    level: line.level,
    message: cutText(line.message, longest),
    ...(match ? { match: true } : {}),
    ...(match && match.repeats > 1 ? { repeats: match.repeats, lastSeen: match.lastSeen.toISOString() } : {}),
    ...(match && line.traceId ? { traceId: line.traceId } : {}),
  };
}

/** Positions of one stream are compared as numbers where they hold any: `segment-9` before `segment-10`. */
function compare(a: LogLine, b: LogLine): number {
  return a.time.getTime() - b.time.getTime() || a.position.localeCompare(b.position, 'en', { numeric: true });
}

function keyOf(line: LogLine): string {
  return `${line.service}\n${line.instance}\n${line.position}`;
}

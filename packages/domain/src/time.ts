import { type ResolvedWindow, ToolError } from '@devops-mcp/contract';
import type { Window } from './answer.js';

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const dayMs = 86_400_000;
const longestWindowMs = 92 * dayMs;
const accepted = 'Accepted: last_1h, now-30m, 2026-01-31T10:00Z/2026-01-31T11:00Z, 2026-01-31T10:00Z/PT30M.';

export interface ParsedPeriod {
  readonly window: Window;
  /** Things a reader should know, such as a time without a zone that was taken as UTC. */
  readonly hints: readonly string[];
}

/**
 * The suite's one parser of time windows. Accepts `last_1h`, `now-30m`, `now-2h/now-1h`, ISO 8601
 * intervals (`start/end`, `start/duration`) of RFC 3339 times or Unix times in s or ms.
 * Throws `invalid_input` for anything else and for windows that are empty, longer than 92 days or
 * more than a day in the future.
 */
export function parsePeriod(text: string, now: Date): ParsedPeriod {
  const hints: string[] = [];
  const window = readWindow(text.trim(), now, hints);
  const length = window.end.getTime() - window.start.getTime();
  if (!(length > 0)) throw invalid(`The period ${quote(text)} ends before it starts.`);
  if (length > longestWindowMs) throw invalid(`The period ${quote(text)} is longer than 92 days.`);
  if (window.start.getTime() > now.getTime() + dayMs)
    throw invalid(`The period ${quote(text)} lies in the future; server time is ${now.toISOString()}.`);
  if (now.getTime() - window.end.getTime() > 300 * dayMs) {
    hints.push(
      `This period ends ${window.end.toISOString().slice(0, 10)}; server time is ${now.toISOString().slice(0, 10)}. Is the year right?`,
    );
  }
  return { window, hints };
}

/** The window as answers show it. */
export function showWindow(window: Window, now: Date): ResolvedWindow {
  return {
    start: window.start.toISOString(),
    end: window.end.toISOString(),
    timeZone: 'UTC',
    serverTime: now.toISOString(),
  };
}

/** Parses a single point in time: RFC 3339, Unix s or ms, `now` or `now-30m`. */
export function parseTime(text: string, now: Date): Date {
  return readTime(text.trim(), now, []);
}

function readWindow(text: string, now: Date, hints: string[]): Window {
  const last = /^(?:last_|last |-)?(\d{1,5})(s|m|h|d|w)$/.exec(text);
  if (last) return { start: new Date(now.getTime() - amount(last[1], last[2])), end: now };
  const [from, to, ...rest] = text.split('/');
  if (from === undefined || rest.length > 0) throw invalid(`Cannot read the period ${quote(text)}.`);
  const start = readTime(from, now, hints);
  if (to === undefined) {
    if (!from.startsWith('now')) throw invalid(`The period ${quote(text)} has no end.`);
    return { start, end: now };
  }
  const duration = isoDuration(to);
  return {
    start,
    end: duration === undefined ? readTime(to, now, hints) : new Date(start.getTime() + duration),
  };
}

function readTime(text: string, now: Date, hints: string[]): Date {
  if (text === 'now') return now;
  const relative = /^now-(\d{1,5})(s|m|h|d|w)$/.exec(text);
  if (relative) return new Date(now.getTime() - amount(relative[1], relative[2]));
  if (/^\d{10}$/.test(text)) return new Date(Number(text) * 1_000);
  if (/^\d{13}$/.test(text)) return new Date(Number(text));
  const iso =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?(Z|[+-]\d{2}:\d{2})?$/i.exec(text);
  if (!iso) throw invalid(`Cannot read the time ${quote(text)}.`);
  const zone = iso[3]?.toUpperCase();
  if (zone === undefined && iso[2] !== undefined)
    hints.push(`${text} has no time zone and was taken as UTC.`);
  const time = new Date(`${iso[1]}T${iso[2] ?? '00:00'}${zone ?? 'Z'}`);
  if (Number.isNaN(time.getTime())) throw invalid(`There is no such time as ${quote(text)}.`);
  return time;
}

function isoDuration(text: string): number | undefined {
  const match = /^P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$/.exec(text);
  if (!match || text.length < 3) return undefined;
  const [, d, h, m, s] = match;
  return amount(d, 'd') + amount(h, 'h') + amount(m, 'm') + amount(s, 's');
}

function amount(count: string | undefined, unit: string | undefined): number {
  return Number(count ?? 0) * (unitMs[unit ?? ''] ?? 0);
}

function quote(text: string): string {
  return `"${text.slice(0, 80)}"`;
}

function invalid(message: string): ToolError {
  return new ToolError('invalid_input', message, { hint: accepted });
}

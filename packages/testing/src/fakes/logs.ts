import {
  type ErrorGroup,
  type LogExcerpt,
  type LogLine,
  type LogMatch,
  type LogQuery,
  type LogsApi,
  logLevels,
  type Window,
} from '@devops-mcp/domain';
import { assertKnown } from './assert-known.js';
import { fakeAnswer } from './fake-answer.js';

const bars = 12;

/** Log lines in memory; those of one service and instance are a stream, in the order of the array. */
export function fakeLogs(lines: readonly LogLine[]): LogsApi {
  const names = lines.map((line) => line.service);
  return {
    async search(query, context) {
      context.signal.throwIfAborted();
      assertKnown(query.service, names);
      const found = lines.filter((line) => matches(line, query));
      const start = query.cursor === undefined ? 0 : Number(query.cursor);
      const ordered = inOrder(found, query);
      const page = ordered.slice(start, start + query.limit);
      const end = start + page.length;
      const data = {
        total: found.length,
        histogram: histogram(found, query.window),
        excerpts: mergeExcerpts(page, lines, query),
        nextCursor: end < ordered.length ? String(end) : null,
      };
      return fakeAnswer('fake-logs', data, found.length === 0);
    },
    async errorSummary({ service, window, top }, context) {
      context.signal.throwIfAborted();
      assertKnown(service, names);
      const scoped = lines.filter((line) => service === undefined || line.service === service);
      const inside = scoped.filter((line) => within(line, window));
      const errors = inside.filter(isError);
      const lengthMs = window.end.getTime() - window.start.getTime();
      const earlier = { start: new Date(window.start.getTime() - lengthMs), end: window.start };
      const before = scoped.filter((line) => isError(line) && within(line, earlier));
      const groups = summarise(errors, before, window).slice(0, top);
      const data = { total: errors.length, lines: inside.length, groups };
      return fakeAnswer('fake-logs', data, errors.length === 0);
    },
  };
}

/** Numbers and ids are what varies in the messages of tests. */
function fakeTemplate(message: string): string {
  const first = message.split('\n')[0] ?? '';
  return first.replaceAll(/\b(?:\d[\w.:-]*|[0-9a-f]{8,})\b/g, '<*>');
}

function matches(line: LogLine, query: LogQuery): boolean {
  const message = line.message.toLowerCase();
  const words = query.text?.toLowerCase().split(/\s+/) ?? [];
  return (
    within(line, query.window) &&
    (query.service === undefined || line.service === query.service) &&
    (query.minLevel === undefined || logLevels.indexOf(line.level) >= logLevels.indexOf(query.minLevel)) &&
    (query.traceId === undefined || line.traceId === query.traceId) &&
    words.every((word) => message.includes(word)) &&
    (query.pattern === undefined || isGlobMatch(message, query.pattern.toLowerCase()))
  );
}

function group(lines: readonly LogLine[]): LogMatch[] {
  const groups = new Map<string, LogMatch>();
  for (const line of lines) {
    const key = fingerprint(line);
    const so = groups.get(key);
    groups.set(key, so ? { ...so, repeats: so.repeats + 1, lastSeen: line.time } : single(line));
  }
  return [...groups.values()];
}

function single(line: LogLine): LogMatch {
  return { line, repeats: 1, lastSeen: line.time, fingerprint: fingerprint(line) };
}

function inOrder(found: readonly LogLine[], query: LogQuery): readonly LogMatch[] {
  const oldest = found.toSorted((a, b) => a.time.getTime() - b.time.getTime());
  const grouped = query.groupRepeats || query.order === 'first_occurrence';
  const matched = grouped ? group(oldest) : oldest.map(single);
  if (query.order !== 'newest') return matched;
  return matched.toReversed().toSorted((a, b) => b.lastSeen.getTime() - a.lastSeen.getTime());
}

/** The whole message; only `*` is special. */
function isGlobMatch(message: string, pattern: string): boolean {
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's').test(message);
}

/** Matches whose lines of context touch come together, in the order of their first. */
function mergeExcerpts(page: readonly LogMatch[], lines: readonly LogLine[], query: LogQuery): LogExcerpt[] {
  const runs: { stream: readonly LogLine[]; from: number; to: number; matches: LogMatch[] }[] = [];
  for (const match of page) {
    const stream = lines.filter(
      (line) => line.service === match.line.service && line.instance === match.line.instance,
    );
    const at = stream.indexOf(match.line);
    const [from, to] = [at - query.before, at + query.after];
    const near = runs.find((run) => run.stream[0] === stream[0] && from <= run.to + 1 && to >= run.from - 1);
    const alone = query.before + query.after === 0;
    if (near === undefined || alone) runs.push({ stream, from, to, matches: [match] });
    else
      Object.assign(near, {
        from: Math.min(near.from, from),
        to: Math.max(near.to, to),
        matches: [...near.matches, match],
      });
  }
  return runs.map(({ stream, from, to, matches: found }) => {
    const last = Math.max(...found.map((match) => stream.indexOf(match.line)));
    const context = stream.flatMap((line, at) =>
      at < from || at > to || found.some((m) => m.line === line) ? [] : [{ line, at }],
    );
    return {
      matches: found,
      before: context.filter(({ at }) => at < last).map(({ line }) => line),
      after: context.filter(({ at }) => at > last).map(({ line }) => line),
    };
  });
}

function histogram(lines: readonly LogLine[], window: Window) {
  const stepMs = (window.end.getTime() - window.start.getTime()) / bars;
  return Array.from({ length: bars }, (_, bar) => {
    const start = new Date(window.start.getTime() + bar * stepMs);
    const end = new Date(start.getTime() + stepMs);
    return { time: start, count: lines.filter((line) => within(line, { start, end })).length };
  });
}

function summarise(errors: readonly LogLine[], before: readonly LogLine[], window: Window): ErrorGroup[] {
  return group(errors)
    .map((match) => {
      const own = errors.filter((line) => fingerprint(line) === match.fingerprint);
      const present = (values: readonly (string | null | undefined)[]) => [
        ...new Set(values.flatMap((value) => value ?? [])),
      ];
      return {
        fingerprint: match.fingerprint,
        service: match.line.service,
        type: match.line.attributes['exception.type'] ?? 'log',
        template: fakeTemplate(match.line.message),
        count: own.length,
        previousCount: before.filter((line) => fingerprint(line) === match.fingerprint).length,
        firstSeen: match.line.time,
        lastSeen: match.lastSeen,
        instances: present(own.map((line) => line.instance)),
        versions: present(own.map((line) => line.attributes['service.version'])),
        operations: present(own.map((line) => line.attributes.operation)),
        sample: match.line.message,
        stackTrace: match.line.attributes['exception.stacktrace'] ?? null,
        traceIds: present(own.map((line) => line.traceId)).slice(0, 5),
        histogram: histogram(own, window).map((bar) => bar.count),
      };
    })
    .toSorted((a, b) => b.count - a.count);
}

function fingerprint(line: LogLine): string {
  return `${line.service}|${line.level}|${fakeTemplate(line.message)}`;
}

function isError(line: LogLine): boolean {
  return line.level === 'error' || line.level === 'fatal';
}

function within(line: LogLine, window: Window): boolean {
  return line.time >= window.start && line.time < window.end;
}

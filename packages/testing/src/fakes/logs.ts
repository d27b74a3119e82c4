import {
  type Answer,
  type ErrorGroup,
  type LogExcerpt,
  type LogLine,
  type LogMatch,
  type LogQuery,
  type LogsApi,
  logLevels,
  type Window,
} from '@devops-mcp/domain';

const bars = 12;

/** Log lines in memory, read in the order of the array, which is that of the stream. */
export function fakeLogs(lines: readonly LogLine[]): LogsApi {
  return {
    async search(query) {
      const found = lines.filter((line) => matches(line, query));
      const matched = query.groupRepeats ? group(found) : found.map((line) => single(line));
      const ordered = query.order === 'newest' ? newestFirst(matched) : matched;
      const start = query.cursor === undefined ? 0 : Number(query.cursor);
      const page = ordered.slice(start, start + query.limit);
      const end = start + page.length;
      return from({
        total: found.length,
        histogram: histogram(found, query.window),
        excerpts: page.map((match) => excerpt(match, lines, query)),
        nextCursor: end < ordered.length ? String(end) : null,
      });
    },
    async errorSummary({ service, window, top }) {
      const scoped = lines.filter((line) => service === undefined || line.service === service);
      const inside = scoped.filter((line) => within(line, window));
      const errors = inside.filter(isError);
      const lengthMs = window.end.getTime() - window.start.getTime();
      const before = scoped.filter(
        (line) =>
          isError(line) &&
          within(line, { start: new Date(window.start.getTime() - lengthMs), end: window.start }),
      );
      const groups = summarise(errors, before, window);
      return from({ total: errors.length, lines: inside.length, groups: groups.slice(0, top) });
    },
  };
}

/** Numbers and ids are what varies in the messages of tests. */
export function fakeTemplate(message: string): string {
  const first = message.split('\n')[0] ?? '';
  return first.replaceAll(/\b(?:\d[\w.:-]*|[0-9a-f]{8,})\b/g, '<*>');
}

function matches(line: LogLine, query: LogQuery): boolean {
  const message = line.message.toLowerCase();
  const words = query.text?.toLowerCase().split(/\s+/) ?? [];
  const glob = query.pattern?.toLowerCase().split('*');
  return (
    within(line, query.window) &&
    (query.service === undefined || line.service === query.service) &&
    (query.minLevel === undefined || logLevels.indexOf(line.level) >= logLevels.indexOf(query.minLevel)) &&
    (query.traceId === undefined || line.traceId === query.traceId) &&
    words.every((word) => message.includes(word)) &&
    (glob === undefined || glob.every((part) => message.includes(part)))
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

function newestFirst(found: readonly LogMatch[]): LogMatch[] {
  return found.toSorted((a, b) => b.lastSeen.getTime() - a.lastSeen.getTime());
}

function excerpt(match: LogMatch, lines: readonly LogLine[], query: LogQuery): LogExcerpt {
  const stream = lines.filter(
    (line) => line.service === match.line.service && line.instance === match.line.instance,
  );
  const at = stream.indexOf(match.line);
  return {
    matches: [match],
    before: stream.slice(Math.max(0, at - query.before), at),
    after: stream.slice(at + 1, at + 1 + query.after),
  };
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

function from<T>(data: T): Answer<T> {
  return { data, source: { backend: 'fake-logs' } };
}

import type { PortPart } from '@devops-mcp/contract';
import type { ErrorGroup, LogExcerpt, LogQuery, LogSearchAnswer, LogsApi } from '../logs.js';
import { type AnsweredPart, askAll } from './ask-parts.js';
import { cutOf, joinAnswers, union } from './join-answers.js';
import { type LogPlaces, readPlaces, writePlaces } from './log-places.js';

const mostNames = 10;
const mostTraces = 5;

/**
 * Matches of all systems interleaved by time, as many as were asked for; the cursor holds a place in
 * each of them. Counts are sums: a line that two systems keep counts twice, but is shown once.
 * Errors of the same fingerprint are one group.
 */
export function mergeLogs(parts: readonly PortPart<LogsApi>[]): LogsApi {
  return {
    async search(query, context) {
      const places = readPlaces(
        query.cursor,
        parts.map(({ backend }) => backend),
      );
      const { cursor: _, ...question } = query;
      const continued = parts.filter(({ backend }) => places.get(backend) !== 'left out');
      const asked = await askAll(continued, context, (api, { backend }) => {
        const place = places.get(backend);
        const cursor = typeof place === 'object' ? place.cursor : null;
        return api.search(cursor === null ? question : { ...question, cursor }, context);
      });
      const { excerpts, next } = interleave(asked.answered, places, query);
      // Who failed on the first page would bring lines out of order on a later one.
      const leftOut = parts.filter(({ backend }) => !asked.answered.some((one) => one.backend === backend));
      const ended = [...next.values()].every((place) => place === 'ended');
      for (const { backend } of leftOut) next.set(backend, 'left out');
      const before = leftOut.filter(({ backend }) => places.get(backend) === 'left out');
      const data: LogSearchAnswer = {
        total: asked.answered.reduce((sum, { answer }) => sum + answer.data.total, 0),
        histogram: joinHistograms(asked.answered.map(({ answer }) => answer.data.histogram)),
        excerpts,
        nextCursor: ended ? null : writePlaces(next),
      };
      const partial = before.map(({ backend }) => ({
        backend,
        reason: 'It did not answer the first page and is left out of this search; start anew to ask it.',
      }));
      const truncation = ended
        ? undefined
        : { returned: countMatches(excerpts), total: data.total, more: true, howToGetMore };
      return joinAnswers({ ...asked, partial: [...asked.partial, ...partial] }, data, { truncation });
    },
    async errorSummary(query, context) {
      const asked = await askAll(parts, context, (api) => api.errorSummary(query, context));
      const all = joinGroups(asked.answered.map(({ answer }) => answer.data.groups));
      const groups = all.slice(0, query.top);
      const sum = (pick: (data: { readonly total: number; readonly lines: number }) => number) =>
        asked.answered.reduce((total, { answer }) => total + pick(answer.data), 0);
      const rowsOf = (data: { readonly groups: readonly ErrorGroup[] }) => data.groups.length;
      return joinAnswers(
        asked,
        { total: sum(({ total }) => total), lines: sum(({ lines }) => lines), groups },
        { truncation: cutOf(asked, { returned: groups.length, found: all.length, rowsOf }) },
      );
    },
  };
}

const howToGetMore = 'Repeat the query with the cursor, or narrow the period, level or text.';

/** Takes from every page what comes next in time until there are as many matches as were asked for. */
function interleave(
  answered: readonly AnsweredPart<LogSearchAnswer>[],
  places: LogPlaces,
  query: LogQuery,
): { readonly excerpts: readonly LogExcerpt[]; readonly next: LogPlaces } {
  const pages = answered.map(({ backend, answer }) => {
    const place = places.get(backend);
    const given =
      place === 'ended' ? answer.data.excerpts.length : typeof place === 'object' ? place.given : 0;
    return { backend, rows: answer.data.excerpts, at: given, data: answer.data };
  });
  const excerpts: LogExcerpt[] = [];
  const shown = new Set<string>();
  let matches = 0;
  while (matches < query.limit) {
    const ready = pages.filter(({ rows, at }) => at < rows.length);
    const [nearest] = ready.toSorted((a, b) => compare(a.rows[a.at], b.rows[b.at], query.order));
    const excerpt = nearest?.rows[nearest.at];
    if (!nearest || !excerpt) break;
    nearest.at += 1;
    if (shown.has(identityOf(excerpt))) continue;
    shown.add(identityOf(excerpt));
    excerpts.push(excerpt);
    matches += excerpt.matches.length;
  }
  const next: LogPlaces = new Map();
  for (const { backend, rows, at, data } of pages) {
    const place = places.get(backend);
    const cursor = typeof place === 'object' ? place.cursor : null;
    if (at < rows.length) next.set(backend, { cursor, given: at });
    else if (data.nextCursor !== null && place !== 'ended')
      next.set(backend, { cursor: data.nextCursor, given: 0 });
    else next.set(backend, 'ended');
  }
  return { excerpts, next };
}

function compare(a: LogExcerpt | undefined, b: LogExcerpt | undefined, order: LogQuery['order']): number {
  return order === 'newest' ? newestOf(b) - newestOf(a) : oldestOf(a) - oldestOf(b);
}

function newestOf(excerpt: LogExcerpt | undefined): number {
  return Math.max(...(excerpt?.matches ?? []).map(({ lastSeen }) => lastSeen.getTime()));
}

function oldestOf(excerpt: LogExcerpt | undefined): number {
  return Math.min(...(excerpt?.matches ?? []).map(({ line }) => line.time.getTime()));
}

/** The same lines kept in two systems; places in a stream are each system's own. */
function identityOf({ matches }: LogExcerpt): string {
  return JSON.stringify(
    matches.map(({ line }) => [line.time.getTime(), line.service, line.instance, line.message]),
  );
}

function countMatches(excerpts: readonly LogExcerpt[]): number {
  return excerpts.reduce((sum, { matches }) => sum + matches.length, 0);
}

/** Counts in the bins of the first system that has any; a count of another goes into the bin of its time. */
function joinHistograms(histograms: readonly LogSearchAnswer['histogram'][]): LogSearchAnswer['histogram'] {
  const [first = [], ...rest] = histograms.filter((bins) => bins.length > 0);
  const counts = first.map(({ count }) => count);
  for (const { time, count } of rest.flat()) {
    const after = first.findIndex((bin) => bin.time > time);
    const at = after < 0 ? first.length - 1 : Math.max(0, after - 1);
    counts[at] = (counts[at] ?? 0) + count;
  }
  return first.map(({ time }, at) => ({ time, count: counts[at] ?? 0 }));
}

function joinGroups(lists: readonly (readonly ErrorGroup[])[]): readonly ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const group of lists.flat()) {
    const key = JSON.stringify([group.service, group.fingerprint]);
    const known = groups.get(key);
    groups.set(key, known ? joinGroup(known, group) : group);
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count);
}

function joinGroup(a: ErrorGroup, b: ErrorGroup): ErrorGroup {
  const known = [a.knownSince, b.knownSince].filter((time) => time !== undefined);
  const first = known.toSorted((one, other) => one.getTime() - other.getTime())[0];
  return {
    ...a,
    count: a.count + b.count,
    previousCount: a.previousCount + b.previousCount,
    firstSeen: a.firstSeen < b.firstSeen ? a.firstSeen : b.firstSeen,
    lastSeen: a.lastSeen > b.lastSeen ? a.lastSeen : b.lastSeen,
    ...(first === undefined ? {} : { knownSince: first }),
    instances: union([a.instances, b.instances], mostNames),
    versions: union([a.versions, b.versions], mostNames),
    operations: union([a.operations, b.operations], mostNames),
    stackTrace: a.stackTrace ?? b.stackTrace,
    traceIds: union([a.traceIds, b.traceIds], mostTraces),
    histogram:
      a.histogram.length === b.histogram.length
        ? a.histogram.map((count, bin) => count + (b.histogram[bin] ?? 0))
        : a.histogram,
  };
}

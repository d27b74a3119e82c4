import type { Window } from '@devops-mcp/domain';
import { duration, type Matcher, selector } from './promql.js';
import { hourOf, type ResolvedSource } from './resolve-source.js';
import type { Session } from './session.js';

const niceSeconds = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600];
const defaultMs = 60_000;
/** A short look is not misled by a gap; a long one sees what is scraped seldom. */
const looksMs = [600_000, 3_600_000] as const;
const leastSamples = 4;
const mostLooks = 12;
/** Missed scrapes make an interval look longer and nothing makes it look shorter. */
const shortened = 0.9;

/**
 * How far apart the samples of a metric are: as configured or as the fullest series of it has them in
 * the window, rounded to a usual interval. A minute where there is nothing to tell.
 */
export async function scrapeInterval(
  session: Session,
  source: ResolvedSource,
  who: readonly Matcher[],
  window: Window,
): Promise<number> {
  const configured = session.port.config.stepSeconds;
  if (configured !== undefined) return configured * 1_000;
  // Counts are scraped with their buckets and are far fewer.
  const name = source.kind === 'classic' ? source.name.replace(/_bucket$/, '_count') : source.name;
  const selected = selector(name, [...session.fixed, ...who, ...source.only]);
  const find = async (): Promise<number | undefined> => {
    for (const longestMs of looksMs) {
      const { most, lookMs } = await fullestLook(session, selected, window, longestMs);
      // Between two looks at the same spacing there is one sample more or less.
      const seconds = lookMs / 1_000 / Math.max(1, most - 0.5);
      if (most >= leastSamples || (longestMs === looksMs[1] && most > 1)) return nearest(seconds) * 1_000;
    }
    return undefined;
  };
  const known = await session.port.cache.get(
    `interval ${selected} ${hourOf(window)}`,
    find,
    (found) => found !== undefined,
  );
  return known ?? defaultMs;
}

async function fullestLook(
  session: Session,
  selected: string,
  { start, end }: Window,
  longestMs: number,
): Promise<{ readonly most: number; readonly lookMs: number }> {
  const length = end.getTime() - start.getTime();
  const lookMs = Math.max(60_000, Math.min(longestMs, Math.floor(length / 1_000) * 1_000));
  const stepMs = Math.max(60_000, Math.ceil(length / mostLooks / 1_000) * 1_000);
  const looks = Math.floor(Math.max(0, length - lookMs) / stepMs);
  const endMs = end.getTime();
  const query = `max(count_over_time(${selected}[${duration(lookMs)}]))`;
  const lines = await session.quiet.range(query, { startMs: endMs - looks * stepMs, endMs, stepMs });
  const counts = lines.flatMap(({ values }) => values.map(([, value]) => value ?? 0));
  return { most: Math.max(0, ...counts), lookMs };
}

function nearest(seconds: number): number {
  const distance = (candidate: number) => Math.abs(Math.log(candidate / (shortened * seconds)));
  return niceSeconds.reduce((best, candidate) => (distance(candidate) < distance(best) ? candidate : best));
}

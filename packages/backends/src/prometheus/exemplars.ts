import type { Window } from '@devops-mcp/domain';
import { type Matcher, selector } from './promql.js';
import type { Exemplar } from './query-api.js';
import type { Resolved } from './resolve-source.js';
import type { Session } from './session.js';

const most = 5;
const idLabels = ['trace_id', 'traceID', 'traceId', 'TraceID'];
const traceId = /^[0-9a-f]{16,32}$/i;

/**
 * Trace ids of example requests: those that failed first, then the slowest. Only for requests, and only
 * where the store keeps exemplars (a feature that Prometheus has to be started with).
 */
export async function exemplarTraceIds(
  session: Session,
  { reading, sources }: Resolved,
  who: readonly Matcher[],
  window: Window,
): Promise<readonly string[]> {
  if (reading.how !== 'requests') return [];
  const found: { readonly exemplar: Exemplar; readonly failed: boolean }[] = [];
  for (const source of sources) {
    const failed = (labels: Readonly<Record<string, string>>) =>
      source.failed.some((matchers) => matchers.every((matcher) => holds(matcher, labels)));
    const name = source.kind === 'counter' ? source.name.replace(/_count$/, '_bucket') : source.name;
    const query = selector(name, [...who, ...source.only]);
    const exemplars = await session.port.cache.get(
      `exemplars ${query} ${window.start.getTime()} ${window.end.getTime()}`,
      () => session.exemplars(query, window),
      (found) => found.length > 0,
    );
    for (const exemplar of exemplars) found.push({ exemplar, failed: failed(exemplar.series) });
  }
  const ranked = found.sort(
    (a, b) => Number(b.failed) - Number(a.failed) || b.exemplar.value - a.exemplar.value,
  );
  const ids = ranked.flatMap(({ exemplar }) => idLabels.flatMap((label) => exemplar.labels[label] ?? []));
  return [...new Set(ids.filter((id) => traceId.test(id)))].slice(0, most);
}

function holds({ label, op, value }: Matcher, labels: Readonly<Record<string, string>>): boolean {
  const actual = labels[label] ?? '';
  if (op === '=') return actual === value;
  if (op === '!=') return actual !== value;
  // The patterns are ours (of `meters`), never a caller's.
  return new RegExp(`^(?:${value})$`).test(actual) === (op === '=~');
}

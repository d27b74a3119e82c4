import {
  type CallContext,
  type PartialFailure,
  type ServiceMapping,
  type Source,
  ToolError,
} from '@devops-mcp/contract';
import type { Answer, Window } from '@devops-mcp/domain';
import { closestNames, didYouMean } from '@devops-mcp/domain';
import type { HttpClient } from '../http/http-client.js';
import type { PrometheusConfig } from './prometheus-config.js';
import type { Matcher } from './promql.js';
import { type QueryApi, queryApi } from './query-api.js';
import type { TimedCache } from './timed-cache.js';

/** What every port of this backend is made from. */
export interface PrometheusPort {
  readonly client: HttpClient;
  readonly config: PrometheusConfig;
  readonly services: ServiceMapping;
  /** What one call found out about names, kept a minute for the next. */
  readonly cache: TimedCache;
}

/** One call's view of the store, which remembers the queries and whether any answer was incomplete. */
export interface Session extends QueryApi {
  readonly port: PrometheusPort;
  readonly context: CallContext;
  /** Label conditions that the configuration puts on every series. */
  readonly fixed: readonly Matcher[];
  /** The same without remembering: for finding out what to ask. */
  readonly quiet: QueryApi;
  /** The envelope of an answer: source, incompleteness and hints. */
  answer<T>(data: T, window: Window, hints: readonly string[], more?: Partial<Answer<T>>): Answer<T>;
}

const longestQuery = 1_500;
const mostConcurrent = 4;

export function openSession(port: PrometheusPort, context: CallContext): Session {
  let partial = false;
  const queries: string[] = [];
  const api = queryApi(port.client, context.signal, () => {
    partial = true;
  });
  const fixed = Object.entries(port.config.matchers).map(([label, value]) => ({
    label,
    op: '=' as const,
    value,
  }));
  return {
    port,
    context,
    fixed,
    ...api,
    quiet: api,
    instant: (query, timeMs) => {
      queries.push(query);
      return api.instant(query, timeMs);
    },
    range: (query, range) => {
      queries.push(query);
      return api.range(query, range);
    },
    answer: (data, window, hints, more = {}) => ({
      data,
      source: sourceOf(port.config, queries, window),
      ...(partial ? { partial: [incomplete] } : {}),
      ...(hints.length > 0 ? { hints } : {}),
      ...more,
    }),
  };
}

const incomplete: PartialFailure = {
  backend: 'prometheus',
  reason: 'The store says that its answer is incomplete; some of its parts did not answer or were cut.',
};

/** The queries that gave the data and the store's own page for the first. */
function sourceOf(config: PrometheusConfig, queries: readonly string[], window: Window): Source {
  const all = [...new Set(queries)];
  const [first] = all;
  if (first === undefined) return { backend: 'prometheus' };
  const text = all.join(';\n');
  const query = text.length <= longestQuery ? text : `${text.slice(0, longestQuery)} ...`;
  const link = new URL(config.address);
  link.pathname = `${link.pathname.replace(/\/$/, '')}/graph`;
  link.searchParams.set('g0.expr', first);
  link.searchParams.set('g0.tab', '0');
  link.searchParams.set(
    'g0.range_input',
    `${Math.ceil((window.end.getTime() - window.start.getTime()) / 1_000)}s`,
  );
  link.searchParams.set('g0.end_input', window.end.toISOString().slice(0, 19).replace('T', ' '));
  return link.href.length > 2_000
    ? { backend: 'prometheus', query }
    : { backend: 'prometheus', query, link: link.href };
}

/** Does jobs a few at a time, so that one call is not a burst of requests. In the order given. */
export async function eachOf<In, Out>(
  items: readonly In[],
  job: (item: In) => Promise<Out>,
): Promise<readonly Out[]> {
  const results: Out[] = [];
  for (let at = 0; at < items.length; at += mostConcurrent)
    results.push(...(await Promise.all(items.slice(at, at + mostConcurrent).map(job))));
  return results;
}

/** Refuses a name that the store knows nothing of, with the closest that it knows. */
export function unknownService(session: Session, service: string, known: readonly string[]): ToolError {
  const closest = closestNames(service, known);
  const inCatalog = session.port.services.services().includes(service);
  return new ToolError(
    'not_found',
    inCatalog
      ? `The service ${service} is in the catalog but Prometheus has no series of it.`
      : `Prometheus has no series of a service ${service}.`,
    {
      hint: didYouMean(
        closest,
        'Set labels.service of use: prometheus when services are named by another label.',
      ),
      details: { known: closest },
    },
  );
}

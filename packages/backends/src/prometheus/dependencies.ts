import type { CallContext } from '@devops-mcp/contract';
import type { Answer, DependencyEdge, Window } from '@devops-mcp/domain';
import type { Labels, Line } from './ask-api.js';
import { type EdgeSource, edgeSources } from './edge-sources.js';
import { duration, type Matcher, selector } from './promql.js';
import { openSession, type PrometheusPort, type Session } from './session.js';

const most = 2_000;
/** Places in the window at which growth is looked for; two of them are the precision of `lastSeen`. */
const places = 60;

/** The labels of one source that name the two ends. */
interface Ends {
  readonly from: string;
  readonly to: string;
}

/**
 * Implements `DependenciesApi.edges` from the metrics of service graphs and meshes. Where several tell of
 * the same call the first counts: service graph, Istio, Linkerd. `lastSeen` is known to two sixtieths of the window.
 */
export async function dependencyEdges(
  port: PrometheusPort,
  query: { readonly window: Window },
  context: CallContext,
): Promise<Answer<readonly DependencyEdge[]>> {
  const session = openSession(port, context);
  const edges = new Map<string, DependencyEdge>();
  const found: string[] = [];
  for (const source of edgeSources) {
    const own = await edgesFrom(session, source, query.window);
    if (own.length > 0) found.push(source.title);
    for (const edge of own) {
      const key = `${edge.from}\n${edge.to}\n${edge.kind}`;
      if (!edges.has(key)) edges.set(key, edge);
    }
  }
  const all = [...edges.values()].sort((a, b) => b.callsPerSecond - a.callsPerSecond);
  const hints =
    all.length > 0
      ? [`Edges come from the metrics of ${found.join(' and ')}.`]
      : [
          `No calls in this window in the metrics of ${edgeSources.map(({ title }) => title).join(', ')}; was tried: ${edgeSources.map(({ requests }) => requests).join(', ')}.`,
        ];
  const howToGetMore = 'Ask for a shorter period; what is left out is called least.';
  const truncation = { returned: most, total: all.length, more: true, howToGetMore };
  return session.answer(all.slice(0, most), query.window, hints, all.length > most ? { truncation } : {});
}

async function edgesFrom(
  session: Session,
  source: EdgeSource,
  window: Window,
): Promise<readonly DependencyEdge[]> {
  const ends = await endsOf(session, source, window);
  if (ends === undefined) return [];
  const { start, end } = window;
  const length = end.getTime() - start.getTime();
  const only: readonly Matcher[] = [
    ...session.fixed,
    ...source.only,
    ...(await reportersOf(session, source, window)),
    { label: ends.from, op: '!~', value: '|unknown' },
    { label: ends.to, op: '!~', value: '|unknown' },
  ];
  const labels = [ends.from, ends.to, ...(source.kindLabel === undefined ? [] : [source.kindLabel])];
  const by = `sum by (${labels.join(', ')})`;
  const over = `[${duration(length)}]`;
  const at = end.getTime();
  const grown = `increase(${selector(source.requests, only)}${over})`;
  const calls = await session.instant(`topk(${most}, ${by} (${grown}) > 0)`, at);
  if (calls.length === 0) return [];
  const failed = await session.instant(
    `${by} (increase(${selector(source.failures.metric, [...only, ...source.failures.only])}${over}))`,
    at,
  );
  const rates = `rate(${selector(`${source.times.name}_bucket`, only)}${over})`;
  const p95 = await session.instant(
    `histogram_quantile(0.95, sum by (le, ${labels.join(', ')}) (${rates}))`,
    at,
  );
  const last = await lastGrowth(
    session,
    `${by} (increase(${selector(source.requests, only)}`,
    labels,
    window,
  );
  const keyOfLine = (line: Line) => keyOf(line.labels, labels);
  const failures = new Map(failed.map((line) => [keyOfLine(line), countOf(line)]));
  const times = new Map(p95.map((line) => [keyOfLine(line), countOf(line)]));
  return calls.flatMap((line) => {
    const named = namesOf(session, source, ends, line.labels);
    const count = countOf(line);
    if (named === undefined || count <= 0) return [];
    const key = keyOfLine(line);
    return {
      ...named,
      callsPerSecond: count / (length / 1_000),
      errorShare: Math.min(1, (failures.get(key) ?? 0) / count),
      p95Seconds: (times.get(key) ?? 0) * source.times.factor,
      lastSeen: new Date(Math.min(last.get(key) ?? at, at)),
    };
  });
}

/** The first pair of labels that the source's series have. */
async function endsOf(session: Session, source: EdgeSource, window: Window): Promise<Ends | undefined> {
  const match = [selector(source.requests, [...session.fixed, ...source.only])];
  const labels = await session.labelNames(match, window);
  return source.ends.find(({ from, to }) => labels.includes(from) && labels.includes(to));
}

async function reportersOf(
  session: Session,
  source: EdgeSource,
  window: Window,
): Promise<readonly Matcher[]> {
  if (source.reporters === undefined) return [];
  const match = [selector(source.requests, session.fixed)];
  const known = await session.labelValues('reporter', match, window);
  const best = source.reporters.find((name) => known.includes(name));
  return best === undefined ? [] : [{ label: 'reporter', op: '=', value: best }];
}

/** When the counters last grew, in ms, to a step. */
async function lastGrowth(
  session: Session,
  grown: string,
  labels: readonly string[],
  { start, end }: Window,
): Promise<ReadonlyMap<string, number>> {
  const length = end.getTime() - start.getTime();
  const stepMs = Math.max(60_000, Math.ceil(length / places / 1_000) * 1_000);
  // A counter grows between two samples: a look must hold both.
  const lookMs = 2 * stepMs;
  const count = Math.max(1, Math.floor(length / stepMs));
  const endMs = end.getTime();
  const lines = await session.range(`${grown}[${duration(lookMs)}])) > 0`, {
    startMs: endMs - (count - 1) * stepMs,
    endMs,
    stepMs,
  });
  return new Map(
    lines.map((line) => {
      const last = Math.max(0, ...line.values.map(([time]) => time));
      // Not growing one step later puts the last growth before what that later look began with.
      return [keyOf(line.labels, labels), last >= endMs ? endMs : last + stepMs - lookMs];
    }),
  );
}

function namesOf(
  { port }: Session,
  source: EdgeSource,
  ends: Ends,
  labels: Labels,
): Pick<DependencyEdge, 'from' | 'to' | 'kind'> | undefined {
  const from = labels[ends.from] ?? '';
  const to = labels[ends.to] ?? '';
  if (from === '' || to === '' || from === to || from === 'user') return undefined;
  const type = source.kindLabel === undefined ? '' : (labels[source.kindLabel] ?? '');
  const named = port.services.serviceOf(from);
  if (type === 'database') return { from: named, to: `resource:${to}`, kind: 'resource' };
  return {
    from: named,
    to: port.services.serviceOf(to),
    kind: type === 'messaging_system' ? 'message' : 'call',
  };
}

function keyOf(labels: Labels, names: readonly string[]): string {
  return names.map((name) => labels[name] ?? '').join('\n');
}

function countOf(line: Line): number {
  return line.values[0]?.[1] ?? 0;
}

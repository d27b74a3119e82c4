import type { CallContext } from '@devops-mcp/contract';
import type { Window } from '@devops-mcp/domain';
import type { HistorySeries, HistorySource } from './query-prometheus.js';

/** An alert began or ceased to fire. */
export interface FoundChange {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'firing' | 'resolved';
  readonly time: Date;
  /** Recording ended before the alert was seen to. */
  readonly cut: boolean;
}

export interface FoundChanges {
  /** Oldest first. */
  readonly changes: readonly FoundChange[];
  readonly stepMs: number;
}

/** Prometheus refuses more than 11,000 points a query, whatever they give. */
const mostPoints = 10_000;
const stepsMs = [1_000, 5_000, 15_000, 30_000, 60_000];
/**
 * A series that is not written any more is still shown for five minutes unless it was marked as
 * ended: an end that long after the last sample is that of the recording, not of the alert.
 */
const unmarkedMs = 4 * 60_000;

/**
 * Finds the edges of `ALERTS` instead of fetching it: at each step the expressions give something only
 * where the series is there now and was not a step before, or the other way round. So a month of
 * alerts that fire throughout costs nothing to send, and no firing that lasts a step is missed.
 * https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#inspecting-alerts-during-runtime
 */
export async function findChanges(
  source: HistorySource,
  selectors: { readonly firing: string; readonly active: string },
  window: Window,
  call: Pick<CallContext, 'signal' | 'now'>,
): Promise<FoundChanges> {
  const stepMs = stepOf(window);
  const { firing, active } = selectors;
  const before = `offset ${stepMs / 1000}s`;
  const starts = `timestamp(${firing}) unless (${firing} ${before})`;
  const queries = {
    starts,
    active: `${active} and ignoring(alertstate) (${firing} unless (${firing} ${before}))`,
    ends: `timestamp(${firing} ${before}) unless ${firing}`,
  };
  const found = new Map<string, Edges>();
  const last = Math.min(window.end.getTime(), call.now.getTime());
  const chunkMs = stepMs * mostPoints;
  for (let start = window.start.getTime(); start < last; start += chunkMs + stepMs) {
    // One step beyond the end, since an edge is seen at the step after it.
    const end = Math.min(start + chunkMs, last + stepMs);
    const range = { start: new Date(start), end: new Date(end), stepMs };
    const [began, activeAt, ended] = await Promise.all([
      source.range(queries.starts, range, call),
      source.range(queries.active, range, call),
      source.range(queries.ends, range, call),
    ]);
    collect(found, began, ({ starts }, at, value) => starts.push({ at, sample: value * 1000 }));
    collect(found, activeAt, ({ active }, at, value) => active.set(at, value * 1000));
    collect(found, ended, ({ ends }, at, value) => ends.push({ at, sample: value * 1000 }));
  }
  // An end that is seen a step after now is one that has happened.
  const latest = window.end < call.now ? Number.POSITIVE_INFINITY : last - 1;
  const firings = [...found.values()].flatMap((edges) =>
    firingsOf(edges).map((firing) => ({ labels: edges.labels, firing })),
  );
  const changes = firings
    .flatMap(({ labels, firing }) => changesOf(labels, firing, latest))
    .filter(({ time }) => time >= window.start && time < window.end)
    .toSorted((a, b) => a.time.getTime() - b.time.getTime());
  return { changes, stepMs };
}

interface Edge {
  /** Epoch ms of the step at which it was seen. */
  readonly at: number;
  /** Epoch ms of the evaluation itself: the first of the firing, or the last. */
  readonly sample: number;
}

interface Edges {
  readonly labels: Readonly<Record<string, string>>;
  readonly starts: Edge[];
  readonly ends: Edge[];
  /** By the step of a start: since when the condition holds. */
  readonly active: Map<number, number>;
}

/** The finest step that takes one query; beyond a week as fine as rules are evaluated by default. */
function stepOf(window: Window): number {
  const lengthMs = window.end.getTime() - window.start.getTime();
  return stepsMs.find((stepMs) => lengthMs / stepMs < mostPoints) ?? 60_000;
}

function collect(
  found: Map<string, Edges>,
  series: readonly HistorySeries[],
  add: (edges: Edges, at: number, value: number) => void,
): void {
  for (const { labels, points } of series) {
    const { __name__, alertstate, ...own } = labels;
    const key = JSON.stringify(Object.entries(own).sort());
    const edges = found.get(key) ?? { labels: own, starts: [], ends: [], active: new Map() };
    found.set(key, edges);
    for (const { time, value } of points) add(edges, time.getTime(), value);
  }
}

/** One firing as far as it lies in the window. */
interface Firing {
  readonly start?: Edge;
  end?: Edge | undefined;
}

/**
 * Joins an end and the start after it when the condition held since before that end: then the alert
 * fired on and only its recording stopped, as it does while Prometheus restarts.
 */
function firingsOf({ starts, ends, active }: Edges): readonly Firing[] {
  const firings: Firing[] = [];
  const edges = [
    ...starts.map((edge) => ({ edge, begins: true })),
    ...ends.map((edge) => ({ edge, begins: false })),
  ];
  for (const { edge, begins } of edges.toSorted((a, b) => a.edge.at - b.edge.at)) {
    const last = firings.at(-1);
    if (!begins) {
      if (last && last.end === undefined) last.end = edge;
      else firings.push({ end: edge });
      continue;
    }
    const since = active.get(edge.at);
    if (last?.end && since !== undefined && since <= last.end.sample) last.end = undefined;
    else firings.push({ start: edge });
  }
  return firings;
}

function changesOf(
  labels: Readonly<Record<string, string>>,
  { start, end }: Firing,
  latest: number,
): readonly FoundChange[] {
  const found: FoundChange[] = [];
  if (start) found.push({ labels, state: 'firing', time: new Date(start.sample), cut: false });
  if (end) {
    // Marked as ended, it ended between its last evaluation and this step.
    const cut = end.at - end.sample > unmarkedMs;
    const time = new Date(cut ? end.sample : Math.min(end.at, latest));
    found.push({ labels, state: 'resolved', time, cut });
  }
  return found;
}

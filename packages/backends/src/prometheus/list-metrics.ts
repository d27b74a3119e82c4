import type { CallContext } from '@devops-mcp/contract';
import type { Answer, MetricInfo, Window } from '@devops-mcp/domain';
import type { Line } from './ask-api.js';
import { keyOf } from './choose-source.js';
import { identitiesOf, matcherOf } from './identities.js';
import { inventoryOf, whenThereAreSeries } from './inventory.js';
import { duration, type Matcher, selector } from './promql.js';
import { eachOf, openSession, type PrometheusPort, type Session } from './session.js';

const mostMetrics = 500;
const mostAttributes = 30;
/** Metrics whose label names are looked up, each with a request. */
const mostLookedUp = 40;
/** Places in the window at which series are counted: the precision of `lastSeen`. */
const places = 30;

const units: readonly (readonly [RegExp, string])[] = [
  [/_milliseconds$|_ms$/, 'ms'],
  [/_microseconds$/, 'us'],
  [/_seconds$/, 's'],
  [/_bytes$/, 'By'],
  [/_ratio$|_percent$/, '1'],
];
const suffix = /_(bucket|count|sum)$/;
/** What Prometheus writes of its own alerts, under the labels of the service that they are about. */
const ofAlerts = new Set(['ALERTS', 'ALERTS_FOR_STATE']);

interface Row {
  readonly name: string;
  readonly parts: Set<string>;
  series: number;
  lastMs: number;
}

/**
 * Implements `MetricsApi.listMetrics`. `series` is the most at any time of the window; `lastSeen` is known
 * to a thirtieth of the window. Type and unit are what targets told, or else what names tell.
 */
export async function listMetrics(
  port: PrometheusPort,
  query: { readonly service: string; readonly window: Window },
  context: CallContext,
): Promise<Answer<readonly MetricInfo[]>> {
  const session = openSession(port, context);
  const inventory = await inventoryOf(session, query.service, query.window);
  const name = port.services.telemetryName(query.service);
  const identities = identitiesOf(port.config).filter((one) => (inventory.get(keyOf(one))?.size ?? 0) > 0);
  const rows = new Map<string, Row & { readonly who: Matcher }>();
  for (const identity of identities) {
    const who = matcherOf(identity, name);
    for (const line of await countsOf(session, who, query.window)) addLine(rows, line, who);
  }
  const metadata = await port.cache.get('metadata', () => session.metadata());
  const sorted = [...rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const listed = sorted.slice(0, mostMetrics);
  const labels = await eachOf(listed.slice(0, mostLookedUp), (row) => labelsOf(session, row, query.window));
  const hints: string[] = [];
  if (rows.size === 0) hints.push(await whenThereAreSeries(session, query.service, query.window));
  if (listed.length > mostLookedUp) hints.push(`Labels are shown of the first ${mostLookedUp} metrics.`);
  const data = listed.map((row, index) => infoOf(row, labels[index] ?? [], metadata.get(row.name)));
  const howToGetMore = 'Ask for a shorter period.';
  return session.answer(data, query.window, hints, {
    ...(sorted.length > listed.length
      ? { truncation: { returned: listed.length, total: sorted.length, more: true, howToGetMore } }
      : {}),
  });
}

function countsOf(session: Session, who: Matcher, { start, end }: Window): Promise<readonly Line[]> {
  const stepMs = Math.max(60_000, Math.ceil((end.getTime() - start.getTime()) / places / 1_000) * 1_000);
  const count = Math.max(1, Math.floor((end.getTime() - start.getTime()) / stepMs));
  const inner = `last_over_time(${selector(undefined, [...session.fixed, who])}[${duration(stepMs)}])`;
  const endMs = end.getTime();
  return session.range(`count by (__name__) (${inner})`, {
    startMs: endMs - (count - 1) * stepMs,
    endMs,
    stepMs,
  });
}

/** Buckets, count and sum are one histogram; one that carries no suffix stands for itself. */
function addLine(rows: Map<string, Row & { readonly who: Matcher }>, line: Line, who: Matcher): void {
  const full = line.labels.__name__ ?? '';
  if (ofAlerts.has(full)) return;
  const part = suffix.exec(full)?.[1] ?? '';
  const name = part === '' ? full : full.replace(suffix, '');
  const row = rows.get(name) ?? { name, parts: new Set<string>(), series: 0, lastMs: 0, who };
  rows.set(name, row);
  row.parts.add(part);
  const counted = line.values.filter(([, value]) => value !== null && value > 0);
  row.series += Math.max(0, ...counted.map(([, value]) => value ?? 0));
  row.lastMs = Math.max(row.lastMs, ...counted.map(([time]) => time));
}

function labelsOf(
  session: Session,
  { name, parts, who }: Row & { readonly who: Matcher },
  window: Window,
): Promise<readonly string[]> {
  const [part = ''] = parts;
  const full = part === '' ? name : `${name}_${part}`;
  return session.labelNames([selector(full, [...session.fixed, who])], window);
}

function infoOf(
  row: Row,
  labels: readonly string[],
  told: { readonly type: string; readonly unit: string } | undefined,
): MetricInfo {
  const kind = kindOf(row, told?.type);
  const bare = row.name.replace(/_total$/, '');
  const unit = told?.unit || (units.find(([pattern]) => pattern.test(bare))?.[1] ?? '');
  const [lonely] = row.parts.size === 1 ? row.parts : [];
  return {
    name: lonely === undefined || lonely === '' ? row.name : `${row.name}_${lonely}`,
    unit,
    kind,
    temporality: kind === 'gauge' ? null : 'cumulative',
    attributes: labels.filter((label) => label !== '__name__').slice(0, mostAttributes),
    series: row.series,
    lastSeen: new Date(row.lastMs),
  };
}

function kindOf({ name, parts }: Row, told: string | undefined): MetricInfo['kind'] {
  if (parts.has('bucket')) return 'histogram';
  if (told === 'counter' || told === 'gauge' || told === 'summary') return told;
  // A histogram without buckets is a native one.
  if (told === 'histogram') return 'exponential_histogram';
  if (parts.has('count') && parts.has('sum')) return 'summary';
  return name.endsWith('_total') || parts.has('count') ? 'counter' : 'gauge';
}

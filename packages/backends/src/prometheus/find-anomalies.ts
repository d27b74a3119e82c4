import type { CallContext } from '@devops-mcp/contract';
import type { Anomaly, Answer, Window } from '@devops-mcp/domain';
import { excursionMethod } from '../otlp/metrics/excursion.js';
import { growthMethod } from '../otlp/metrics/growth-trend.js';
import { judgeSeries } from '../otlp/metrics/judge-series.js';
import { isImprovement } from '../otlp/metrics/signal-noise.js';
import { withCountingNoise, withQuantileNoise } from './anomaly-noise.js';
import { planSignals } from './anomaly-plan.js';
import { mostInstances, mostScreened, openReading, type ReadSeries, readShared } from './anomaly-series.js';
import type { Inventory } from './choose-source.js';
import { inventoryOf, inventoryOfAll } from './inventory.js';
import { eachOf, openSession, type PrometheusPort, type Session } from './session.js';

const most = 200;
const mostServices = 300;
const mostGroups = 40;
const leastSamples = 6;
/** How much less a change for the better counts in the ranking. */
const improvementWeight = 0.25;
/** What is over counts in full when it filled this much of the window, and never less than a quarter. */
const longShare = 0.2;
const leastOfEnded = 0.25;

const method =
  `${excursionMethod} ${growthMethod} Ranked by score; what is over counts by how long it lasted, changes for ` +
  'the better a quarter. The store adds up the series of a service or instance and sends at most 130 steps of each; ' +
  `of more than ${mostInstances} instances it first finds the ${mostScreened} services with one whose range is more ` +
  'than four times the smaller distance from its median to its 10th or 90th percentile, and sends the instances ' +
  'of those alone.';

interface Query {
  readonly window: Window;
  readonly services?: readonly string[];
  readonly top: number;
}

export interface FoundAnomalies {
  readonly anomalies: readonly Anomaly[];
  readonly examined: { readonly services: number; readonly series: number };
  readonly method: string;
}

/**
 * Implements `MetricsApi.findAnomalies` with the judges of the embedded backend. One window's length
 * before the window serves as baseline as well.
 */
export async function findAnomalies(
  port: PrometheusPort,
  query: Query,
  context: CallContext,
): Promise<Answer<FoundAnomalies>> {
  const session = openSession(port, context);
  const { start, end } = query.window;
  const length = end.getTime() - start.getTime();
  const whole = { start: new Date(start.getTime() - length), end };
  const { inventories, leftOut } = await inventoriesOf(session, query, whole);
  const planned = planSignals(session, inventories);
  const readings = await eachOf(planned.slice(0, mostGroups), (group) => openReading(session, group, whole));
  const read = await eachOf(
    readings.filter((reading) => reading !== undefined),
    (reading) => readShared(session, reading, whole),
  );
  const lines = withoutLoneWholes(withCountingNoise(read.flatMap(({ series }) => series)));
  const found = await judged(session, lines, start.getTime());
  const ranked = found.toSorted((a, b) => weightOf(b, length) - weightOf(a, length));
  const top = Math.max(1, Math.min(query.top, most));
  const screened = read.reduce((sum, one) => sum + one.screened, 0);
  const hints = [
    ...leftOut,
    ...(planned.length > mostGroups
      ? [`Only the first ${mostGroups} of ${planned.length} sets of metrics were read.`]
      : []),
    ...hintsOf(lines, screened),
  ];
  const howToGetMore = 'Raise top; what is left out deviates less.';
  const truncation = { returned: top, total: ranked.length, more: true, howToGetMore };
  const examined = { services: inventories.size, series: lines.length + screened };
  return session.answer(
    { anomalies: ranked.slice(0, top), examined, method },
    query.window,
    hints,
    ranked.length > top ? { truncation } : {},
  );
}

/** The services to look at, under telemetry's names. Rejects with `not_found` for one that is unknown. */
async function inventoriesOf(
  session: Session,
  { services }: Query,
  whole: Window,
): Promise<{ readonly inventories: ReadonlyMap<string, Inventory>; readonly leftOut: readonly string[] }> {
  const all = await inventoryOfAll(session, whole);
  if (services !== undefined) {
    const own = new Map<string, Inventory>();
    for (const service of services) {
      const name = session.port.services.telemetryName(service);
      own.set(name, all.get(name) ?? (await inventoryOf(session, service, whole)));
    }
    return { inventories: own, leftOut: [] };
  }
  const names = [...all.keys()].sort();
  const inventories = new Map(names.slice(0, mostServices).map((name) => [name, all.get(name) ?? new Map()]));
  const leftOut =
    names.length > mostServices
      ? [
          `Only the first ${mostServices} of ${names.length} services were looked at; name services to look at others.`,
        ]
      : [];
  return { inventories, leftOut };
}

async function judged(
  session: Session,
  lines: readonly ReadSeries[],
  start: number,
): Promise<readonly Anomaly[]> {
  const judge = (given: readonly ReadSeries[]) =>
    [...byServiceAndSignal(given).values()].flatMap((group) =>
      judgeSeries(group, start, (name) => session.port.services.serviceOf(name)),
    );
  const first = judge(lines);
  // Percentiles of few requests wander: those that stand out are judged again with what that allows.
  const slow = new Set(
    lines
      .filter(({ service, signal }) =>
        first.some(
          (one) =>
            signal === 'latency_p95' &&
            one.signal === signal &&
            one.service === session.port.services.serviceOf(service),
        ),
      )
      .map(({ service }) => service),
  );
  return slow.size === 0 ? first : judge(await withQuantileNoise(session, lines, slow));
}

function byServiceAndSignal(lines: readonly ReadSeries[]): Map<string, ReadSeries[]> {
  const groups = new Map<string, ReadSeries[]>();
  for (const line of lines) {
    const key = `${line.service}\n${line.signal}\n${line.unit}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return groups;
}

/** A service of one instance says as a whole what the instance says. */
function withoutLoneWholes(lines: readonly ReadSeries[]): readonly ReadSeries[] {
  const groups = byServiceAndSignal(lines.filter((line) => !line.whole));
  return lines.filter(
    (line) => !line.whole || groups.get(`${line.service}\n${line.signal}\n${line.unit}`)?.length !== 1,
  );
}

function weightOf(anomaly: Anomaly, windowMs: number): number {
  const better = isImprovement(anomaly.signal, anomaly.direction) ? improvementWeight : 1;
  if (anomaly.end === null) return anomaly.score * better;
  const share = (anomaly.end.getTime() - anomaly.onset.getTime()) / windowMs;
  return anomaly.score * better * Math.max(leastOfEnded, Math.min(1, share / longShare));
}

function hintsOf(lines: readonly ReadSeries[], screened: number): readonly string[] {
  if (lines.length === 0) return ['No metric of the known conventions in this window.'];
  const short = lines.filter((line) => line.samples.length < leastSamples).length;
  return [
    ...(short > 0
      ? [`${short} of ${lines.length} series have fewer than six samples and were not judged.`]
      : []),
    ...(screened > 0
      ? [`${screened} instances were screened by the store; those of quiet services were not read.`]
      : []),
  ];
}

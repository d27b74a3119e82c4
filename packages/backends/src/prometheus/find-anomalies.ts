import type { CallContext } from '@devops-mcp/contract';
import {
  type Anomaly,
  anomalyMethod,
  findInSeries,
  hintsOfShort,
  type MetricsApi,
  rankAnomalies,
  type Window,
  withoutLoneWholes,
} from '@devops-mcp/domain';
import { withCountingNoise, withQuantileNoise } from './anomaly-noise.js';
import { planSignals } from './anomaly-plan.js';
import { mostInstances, mostScreened, openReading, type ReadSeries, readShared } from './anomaly-series.js';
import type { Inventory } from './choose-source.js';
import { inventoryOf, inventoryOfAll } from './inventory.js';
import { eachOf, openSession, type PrometheusPort, type Session } from './session.js';

const mostServices = 300;
const mostGroups = 40;

const method =
  `${anomalyMethod} The store adds up the series of a service or instance and sends at most 130 steps of each; ` +
  `of more than ${mostInstances} instances it first finds the ${mostScreened} services with one whose range is more ` +
  'than four times the smaller distance from its median to its 10th or 90th percentile, and sends the instances ' +
  'of those alone.';

type Query = Parameters<MetricsApi['findAnomalies']>[0];

/**
 * Implements `MetricsApi.findAnomalies` with the judges of the embedded backend. One window's length
 * before the window serves as baseline as well.
 */
export async function findAnomalies(
  port: PrometheusPort,
  query: Query,
  context: CallContext,
): ReturnType<MetricsApi['findAnomalies']> {
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
  const { anomalies, truncation } = rankAnomalies(found, length, query.top);
  const screened = read.reduce((sum, one) => sum + one.screened, 0);
  const hints = [
    ...leftOut,
    ...(planned.length > mostGroups
      ? [`Only the first ${mostGroups} of ${planned.length} sets of metrics were read.`]
      : []),
    ...hintsOf(lines, screened),
  ];
  const examined = { services: inventories.size, series: lines.length + screened };
  const more = truncation === undefined ? {} : { truncation };
  return session.answer({ anomalies, examined, method }, query.window, hints, more);
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
    findInSeries(given, start, (name) => session.port.services.serviceOf(name));
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

function hintsOf(lines: readonly ReadSeries[], screened: number): readonly string[] {
  if (lines.length === 0) return ['No metric of the known conventions in this window.'];
  return [
    ...hintsOfShort(lines),
    ...(screened > 0
      ? [`${screened} instances were screened by the store; those of quiet services were not read.`]
      : []),
  ];
}

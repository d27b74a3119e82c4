import { type AnomalySeries, leastDeviation, type Window } from '@devops-mcp/domain';
import { type SharedSignal, whoOf } from './anomaly-plan.js';
import type { Line } from './ask-api.js';
import { type Asked, expressionOf } from './expressions.js';
import { type Grid, gridOf, gridOfGrowth, startOf, stepAt } from './grid.js';
import { nameIn } from './identities.js';
import { by, duration, selector } from './promql.js';
import { isBlind, labelsFor, type Resolved, resolveSource } from './resolve-source.js';
import { scrapeInterval } from './scrape-interval.js';
import type { Session } from './session.js';

/** Over the window and the time before it that serves as baseline. */
const mostBins = 130;
/** More instances than this are screened by the store; the services of those that stand out are then read. */
export const mostInstances = 400;
export const mostScreened = 20;
const screenedBins = 30;
const leastStandingOut = 4;

/** A group of services with what is known of its metrics, from which series are read. */
export interface SharedReading {
  readonly group: SharedSignal;
  readonly resolved: Resolved;
  readonly grid: Grid;
  readonly instance: readonly string[];
}

/** A series as the judges want it, with the seconds over which its rates were computed. */
export interface ReadSeries extends AnomalySeries {
  readonly rateSeconds: number;
  readonly reading: SharedReading;
}

export interface SharedSeries {
  readonly series: readonly ReadSeries[];
  /** Instances that only the store looked at. */
  readonly screened: number;
}

/** Undefined where nothing tells the outcome of requests. */
export async function openReading(
  session: Session,
  group: SharedSignal,
  window: Window,
): Promise<SharedReading | undefined> {
  const who = whoOf(group, group.services);
  const resolved = await resolveSource(session, group.chosen, who, window);
  const [first] = resolved.sources;
  if (first === undefined || isBlind(resolved)) return undefined;
  const scrapeMs = await scrapeInterval(session, first, who, window);
  const make = resolved.reading.how === 'increase' ? gridOfGrowth : gridOf;
  const instance = labelsFor(session.port.config, 'instance', resolved);
  return { group, resolved, grid: make(window, mostBins, scrapeMs), instance };
}

/** Every service of a group as a whole and its instances, of which the store leaves out the quiet when they are many. */
export async function readShared(
  session: Session,
  reading: SharedReading,
  window: Window,
): Promise<SharedSeries> {
  const { identity } = reading.group.chosen;
  const apart = reading.instance.some((label) => label !== identity.label) || identity.kind === 'pod';
  const whole =
    identity.kind === 'pod' ? [] : await linesOf(session, reading, reading.group.services, !apart);
  if (!apart) return { series: whole, screened: 0 };
  const count = await instancesOf(session, reading, window);
  const loud = count > mostInstances ? await standingOut(session, reading, window) : reading.group.services;
  const each = loud.size === 0 ? [] : await linesOf(session, reading, loud, true);
  return {
    series: [...whole, ...each, ...wholesOf(identity.kind === 'pod' ? each : [])],
    screened: count > mostInstances ? count : 0,
  };
}

/** The same series at another quantile, for how much a percentile can be trusted. */
export function readQuantile(
  session: Session,
  reading: SharedReading,
  services: ReadonlySet<string>,
  whole: boolean,
  quantile: number,
): Promise<readonly ReadSeries[]> {
  const { resolved } = reading;
  if (resolved.reading.how !== 'requests') return Promise.resolve([]);
  const other = { ...resolved, reading: { ...resolved.reading, quantile } };
  return linesOf(session, { ...reading, resolved: other }, services, !whole);
}

async function linesOf(
  session: Session,
  reading: SharedReading,
  services: ReadonlySet<string>,
  byInstance: boolean,
): Promise<readonly ReadSeries[]> {
  const lines = await session.range(
    expressionOf(reading.resolved, askedOf(session, reading, services, byInstance)),
    reading.grid,
  );
  return lines.flatMap((line) => seriesOf(line, reading, byInstance) ?? []);
}

function askedOf(
  session: Session,
  { group, grid, instance }: SharedReading,
  services: ReadonlySet<string>,
  byInstance: boolean,
): Asked {
  const own = [group.chosen.identity.label];
  return {
    who: [...session.fixed, ...whoOf(group, services)],
    by: byInstance ? [...new Set([...own, ...instance])] : own,
    instance,
    grid,
  };
}

function seriesOf(line: Line, reading: SharedReading, byInstance: boolean): ReadSeries | undefined {
  const { group, resolved, grid, instance } = reading;
  const { identity } = group.chosen;
  const service = nameIn(identity, line.labels[identity.label] ?? '');
  if (service === undefined || !group.services.has(service)) return undefined;
  const name = instance.map((label) => line.labels[label] ?? '').join(' ');
  const samples = line.values.flatMap(([time, value]) =>
    value === null ? [] : [{ timeMs: startOf(grid, stepAt(grid, time)), value, noise: 0 }],
  );
  return {
    service,
    instance: byInstance && name !== '' ? name : null,
    whole: !byInstance,
    signal: resolved.signal,
    unit: resolved.unit,
    stepMs: grid.stepMs,
    samples,
    rateSeconds: grid.rateMs / 1_000,
    reading,
  };
}

async function instancesOf(
  session: Session,
  reading: SharedReading,
  { start, end }: Window,
): Promise<number> {
  const [source] = reading.resolved.sources;
  if (source === undefined) return 0;
  const { who, by: labels } = askedOf(session, reading, reading.group.services, true);
  const name = source.kind === 'classic' ? source.name.replace(/_bucket$/, '_count') : source.name;
  const selected = selector(name, [...who, ...source.only]);
  const length = duration(end.getTime() - start.getTime());
  const query = `count(group${by(labels)} (last_over_time(${selected}[${length}])))`;
  const [line] = await session.port.cache.get(`instances ${query} ${end.getTime()}`, () =>
    session.quiet.instant(query, end.getTime()),
  );
  return line?.values[0]?.[1] ?? 0;
}

/**
 * Services with an instance whose range of values is several times the smaller of the distances from its
 * median to its 10th and 90th percentile, which an excursion to one side leaves alone while it lasts less
 * than half of the time: what never left its normal has no such range, and its series stay in the store.
 */
async function standingOut(
  session: Session,
  reading: SharedReading,
  { start, end }: Window,
): Promise<ReadonlySet<string>> {
  const { identity } = reading.group.chosen;
  const length = end.getTime() - start.getTime();
  const stepMs = Math.max(reading.grid.stepMs, Math.ceil(length / screenedBins / 1_000) * 1_000);
  const asked = askedOf(session, reading, reading.group.services, true);
  const rateMs = Math.max(reading.grid.rateMs, stepMs);
  const expression = expressionOf(reading.resolved, {
    ...asked,
    grid: { rateMs, gauge: 'avg_over_time', gaugeMs: Math.max(reading.grid.gaugeMs, stepMs) },
  });
  const values = `(${expression})[${duration(length)}:${duration(stepMs)}]`;
  const of = (share: number) => `quantile_over_time(${share}, ${values})`;
  const least = leastDeviation(reading.resolved.signal, reading.resolved.unit, 0);
  const side = (name: string, inner: string) => `label_replace(${inner}, "side", "${name}", "", "")`;
  const sides = `${side('low', `${of(0.5)} - ${of(0.1)}`)} or ${side('high', `${of(0.9)} - ${of(0.5)}`)}`;
  const normal = `clamp_min(min without (side) (${sides}), ${least})`;
  const spread = `(max_over_time(${values}) - min_over_time(${values})) / ${normal}`;
  const query = `topk(${mostScreened}, max${by([identity.label])} (${spread}) > ${leastStandingOut})`;
  const lines = await session.instant(query, end.getTime());
  return new Set(lines.flatMap(({ labels }) => nameIn(identity, labels[identity.label] ?? '') ?? []));
}

/** Services that only their pods name: the mean of these, or their sum where it is a count. */
function wholesOf(each: readonly ReadSeries[]): readonly ReadSeries[] {
  const services = new Map<string, ReadSeries[]>();
  for (const line of each) services.set(line.service, [...(services.get(line.service) ?? []), line]);
  return [...services.values()].flatMap((lines) => {
    const [first] = lines;
    if (first === undefined) return [];
    const times = new Map<number, number[]>();
    for (const { samples } of lines)
      for (const { timeMs, value } of samples) times.set(timeMs, [...(times.get(timeMs) ?? []), value]);
    const samples = [...times]
      .sort(([a], [b]) => a - b)
      .map(([timeMs, values]) => {
        const sum = values.reduce((total, value) => total + value, 0);
        return { timeMs, value: first.unit === 'count' ? sum : sum / values.length, noise: 0 };
      });
    return { ...first, instance: null, whole: true, samples };
  });
}

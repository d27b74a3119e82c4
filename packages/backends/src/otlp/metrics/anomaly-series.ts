import type { Session } from '../port-context.js';
import { requestsIn, type Values } from './cells.js';
import { type Chosen, chooseSource, isChosen, ownSignals } from './choose-source.js';
import type { Sample } from './excursion.js';
import { type Grid, gridOf, spacingOf, timeOfBin } from './grid.js';
import { type InventoryRow, inventoryOf } from './inventory.js';
import { signalReader } from './read-signal.js';
import { countingNoise } from './signal-noise.js';
import { spanCells, spanUnits, spanValue } from './span-values.js';

/** One latency is enough: the others would report the same thing again. */
const signals = ['error_rate', 'request_rate', 'latency_p95', 'cpu', 'memory', 'restarts'];
const fromSpans = ['error_rate', 'request_rate', 'latency_p95'];
/** Over the window and the time before it that serves as baseline. */
const mostBins = 120;
const leastSpanBinUs = 30e6;

/** A signal of one instance over time. */
export interface AnomalySeries {
  readonly service: string;
  readonly instance: string | null;
  readonly signal: string;
  readonly unit: string;
  readonly grid: Grid;
  readonly samples: readonly Sample[];
  /** True when spans stand in for metrics. */
  readonly derived: boolean;
}

/** Services that read the same metrics for the same signals share their queries. */
interface Shared {
  readonly metrics: readonly string[];
  readonly wanted: Map<string, { readonly chosen: Chosen; readonly services: Set<string> }>;
}

/** Every signal of every instance; telemetry's names. */
export async function anomalySeries(
  session: Session,
  services: readonly string[] | undefined,
  start: number,
  end: number,
): Promise<readonly AnomalySeries[]> {
  const inventory = await inventoryOf(session, services, start, end);
  const byService = new Map<string, InventoryRow[]>();
  for (const row of inventory) byService.set(row.service, [...(byService.get(row.service) ?? []), row]);
  const { shared, withoutRequests } = plan(session, byService, services);
  const series: AnomalySeries[] = [];
  for (const group of shared.values()) series.push(...(await sharedSeries(session, group, start, end)));
  if (withoutRequests.length > 0) series.push(...(await spanSeries(session, withoutRequests, start, end)));
  return series;
}

function plan(
  session: Session,
  byService: ReadonlyMap<string, readonly InventoryRow[]>,
  services: readonly string[] | undefined,
): { readonly shared: ReadonlyMap<string, Shared>; readonly withoutRequests: readonly string[] } {
  const shared = new Map<string, Shared>();
  const withoutRequests: string[] = [];
  const withSpans = session.snapshot.extents
    .filter((extent) => extent.table === 'spans')
    .map((extent) => extent.service);
  for (const name of new Set([...byService.keys(), ...withSpans])) {
    if (services !== undefined && !services.includes(name)) continue;
    const service = session.services.serviceOf(name);
    const choices = [...signals, ...ownSignals(session, service)]
      .map((signal) => chooseSource(session, service, signal, byService.get(name) ?? []))
      .filter(isChosen);
    if (!choices.some((choice) => fromSpans.includes(choice.signal))) withoutRequests.push(name);
    for (const chosen of choices) addShared(shared, chosen, name);
  }
  return { shared, withoutRequests };
}

function addShared(shared: Map<string, Shared>, chosen: Chosen, service: string): void {
  const key = chosen.metrics.join('\n');
  const group = shared.get(key) ?? { metrics: chosen.metrics, wanted: new Map() };
  const variant = `${chosen.signal} ${chosen.unit} ${JSON.stringify(chosen.reading)}`;
  const wanted = group.wanted.get(variant) ?? { chosen, services: new Set<string>() };
  wanted.services.add(service);
  group.wanted.set(variant, wanted);
  shared.set(key, group);
}

async function sharedSeries(
  session: Session,
  group: Shared,
  start: number,
  end: number,
): Promise<readonly AnomalySeries[]> {
  const services = [...new Set([...group.wanted.values()].flatMap((wanted) => [...wanted.services]))];
  const grid = gridOf(start, end, mostBins, await spacingOf(session, services, group.metrics, start, end));
  const reader = signalReader(session, { services, grid, end }, (facts) =>
    keyOf(facts.service, facts.instance),
  );
  const series: AnomalySeries[] = [];
  for (const { chosen, services: own } of group.wanted.values()) {
    const values = await reader.read(chosen);
    const cells = chosen.reading.how === 'requests' ? await reader.cells(chosen) : undefined;
    const noise = (key: string, bin: number, value: number) =>
      cells === undefined
        ? 0
        : countingNoise(chosen.signal, value, requestsIn(cells, key, bin), grid.step / 1e6);
    series.push(...linesOf(values, chosen, grid, noise).filter((line) => own.has(line.service)));
  }
  return series;
}

function linesOf(
  values: Values,
  chosen: Pick<Chosen, 'signal' | 'unit'>,
  grid: Grid,
  noise: (key: string, bin: number, value: number) => number,
  derived = false,
): readonly AnomalySeries[] {
  return [...values].map(([key, line]) => {
    const [service = '', instance = ''] = key.split('\n');
    const samples: Sample[] = [...line]
      .filter(([bin]) => bin >= grid.first && bin <= grid.last)
      .sort(([a], [b]) => a - b)
      .map(([bin, value]) => ({
        timeMs: timeOfBin(grid, bin) / 1_000,
        value,
        noise: noise(key, bin, value),
      }));
    return {
      service,
      instance: instance === '' ? null : instance,
      signal: chosen.signal,
      unit: chosen.unit,
      grid,
      samples,
      derived,
    };
  });
}

async function spanSeries(
  session: Session,
  services: readonly string[],
  start: number,
  end: number,
): Promise<readonly AnomalySeries[]> {
  const grid = gridOf(start, end, mostBins, { interval: leastSpanBinUs, first: null });
  const cells = await spanCells(session, services, 'instance', grid, end);
  return fromSpans.flatMap((signal) => {
    const values = new Map<string, Map<number, number>>();
    const calls = new Map<string, number>();
    for (const cell of cells) {
      const key = keyOf(cell.service, cell.group);
      const value = spanValue(cell, signal, grid.step);
      const line = values.get(key) ?? new Map<number, number>();
      if (value !== null) line.set(cell.bin, value);
      values.set(key, line);
      calls.set(`${key}\n${cell.bin}`, cell.calls);
    }
    const noise = (key: string, bin: number, value: number) =>
      countingNoise(signal, value, calls.get(`${key}\n${bin}`) ?? 0, grid.step / 1e6);
    return linesOf(values, { signal, unit: spanUnits[signal] ?? 'count' }, grid, noise, true);
  });
}

function keyOf(service: string, instance: string | null): string {
  return `${service}\n${instance ?? ''}`;
}

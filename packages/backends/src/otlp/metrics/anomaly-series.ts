import { type AnomalySample, type AnomalySeries, countingNoise, withoutLoneWholes } from '@devops-mcp/domain';
import type { Session } from '../port-context.js';
import { quantileNoise, type RateCells, requestsIn, type Values } from './cells.js';
import { type Chosen, chooseSource, isChosen, ownSignals } from './choose-source.js';
import type { SeriesFacts } from './counter-rows.js';
import { type Grid, gridOf, spacingOf, timeOfBin } from './grid.js';
import { type InventoryRow, inventoryOf } from './inventory.js';
import { signalReader } from './read-signal.js';
import { type SpanCell, spanCells, spanUnits, spanValue } from './span-values.js';

/** One latency is enough: the others would report the same thing again. */
const signals = ['error_rate', 'request_rate', 'latency_p95', 'cpu', 'memory', 'restarts'];
const fromSpans = ['error_rate', 'request_rate', 'latency_p95'];
/** Over the window and the time before it that serves as baseline; a few more than two hours of twice sixty. */
const mostBins = 130;
const leastSpanBinUs = 30e6;

/** A series as it was read from what is stored. */
export interface StoredSeries extends AnomalySeries {
  /** True when spans stand in for metrics. */
  readonly derived: boolean;
}

/** Services that read the same metrics for the same signals share their queries. */
interface Shared {
  readonly metrics: readonly string[];
  readonly wanted: Map<string, { readonly chosen: Chosen; readonly services: Set<string> }>;
}

/** Every signal of every instance and of every service that has several; telemetry's names. */
export async function anomalySeries(
  session: Session,
  services: readonly string[] | undefined,
  start: number,
  end: number,
): Promise<readonly StoredSeries[]> {
  const inventory = await inventoryOf(session, services, start, end);
  const byService = new Map<string, InventoryRow[]>();
  for (const row of inventory) byService.set(row.service, [...(byService.get(row.service) ?? []), row]);
  const { shared, withoutRequests } = plan(session, byService, services);
  const series: StoredSeries[] = [];
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
): Promise<readonly StoredSeries[]> {
  const services = [...new Set([...group.wanted.values()].flatMap((wanted) => [...wanted.services]))];
  const grid = gridOf(start, end, mostBins, await spacingOf(session, services, group.metrics, start, end));
  const reader = signalReader(session, { services, grid, end }, byInstance);
  const series: StoredSeries[] = [];
  for (const { chosen, services: own } of group.wanted.values()) {
    for (const groupOf of [byInstance, byService]) {
      const values = await reader.read(chosen, groupOf);
      const cells = chosen.reading.how === 'requests' ? await reader.cells(chosen, groupOf) : undefined;
      const noise = (key: string, bin: number, value: number) =>
        cells === undefined ? 0 : noiseOf(chosen, cells, key, bin, value, grid);
      const lines = linesOf(values, chosen, grid, noise, groupOf === byService);
      series.push(...lines.filter((line) => own.has(line.service)));
    }
  }
  return withoutLoneWholes(series);
}

function noiseOf(
  { signal, reading }: Chosen,
  cells: RateCells,
  key: string,
  bin: number,
  value: number,
  grid: Grid,
): number {
  if (reading.how === 'requests' && reading.want === 'latency')
    return quantileNoise(cells, key, bin, reading.quantile ?? 0.95);
  return countingNoise(signal, value, requestsIn(cells, key, bin), grid.step / 1e6);
}

function linesOf(
  values: Values,
  chosen: Pick<Chosen, 'signal' | 'unit'>,
  grid: Grid,
  noise: (key: string, bin: number, value: number) => number,
  whole: boolean,
  derived = false,
): readonly StoredSeries[] {
  return [...values].map(([key, line]) => {
    const [service = '', instance = ''] = key.split('\n');
    const samples: AnomalySample[] = [...line]
      .filter(([bin]) => bin >= grid.first && bin <= grid.last)
      .sort(([a], [b]) => a - b)
      .map(([bin, value]) => ({
        timeMs: timeOfBin(grid, bin) / 1_000,
        value,
        noise: noise(key, bin, value),
      }));
    const named = { service, instance: instance === '' ? null : instance, whole };
    const stepMs = grid.step / 1_000;
    return { ...named, signal: chosen.signal, unit: chosen.unit, stepMs, samples, derived };
  });
}

async function spanSeries(
  session: Session,
  services: readonly string[],
  start: number,
  end: number,
): Promise<readonly StoredSeries[]> {
  const grid = gridOf(start, end, mostBins, { interval: leastSpanBinUs, first: null });
  const series: StoredSeries[] = [];
  for (const grouping of ['instance', undefined] as const) {
    const cells = await spanCells(session, services, grouping, grid, end);
    for (const signal of fromSpans) series.push(...spanLines(cells, signal, grid, grouping === undefined));
  }
  return withoutLoneWholes(series);
}

function spanLines(
  cells: readonly SpanCell[],
  signal: string,
  grid: Grid,
  whole: boolean,
): readonly StoredSeries[] {
  const values = new Map<string, Map<number, number>>();
  const found = new Map<string, SpanCell>();
  for (const cell of cells) {
    const key = `${cell.service}\n${cell.group}`;
    const value = spanValue(cell, signal, grid.step);
    const line = values.get(key) ?? new Map<number, number>();
    if (value !== null) line.set(cell.bin, value);
    values.set(key, line);
    found.set(`${key}\n${cell.bin}`, cell);
  }
  const noise = (key: string, bin: number, value: number) => {
    const cell = found.get(`${key}\n${bin}`);
    if (cell === undefined) return 0;
    return signal === 'latency_p95'
      ? cell.p95Noise
      : countingNoise(signal, value, cell.calls, grid.step / 1e6);
  };
  return linesOf(values, { signal, unit: spanUnits[signal] ?? 'count' }, grid, noise, whole, true);
}

function byInstance(facts: SeriesFacts): string {
  return `${facts.service}\n${facts.instance ?? ''}`;
}

function byService(facts: SeriesFacts): string {
  return `${facts.service}\n`;
}

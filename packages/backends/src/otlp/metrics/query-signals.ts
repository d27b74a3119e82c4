import type { CallContext } from '@devops-mcp/contract';
import {
  type Answer,
  type Point,
  type SignalAnswer,
  type SignalQuery,
  type SignalSeries,
  seriesStatistics,
} from '@devops-mcp/domain';
import {
  listParameter,
  type OtlpPort,
  openSession,
  type Session,
  telemetryName,
  whenThereAreData,
  windowMicros,
} from '../port-context.js';
import type { Values } from './cells.js';
import { type Chosen, chooseSource, isChosen } from './choose-source.js';
import type { SeriesFacts } from './counter-rows.js';
import { type Grid, gridOf, spacingOf, timeOfBin } from './grid.js';
import { inventoryOf } from './inventory.js';
import { signalReader } from './read-signal.js';
import { spanCells, spansAnswer, spanUnits, spanValue } from './span-values.js';

const mostPoints = 1_000;
const mostGroups = 50;

interface Asked {
  readonly session: Session;
  readonly query: SignalQuery;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly most: number;
}

/** Implements `MetricsApi.querySignals`. */
export async function querySignals(
  port: OtlpPort,
  query: SignalQuery,
  context: CallContext,
): Promise<Answer<SignalAnswer>> {
  const session = await openSession(port, context, { tables: ['points'], services: [query.service] });
  const name = telemetryName(session, query.service);
  const [start, end] = windowMicros(query.window);
  const most = Math.max(2, Math.min(query.maxPoints, mostPoints));
  const asked: Asked = { session, query, name, start, end, most };
  const inventory = await inventoryOf(session, [name], start, end);
  const choices = [...new Set(query.signals)].map((signal) =>
    chooseSource(session, query.service, signal, inventory),
  );
  const series = await fromMetrics(asked, choices.filter(isChosen));
  const open = choices.filter((choice) => !isChosen(choice));
  const spans = await fromSpans(asked, open.map((choice) => choice.signal).filter(spansAnswer));
  const answered = new Set([...series, ...spans].map((line) => line.signal));
  const missing = choices
    .filter((choice) => !answered.has(choice.signal))
    .map((choice) => ({
      signal: choice.signal,
      tried: isChosen(choice)
        ? [...choice.metrics]
        : [...choice.tried, ...(spansAnswer(choice.signal) ? ['spans'] : [])],
    }));
  const hints = [...session.snapshot.hints, ...hintsOf(asked, series, spans)];
  return {
    data: { series: [...series, ...spans], missing },
    source: session.source(),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

async function fromMetrics(asked: Asked, chosen: readonly Chosen[]): Promise<readonly SignalSeries[]> {
  const { session, name, start, end, most } = asked;
  const byMetrics = new Map<string, Chosen[]>();
  for (const choice of chosen) {
    const key = choice.metrics.join('\n');
    byMetrics.set(key, [...(byMetrics.get(key) ?? []), choice]);
  }
  const series: SignalSeries[] = [];
  for (const choices of byMetrics.values()) {
    const metrics = choices[0]?.metrics ?? [];
    const grid = gridOf(start, end, most, await spacingOf(session, [name], metrics, start, end));
    const reader = signalReader(session, { services: [name], grid, end }, (facts) => groupKey(asked, facts));
    const exemplars = await exemplarsOf(asked, metrics);
    for (const choice of choices) {
      const values = await reader.read(choice);
      series.push(...linesOf(asked, choice, values, grid, exemplars));
    }
  }
  return series;
}

function groupKey(asked: Asked, facts: SeriesFacts): string {
  const { groupBy } = asked.query;
  return groupBy === undefined ? '' : (facts[groupBy] ?? '');
}

function linesOf(
  asked: Asked,
  chosen: Pick<Chosen, 'signal' | 'unit' | 'convention' | 'metrics'>,
  values: Values,
  grid: Grid,
  exemplarTraceIds: readonly string[],
): readonly SignalSeries[] {
  const { groupBy } = asked.query;
  const lines = [...values].map(([group, line]) => {
    const points = pointsOf(line, grid);
    return {
      signal: chosen.signal,
      unit: chosen.unit,
      group: groupBy === undefined ? {} : { [groupBy]: group === '' ? 'unknown' : group },
      convention: chosen.convention,
      metric: chosen.metrics.join(' + '),
      points,
      stepMs: grid.step / 1_000,
      statistics: seriesStatistics(points),
      ...(exemplarTraceIds.length > 0 ? { exemplarTraceIds } : {}),
    };
  });
  return lines
    .filter((line) => line.statistics.count > 0)
    .sort((a, b) => (b.statistics.max ?? 0) - (a.statistics.max ?? 0))
    .slice(0, mostGroups);
}

function pointsOf(line: ReadonlyMap<number, number>, grid: Grid): readonly Point[] {
  const points: Point[] = [];
  for (let bin = grid.first; bin <= grid.last; bin += 1)
    points.push([timeOfBin(grid, bin) / 1_000, line.get(bin) ?? null]);
  return points;
}

/** Requests as traces tell them, where no metric does. */
async function fromSpans(asked: Asked, signals: readonly string[]): Promise<readonly SignalSeries[]> {
  const { session, name, start, end, most, query } = asked;
  if (signals.length === 0) return [];
  await session.need(['spans']);
  const grid = gridOf(start, end, most, { interval: null, first: null });
  const cells = await spanCells(session, [name], query.groupBy, grid, end);
  if (cells.length === 0) return [];
  return signals.flatMap((signal) => {
    const values = new Map<string, Map<number, number>>();
    for (const cell of cells) {
      const value = spanValue(cell, signal, grid.step);
      const line = values.get(cell.group) ?? new Map<number, number>();
      if (value !== null) line.set(cell.bin, value);
      values.set(cell.group, line);
    }
    const unit = spanUnits[signal] ?? 'count';
    return linesOf(asked, { signal, unit, convention: 'custom', metrics: ['spans'] }, values, grid, []);
  });
}

async function exemplarsOf(asked: Asked, metrics: readonly string[]): Promise<readonly string[]> {
  const rows = await asked.session.query<{ exemplars: string }>(
    `SELECT exemplars FROM points WHERE service = ? AND metric IN (SELECT unnest(?::VARCHAR[]))
       AND time_us >= ? AND time_us < ? AND exemplars IS NOT NULL ORDER BY failed DESC, time_us DESC LIMIT 5`,
    [asked.name, listParameter(metrics), asked.start, asked.end],
  );
  return [...new Set(rows.flatMap((row) => row.exemplars.split(',')))].slice(0, 5);
}

function hintsOf(
  asked: Asked,
  series: readonly SignalSeries[],
  spans: readonly SignalSeries[],
): readonly string[] {
  const hints: string[] = [];
  if (spans.length > 0) {
    const signals = [...new Set(spans.map((line) => line.signal))].join(', ');
    hints.push(
      `${signals}: no metric of the known conventions, so derived from spans; rates are of sampled traces.`,
    );
  }
  const ready = series.some((line) => line.convention === 'percentile-gauges' && line.unit === 's');
  if (ready && asked.query.groupBy === undefined)
    hints.push('Latencies are ready-made percentiles: of several instances the worst is shown.');
  if (series.length + spans.length === 0)
    hints.push(whenThereAreData(asked.session, ['points', 'spans'], 'metrics or spans', asked.name));
  return hints;
}

import type { CallContext } from '@devops-mcp/contract';
import type { Answer, SignalAnswer, SignalQuery, SignalSeries } from '@devops-mcp/domain';
import { seriesStatistics } from '@devops-mcp/domain';
import type { Line } from './ask-api.js';
import { type Choice, type Chosen, chooseSource } from './choose-source.js';
import { exemplarTraceIds } from './exemplars.js';
import { type Asked, expressionOf, requestsPerSecond } from './expressions.js';
import { type Grid, gridOf, gridOfGrowth, startOf, stepAt } from './grid.js';
import { matcherOf } from './identities.js';
import { inventoryOf, whenThereAreSeries } from './inventory.js';
import { duration, type Matcher } from './promql.js';
import { isBlind, labelsFor, type Resolved, resolveSource } from './resolve-source.js';
import { scrapeInterval } from './scrape-interval.js';
import { openSession, type PrometheusPort, type Session } from './session.js';

const mostPoints = 1_000;
const mostGroups = 50;
/** Conventions that are asked for a signal before it is called missing. */
const mostAttempts = 4;

interface Found {
  readonly series: readonly SignalSeries[];
  readonly missing: SignalAnswer['missing'];
  /** Width of the windows that rates were computed over, where it is not the step. */
  readonly widerMs: number;
}

/** Implements `MetricsApi.querySignals`. A point at a time tells of the step that begins there. */
export async function querySignals(
  port: PrometheusPort,
  query: SignalQuery,
  context: CallContext,
): Promise<Answer<SignalAnswer>> {
  const session = openSession(port, context);
  const inventory = await inventoryOf(session, query.service, query.window);
  const found: Found[] = [];
  for (const signal of new Set(query.signals)) {
    const choice = chooseSource(port, query.service, signal, inventory);
    found.push(await readSignal(session, query, choice));
  }
  const data = {
    series: found.flatMap(({ series }) => series),
    missing: found.flatMap(({ missing }) => missing),
  };
  return session.answer(data, query.window, await hintsOf(session, query, data, found));
}

/** The first of the conventions that has data in the window; they may be known from just outside it. */
async function readSignal(session: Session, query: SignalQuery, choice: Choice): Promise<Found> {
  const tried = [...choice.tried];
  for (const chosen of choice.found.slice(0, mostAttempts)) {
    const name = session.port.services.telemetryName(query.service);
    const who = [matcherOf(chosen.identity, name)];
    const resolved = await resolveSource(session, chosen, who, query.window);
    const metrics = chosen.sources.map((source) => source.name).join(', ');
    if (isBlind(resolved)) {
      tried.push(`${chosen.convention}: ${metrics} (no label tells the outcome)`);
      continue;
    }
    const { series, widerMs } = await readSource(session, query, resolved, who);
    if (series.length > 0 && !neverMeasured(chosen, series)) return { series, missing: [], widerMs };
    tried.push(
      `${chosen.convention}: ${metrics} (${series.length > 0 ? 'zero in every sample' : 'no samples in this window'})`,
    );
  }
  return { series: [], missing: [{ signal: choice.signal, tried }], widerMs: 0 };
}

async function readSource(
  session: Session,
  query: SignalQuery,
  resolved: Resolved,
  who: readonly Matcher[],
): Promise<{ readonly series: readonly SignalSeries[]; readonly widerMs: number }> {
  const [first] = resolved.sources;
  if (first === undefined) return { series: [], widerMs: 0 };
  const grid = await gridFor(session, query, resolved, who);
  const { config } = session.port;
  const grouping = query.groupBy === undefined ? [] : labelsFor(config, query.groupBy, resolved);
  const asked: Asked = {
    who: [...session.fixed, ...who],
    by: grouping,
    instance: labelsFor(config, 'instance', resolved),
    grid,
  };
  const lines = await session.range(busiest(expressionOf(resolved, asked), query, resolved, asked), grid);
  const traceIds = await exemplarTraceIds(session, resolved, asked.who, query.window);
  const series = lines
    .map((line) => seriesOf(line, query, resolved, grouping, grid, traceIds))
    .filter((line) => line.statistics.count > 0)
    .sort((a, b) => (b.statistics.max ?? 0) - (a.statistics.max ?? 0))
    .slice(0, mostGroups);
  const counts = resolved.reading.how === 'requests' || resolved.reading.how === 'rate';
  return { series, widerMs: counts && grid.rateMs > grid.stepMs ? grid.rateMs : 0 };
}

async function gridFor(
  session: Session,
  query: SignalQuery,
  resolved: Resolved,
  who: readonly Matcher[],
): Promise<Grid> {
  const [first] = resolved.sources;
  const most = Math.max(1, Math.min(query.maxPoints, mostPoints));
  const scrapeMs = first === undefined ? 60_000 : await scrapeInterval(session, first, who, query.window);
  const make = resolved.reading.how === 'increase' ? gridOfGrowth : gridOf;
  return make(query.window, most, scrapeMs);
}

/** Operations may be thousands: the store gives the busiest of them alone. */
function busiest(expression: string, query: SignalQuery, resolved: Resolved, asked: Asked): string {
  const { reading, sources } = resolved;
  if (query.groupBy !== 'operation' || reading.how !== 'requests' || asked.by.length === 0) return expression;
  if (sources.some(({ kind }) => kind === 'summary')) return expression;
  const length = query.window.end.getTime() - query.window.start.getTime();
  const counted: Resolved = {
    ...resolved,
    sources: sources.map((source) =>
      source.kind === 'classic'
        ? { ...source, kind: 'counter', name: source.name.replace(/_bucket$/, '_count') }
        : source,
    ),
  };
  const whole = requestsPerSecond(counted, { ...asked, grid: { ...asked.grid, rateMs: length } });
  const at = (query.window.end.getTime() / 1_000).toFixed(3);
  const pinned = whole.replaceAll(`[${duration(length)}]`, `[${duration(length)}] @ ${at}`);
  return `(${expression}) and on (${asked.by.join(', ')}) topk(${mostGroups}, ${pinned})`;
}

function seriesOf(
  line: Line,
  query: SignalQuery,
  resolved: Resolved,
  grouping: readonly string[],
  grid: Grid,
  traceIds: readonly string[],
): SignalSeries {
  const values = new Map(line.values.map(([time, value]) => [stepAt(grid, time), value]));
  const points = Array.from(
    { length: grid.count },
    (_, index) => [startOf(grid, index), values.get(index) ?? null] as const,
  );
  const group = grouping.flatMap((label) => line.labels[label] || []).join(' ');
  return {
    signal: resolved.signal,
    unit: resolved.unit,
    group: query.groupBy === undefined ? {} : { [query.groupBy]: group === '' ? 'unknown' : group },
    convention: resolved.convention,
    metric: resolved.sources.map((source) => source.name).join(' + '),
    points,
    stepMs: grid.stepMs,
    statistics: seriesStatistics(points),
    ...(traceIds.length > 0 ? { exemplarTraceIds: traceIds } : {}),
  };
}

/** A success share that is zero in every sample is what exporters write that do not measure it. */
function neverMeasured({ reading }: Chosen, series: readonly SignalSeries[]): boolean {
  if (reading.how !== 'gauge' || reading.inverted !== true) return false;
  return series.every(({ statistics }) => statistics.min === 1 && statistics.max === 1);
}

async function hintsOf(
  session: Session,
  query: SignalQuery,
  { series }: SignalAnswer,
  found: readonly Found[],
): Promise<readonly string[]> {
  const hints: string[] = [];
  const widerMs = Math.max(0, ...found.map((one) => one.widerMs));
  if (widerMs > 0)
    hints.push(`Rates are over ${duration(widerMs)}, four scrapes, and so reach back further than a step.`);
  const ready = series.some(
    ({ metric, unit }) => unit === 's' && !/_bucket|_seconds$|_milliseconds$/.test(metric),
  );
  if (ready && query.groupBy === undefined)
    hints.push('Latencies are ready-made percentiles: of several instances the worst is shown.');
  if (series.length === 0) hints.push(await whenThereAreSeries(session, query.service, query.window));
  return hints;
}

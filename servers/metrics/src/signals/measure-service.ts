import type { CallContext, PartialFailure } from '@devops-mcp/contract';
import {
  type Answer,
  cutText,
  type Deployment,
  type DeploymentsApi,
  estimateTokens,
  frameAnswer,
  knownFields,
  type MetricsApi,
  optionalAnswer,
  parsePeriod,
  readOfService,
  roundTo,
  type ServicesApi,
  type SignalAnswer,
  type SignalQuery,
  type SignalStatistics,
  showWindow,
  truncationField,
} from '@devops-mcp/domain';
import type { SignalsAnswer } from '../tools/get-service-metrics.js';
import { chooseBaseline } from './choose-baseline.js';
import { type Aggregation, type ComparedSeries, compareSeries } from './compare-series.js';
import { expandSignals } from './expand-signals.js';
import { fitSeries, pointsMax } from './fit-series.js';

export interface MeasureCall extends CallContext {
  readonly input: {
    readonly service: string;
    readonly environment: string;
    readonly signals: readonly string[];
    readonly period: string;
    readonly aggregation: Aggregation;
    readonly groupBy?: SignalQuery['groupBy'] | undefined;
    readonly compareTo: string;
    readonly maxTokens: number;
  };
  readonly ports: {
    readonly metrics: MetricsApi;
    readonly services: ServicesApi;
    readonly deployments: DeploymentsApi | undefined;
  };
}

const titleMax = 120;
const markersMax = 5;
const traceIdsMax = 2;

/** Reads window and baseline at once, judges every series, and fits the answer to the caller's budget. */
export async function measureService(call: MeasureCall): Promise<SignalsAnswer> {
  const { input, ports, now } = call;
  const { service, environment, groupBy } = input;
  const { window, hints } = parsePeriod(input.period, now);
  const signals = expandSignals(input.signals, ports.services.get(service));
  const query: SignalQuery = {
    service,
    signals,
    window,
    maxPoints: pointsMax,
    ...(groupBy ? { groupBy } : {}),
  };
  const [current, baseline] = await Promise.all([
    readSignals(call, query),
    chooseBaseline({ ...input, window, deployments: ports.deployments }, call),
  ]);
  call.progress(1, 2, 'reading the baseline');
  const before = await optionalAnswer(
    { port: ports.metrics, name: 'metrics', environment, adds: 'baseline' },
    call,
    () => readSignals(call, { ...query, window: baseline.window }),
  );
  const compared = compareSeries(
    current.data.series,
    before.data?.series ?? [],
    baseline.compareFrom,
    input.aggregation,
  );
  const beside = {
    service,
    environment,
    missing: current.data.missing.map(({ signal, tried }) => ({ signal, tried: tried.slice(0, 8) })),
    baseline: {
      of: baseline.of,
      start: baseline.window.start.toISOString(),
      end: baseline.window.end.toISOString(),
    },
    deployments: baseline.markers.slice(0, markersMax).map(markerOf),
  };
  const notes = [
    ...hints,
    ...(current.hints ?? []),
    ...baseline.hints,
    ...emptyHints(compared, service, baseline.of),
  ];
  const partial = eachOnce([...(current.partial ?? []), ...baseline.partial, ...before.partial]);
  const frame = frameAnswer({
    window: showWindow(window, now),
    source: current.source,
    hints: notes,
    partial,
  });
  const budget = input.maxTokens - frame.tokens - estimateTokens(beside);
  const fitted = fitSeries(compared.map(toFit), budget);
  return {
    data: {
      ...beside,
      signals: fitted.rows.map((row) => ({ ...row, points: row.points.map(([t, v]) => [t, v]) })),
    },
    ...frame.fields,
    ...truncationField(fitted.truncation ?? current.truncation),
  };
}

function readSignals(call: MeasureCall, query: SignalQuery): Promise<Answer<SignalAnswer>> {
  const { service, window, signals } = query;
  const { metrics, services } = call.ports;
  const nothing = { series: [], missing: signals.map((signal) => ({ signal, tried: [] })) };
  const seen = async () => (await metrics.services({ window }, call)).data;
  return readOfService({ service, catalog: services, nothing, seen }, () =>
    metrics.querySignals(query, call),
  );
}

function toFit({ series, judgement, statistics, value, baseline, change }: ComparedSeries) {
  const telling = judgement.verdict !== 'stable' && judgement.verdict !== 'insufficient_data';
  const row = knownFields({
    signal: series.signal,
    unit: series.unit,
    group: Object.keys(series.group).length > 0 ? { ...series.group } : undefined,
    verdict: judgement.verdict,
    since: judgement.since?.toISOString(),
    until: judgement.until?.toISOString(),
    value,
    baseline,
    change: change === null ? undefined : roundTo(change, 3),
    statistics: rounded(statistics),
    convention: series.convention,
    metric: series.metric,
    traceIds: telling ? series.exemplarTraceIds?.slice(0, traceIdsMax) : undefined,
  });
  return { row, points: series.points, stepMs: series.stepMs, telling };
}

/** A series that is all gaps has no statistics. */
function rounded({ min, max, mean, p50, p95, last }: SignalStatistics) {
  const round = (value: number | null) => (value === null ? undefined : roundTo(value));
  return knownFields({
    ...{ min: round(min), max: round(max), mean: round(mean) },
    ...{ p50: round(p50), p95: round(p95), last: round(last) },
  });
}

function markerOf({ id, time, kind, by, version, title }: Deployment) {
  return knownFields({ id, time: time.toISOString(), kind, by, version, title: cutText(title, titleMax) });
}

function emptyHints(compared: readonly ComparedSeries[], service: string, of: string): readonly string[] {
  if (compared.length === 0)
    return [
      `No data of ${service} in this window. list_service_metrics shows what there is and when it was last seen.`,
    ];
  return compared.every(({ baseline }) => baseline === null)
    ? [`There are no data of the baseline (${of}): nothing could be compared.`]
    : [];
}

/** The period and its baseline are two questions, of which the same may be missing. */
function eachOnce(partial: readonly PartialFailure[]): readonly PartialFailure[] {
  return partial.filter(
    ({ backend, reason }, at) =>
      partial.findIndex((other) => other.backend === backend && other.reason === reason) === at,
  );
}

import type { CallContext } from '@devops-mcp/contract';
import {
  type Anomaly,
  type Deployment,
  type DeploymentsApi,
  estimateTokens,
  fitTokens,
  frameAnswer,
  knownFields,
  type MetricsApi,
  optionalAnswer,
  parsePeriod,
  roundTo,
  type ServicesApi,
  showWindow,
  truncationField,
} from '@devops-mcp/domain';
import type { AnomaliesAnswer } from '../tools/find-anomalies.js';
import { type AnomalousService, rankingMethod, rankServices } from './rank-services.js';

export interface AnomaliesCall extends CallContext {
  readonly input: {
    readonly environment: string;
    readonly period: string;
    readonly top: number;
    readonly maxTokens: number;
  };
  readonly ports: {
    readonly metrics: MetricsApi;
    readonly services: ServicesApi;
    readonly deployments: DeploymentsApi | undefined;
  };
}

/** A service deviates on many signals and instances at once: so many are asked for each service. */
const anomaliesPerService = 8;
const anomaliesMax = 300;
const signalsShown = 4;
const deploymentMinutes = 60;
/** Onsets this close together have no order. */
const togetherMs = 60_000;

export async function findAnomalousServices(call: AnomaliesCall): Promise<AnomaliesAnswer> {
  const { input, ports, now } = call;
  const { environment } = input;
  const { window, hints } = parsePeriod(input.period, now);
  const start = new Date(window.start.getTime() - deploymentMinutes * 60_000);
  const [found, history] = await Promise.all([
    ports.metrics.findAnomalies(
      { window, top: Math.min(anomaliesMax, input.top * anomaliesPerService) },
      call,
    ),
    optionalAnswer(
      { port: ports.deployments, name: 'deployments', environment, adds: 'deployments before an onset' },
      call,
      (port) => port.history({ window: { start, end: window.end }, limit: 200 }, call),
    ),
  ]);
  const ranked = rankServices(found.data.anomalies);
  const rows = ranked.map((entry) => rowOf(entry, ranked, ports.services, history.data ?? []));
  const { examined, method } = found.data;
  const notes = [...hints, ...(found.hints ?? []), ...history.hints, ...nothingFound(ranked, examined)];
  const partial = [...(found.partial ?? []), ...history.partial];
  const frame = frameAnswer({ window: showWindow(window, now), source: found.source, hints: notes, partial });
  const beside = { examined: { ...examined }, method, ranking: rankingMethod };
  const fitted = fitTokens(rows.slice(0, input.top), {
    maxTokens: input.maxTokens,
    reserved: frame.tokens + estimateTokens(beside),
    ...(found.truncation?.more ? { more: true } : { total: rows.length }),
    howToGetMore: 'Raise top or maxTokens, or narrow the period.',
  });
  return {
    data: { services: [...fitted.rows], ...beside },
    ...frame.fields,
    ...truncationField(fitted.truncation),
  };
}

function rowOf(
  entry: AnomalousService,
  all: readonly AnomalousService[],
  catalog: ServicesApi,
  deployments: readonly Deployment[],
): AnomaliesAnswer['data']['services'][number] {
  const own = catalog.get(entry.service);
  const before = entry.onset.getTime() + togetherMs;
  const deployment = deployments
    .filter(({ service, time }) => service === entry.service && time <= entry.onset)
    .filter(({ time }) => entry.onset.getTime() - time.getTime() <= deploymentMinutes * 60_000)
    .toSorted((a, b) => b.time.getTime() - a.time.getTime())[0];
  return {
    service: entry.service,
    ...(own?.owner ? { owner: own.owner } : {}),
    onset: entry.onset.toISOString(),
    score: roundTo(entry.score, 3),
    dependenciesBefore: (own?.dependsOn ?? []).filter((name) =>
      all.some((other) => other.service === name && other.strong && other.onset.getTime() <= before),
    ),
    ...(deployment ? { deployment: { id: deployment.id, time: deployment.time.toISOString() } } : {}),
    signals: entry.anomalies.slice(0, signalsShown).map(signalOf),
  };
}

function signalOf(anomaly: Anomaly) {
  return knownFields({
    signal: anomaly.signal,
    instance: anomaly.instance,
    unit: anomaly.unit,
    onset: anomaly.onset.toISOString(),
    end: anomaly.end?.toISOString(),
    baseline: roundTo(anomaly.baseline),
    value: roundTo(anomaly.value),
    score: roundTo(anomaly.score, 3),
  });
}

/** "Nothing is wrong" and "nothing was looked at" are different answers. */
function nothingFound(
  ranked: readonly AnomalousService[],
  examined: { readonly services: number; readonly series: number },
): readonly string[] {
  if (examined.series === 0)
    return ['There were no series to examine in this window: not enough data to say anything.'];
  if (ranked.length === 0)
    return [`Nothing left its normal: ${examined.series} series of ${examined.services} services examined.`];
  return ranked.some((entry) => entry.strong)
    ? []
    : ['No score reaches 8: with so many series, deviations of this size also happen by chance.'];
}

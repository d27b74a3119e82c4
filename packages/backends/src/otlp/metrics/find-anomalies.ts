import type { CallContext } from '@devops-mcp/contract';
import {
  anomalyMethod,
  findInSeries,
  hintsOfShort,
  type MetricsApi,
  rankAnomalies,
} from '@devops-mcp/domain';
import {
  type OtlpPort,
  openSession,
  type Session,
  telemetryName,
  whenThereAreData,
  windowMicros,
} from '../port-context.js';
import { anomalySeries, type StoredSeries } from './anomaly-series.js';

type Query = Parameters<MetricsApi['findAnomalies']>[0];

/**
 * Implements `MetricsApi.findAnomalies`. The baseline may lie in the window or, as far as there are data,
 * in one window's length before it; only what begins inside the window is reported, but for memory that
 * has grown since before it.
 */
export async function findAnomalies(
  port: OtlpPort,
  query: Query,
  context: CallContext,
): ReturnType<MetricsApi['findAnomalies']> {
  const session = await openSession(port, context, { services: query.services ?? [] });
  const names = query.services?.map((service) => telemetryName(session, service));
  const [start, end] = windowMicros(query.window);
  const first = Math.min(...session.snapshot.extents.map((extent) => extent.firstUs), end);
  const from = Math.max(start - (end - start), Math.min(first, start));
  const series = await anomalySeries(session, names, from, end);
  const found = findInSeries(series, start / 1_000, (name) => session.services.serviceOf(name));
  const { anomalies, truncation } = rankAnomalies(found, (end - start) / 1_000, query.top);
  const hints = [...session.snapshot.hints, ...hintsOf(session, series)];
  const examined = { services: new Set(series.map((line) => line.service)).size, series: series.length };
  return {
    data: { anomalies, examined, method: anomalyMethod },
    source: session.source(),
    ...(truncation === undefined ? {} : { truncation }),
    ...(hints.length > 0 ? { hints } : {}),
  };
}

function hintsOf(session: Session, series: readonly StoredSeries[]): readonly string[] {
  if (series.length === 0) return [whenThereAreData(session, ['points', 'spans'], 'metrics or spans')];
  const derived = new Set(series.filter((line) => line.derived).map((line) => line.service));
  return [
    ...hintsOfShort(series),
    ...(derived.size > 0
      ? [`${derived.size} services have no request metrics: their requests were derived from spans.`]
      : []),
  ];
}

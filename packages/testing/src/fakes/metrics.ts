import {
  type Anomaly,
  type DependenciesApi,
  type DependencyEdge,
  type MetricConvention,
  type MetricInfo,
  type MetricsApi,
  type Point,
  type SignalQuery,
  type SignalSeries,
  seriesStatistics,
  thinPoints,
  type Window,
} from '@devops-mcp/domain';
import { assertKnown } from './assert-known.js';
import { fakeAnswer } from './fake-answer.js';

export interface FakeSeries {
  readonly service: string;
  readonly signal: string;
  readonly unit: string;
  /** Grouping labels that the series has, e.g. `{ instance: 'payments-api-1' }`. */
  readonly group?: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
  readonly stepMs?: number;
  readonly metric?: string;
  readonly convention?: MetricConvention;
  readonly exemplarTraceIds?: readonly string[];
}

export interface FakeMetricsData {
  readonly series?: readonly FakeSeries[];
  readonly metrics?: Readonly<Record<string, readonly MetricInfo[]>>;
  /** Found by `findAnomalies` when their onset lies in the window. */
  readonly anomalies?: readonly Anomaly[];
}

/** Time series in memory. Without grouping, the first series of a signal stands for the service. */
export function fakeMetrics(data: FakeMetricsData): MetricsApi {
  const series = data.series ?? [];
  const names = [
    ...new Set([...series.map((s) => s.service), ...Object.keys(data.metrics ?? {})]),
  ].toSorted();
  return {
    async querySignals(query) {
      const own = series.filter((s) => s.service === query.service);
      assertKnown(query.service, names);
      const found = query.signals.flatMap((signal) => pick(own, signal, query));
      const missing = query.signals
        .filter((signal) => !found.some((s) => s.signal === signal))
        .map((signal) => ({ signal, tried: ['opentelemetry', 'istio'] }));
      return fakeAnswer('fake-metrics', { series: found, missing });
    },
    async listMetrics({ service }) {
      assertKnown(service, names);
      return fakeAnswer('fake-metrics', data.metrics?.[service] ?? []);
    },
    async findAnomalies({ window, services, top }) {
      const anomalies = (data.anomalies ?? [])
        .filter((a) => within(a.onset.getTime(), window) && (services?.includes(a.service) ?? true))
        .toSorted((a, b) => b.score - a.score);
      const examined = { services: names.length, series: series.length };
      return fakeAnswer('fake-metrics', {
        anomalies: anomalies.slice(0, top),
        examined,
        method: 'given by the test',
      });
    },
    async services() {
      return fakeAnswer('fake-metrics', names);
    },
  };
}

/** Calls between services in memory; an edge is seen in the window in which its `lastSeen` lies. */
export function fakeDependencies(edges: readonly DependencyEdge[]): DependenciesApi {
  return {
    async edges({ window }) {
      const seen = edges.filter((edge) => within(edge.lastSeen.getTime(), window));
      return fakeAnswer('fake-dependencies', seen, seen.length === 0);
    },
  };
}

function pick(own: readonly FakeSeries[], signal: string, query: SignalQuery): SignalSeries[] {
  const { groupBy } = query;
  const matching = own.filter(
    (s) => s.signal === signal && (groupBy ? s.group?.[groupBy] !== undefined : s.group === undefined),
  );
  return matching.flatMap((s) => {
    const inside = s.points.filter(([time]) => within(time, query.window));
    if (inside.length === 0) return [];
    const { points, stepMs } = thinPoints(inside, s.stepMs ?? 60_000, query.maxPoints);
    return {
      signal,
      unit: s.unit,
      group: s.group ?? {},
      convention: s.convention ?? 'opentelemetry',
      metric: s.metric ?? `fake.${signal}`,
      points,
      stepMs,
      statistics: seriesStatistics(inside),
      ...(s.exemplarTraceIds ? { exemplarTraceIds: s.exemplarTraceIds } : {}),
    };
  });
}

function within(timeMs: number, window: Window): boolean {
  return timeMs >= window.start.getTime() && timeMs < window.end.getTime();
}

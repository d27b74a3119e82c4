import { describe, expect, it } from 'vitest';
import type { Anomaly, DependenciesApi, DependencyEdge, MetricsApi, SignalSeries } from '../../src/index.js';
import { mergeDependencies } from '../../src/merging/dependencies.js';
import { mergeMetrics } from '../../src/merging/metrics.js';
import { answer, at, context, part, window } from './parts.js';

const series = (signal: string, metric: string): SignalSeries => ({
  ...{ signal, metric, unit: 'ratio', group: {}, convention: 'opentelemetry', stepMs: 60_000 },
  points: [[window.start.getTime(), 1]],
  statistics: { count: 1, min: 1, max: 1, mean: 1, p50: 1, p95: 1, last: 1 },
});
const anomaly = (service: string, signal: string, score: number): Anomaly => ({
  ...{ service, signal, score, instance: null, unit: '1', onset: at(10), end: null },
  ...{ baseline: 1, value: 9, direction: 'up' },
});

describe('metrics of several backends', () => {
  const query = { service: 'checkout', signals: ['error_rate', 'cpu', 'memory'], window, maxPoints: 60 };

  it('take each signal from the first that has it, and miss what all miss', async () => {
    const api = mergeMetrics([
      part<MetricsApi>('prom', {
        querySignals: async () =>
          answer('prom', {
            series: [series('error_rate', 'from-prom')],
            missing: [
              { signal: 'cpu', tried: ['container_cpu'] },
              { signal: 'memory', tried: ['container_memory'] },
            ],
          }),
      }),
      part<MetricsApi>('otlp', {
        querySignals: async () =>
          answer('otlp', {
            series: [series('error_rate', 'from-otlp'), series('cpu', 'from-otlp')],
            missing: [{ signal: 'memory', tried: ['process.memory'] }],
          }),
      }),
    ]);
    const { data } = await api.querySignals(query, context());
    expect(data.series.map(({ signal, metric }) => [signal, metric])).toEqual([
      ['error_rate', 'from-prom'],
      ['cpu', 'from-otlp'],
    ]);
    expect(data.missing).toEqual([
      { signal: 'memory', tried: ['prom: container_memory', 'otlp: process.memory'] },
    ]);
  });

  it('rank anomalies together and count a signal of a service once', async () => {
    const seen = (backend: string, anomalies: readonly Anomaly[]) =>
      part<MetricsApi>(backend, {
        findAnomalies: async () =>
          answer(backend, { anomalies, examined: { services: 3, series: 10 }, method: 'robust z' }),
      });
    const api = mergeMetrics([
      seen('prom', [anomaly('checkout', 'error_rate', 12), anomaly('search', 'cpu', 5)]),
      seen('otlp', [anomaly('checkout', 'error_rate', 20), anomaly('cart', 'cpu', 9)]),
    ]);
    const { data, truncation } = await api.findAnomalies({ window, top: 2 }, context());
    expect(data.anomalies.map(({ service, score }) => [service, score])).toEqual([
      ['checkout', 20],
      ['cart', 9],
    ]);
    expect(data).toMatchObject({ examined: { services: 3, series: 20 }, method: 'robust z' });
    expect(truncation).toMatchObject({ returned: 2, total: 3, more: true });
  });
});

describe('dependencies of several backends', () => {
  const edge = (from: string, to: string, callsPerSecond: number): DependencyEdge => ({
    ...{ from, to, callsPerSecond, errorShare: 0, p95Seconds: 0.1, lastSeen: at(callsPerSecond) },
  });
  const seen = (backend: string, ...edges: DependencyEdge[]) =>
    part<DependenciesApi>(backend, {
      edges: async () => answer(backend, edges),
    });

  it('are the union, told by the preferred one, with what differs in the hints', async () => {
    const api = mergeDependencies([
      seen('mesh', edge('web', 'cart', 10), edge('web', 'search', 5)),
      seen('spans', edge('web', 'cart', 30), edge('web', 'search', 6), edge('cart', 'stock', 1)),
    ]);
    const { data, hints } = await api.edges({ window }, context());
    expect(data.map(({ from, to, callsPerSecond }) => [from, to, callsPerSecond])).toEqual([
      ['web', 'cart', 10],
      ['web', 'search', 5],
      ['cart', 'stock', 1],
    ]);
    expect(data[0]?.lastSeen).toEqual(at(30));
    expect(hints).toEqual([
      'web → cart is seen differently: mesh 10/s, spans 30/s.',
      'Only spans sees cart → stock.',
    ]);
  });

  it('that agree say nothing more', async () => {
    const api = mergeDependencies([seen('mesh', edge('a', 'b', 2)), seen('spans', edge('a', 'b', 3))]);
    expect(await api.edges({ window }, context())).not.toHaveProperty('hints');
  });
});

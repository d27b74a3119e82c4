import { type BackendContext, defineBackend } from '@devops-mcp/contract';
import { type DependenciesApi, dependenciesPort, type MetricsApi, metricsPort } from '@devops-mcp/domain';
import { openSystem } from '../http/open-system.js';
import { dependencyEdges } from './dependencies.js';
import { examineDependencies, examineMetrics } from './examine.js';
import { findAnomalies } from './find-anomalies.js';
import { listMetrics } from './list-metrics.js';
import { type PrometheusConfig, prometheusConfig } from './prometheus-config.js';
import { querySignals } from './query-signals.js';
import { servicesWithMetrics } from './services.js';
import type { PrometheusPort } from './session.js';
import { timedCache } from './timed-cache.js';

type Context = BackendContext<PrometheusConfig>;

/** Prometheus, and any store that answers its HTTP API: VictoriaMetrics, Mimir, Thanos. Reads only. */
export const prometheusBackend = defineBackend({
  name: 'prometheus',
  title: 'Prometheus',
  config: prometheusConfig,
  ports: [
    {
      port: metricsPort,
      open: async (context: Context) => metricsApi(await openPort(context)),
      examine: async (context: Context, signal) => examineMetrics(context, await openPort(context), signal),
    },
    {
      port: dependenciesPort,
      open: async (context: Context) => dependenciesApi(await openPort(context)),
      examine: async (context: Context, signal) =>
        examineDependencies(context, await openPort(context), signal),
    },
  ],
});

async function openPort(context: Context): Promise<PrometheusPort> {
  const { config, services, clock } = context;
  const names = { system: 'Prometheus', use: 'prometheus', credential: 'the credential' };
  const client = await openSystem(context, config, names);
  return { client, config, services, cache: timedCache(clock) };
}

function metricsApi(port: PrometheusPort): MetricsApi {
  return {
    querySignals: (query, context) => querySignals(port, query, context),
    listMetrics: (query, context) => listMetrics(port, query, context),
    findAnomalies: (query, context) => findAnomalies(port, query, context),
    services: (query, context) => servicesWithMetrics(port, query, context),
  };
}

function dependenciesApi(port: PrometheusPort): DependenciesApi {
  return { edges: (query, context) => dependencyEdges(port, query, context) };
}

import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import {
  type BackendContext,
  type BackendDefinition,
  defineBackend,
  type Finding,
  ToolError,
} from '@devops-mcp/contract';
import {
  type DependenciesApi,
  dependenciesPort,
  type LogsApi,
  logsPort,
  type MetricsApi,
  metricsPort,
  type TracesApi,
  tracesPort,
} from '@devops-mcp/domain';
import { z } from 'zod';
import { examinePaths } from '../examine-paths.js';
import { dependencyEdges } from './dependencies.js';
import { errorSummary } from './logs/error-summary.js';
import { searchLogs } from './logs/search-logs.js';
import { findAnomalies } from './metrics/find-anomalies.js';
import { listMetrics } from './metrics/list-metrics.js';
import { querySignals } from './metrics/query-signals.js';
import { servicesWithTelemetry } from './metrics/services.js';
import type { OtlpPort } from './port-context.js';
import { type LoadDuckDb, loadDuckDb } from './store/duckdb.js';
import type { TableName } from './store/tables.js';
import { openTelemetry, type Telemetry } from './store/telemetry.js';
import { compareTraces } from './traces/compare-traces.js';
import { getTrace } from './traces/get-trace.js';
import { searchTraces } from './traces/search-traces.js';
import { typicalOperation } from './traces/typical-operation.js';

const config = z.strictObject({
  /** Folder (or file) where an OpenTelemetry collector's file exporter writes. */
  path: z.string().min(1).max(1_000),
});
type Config = z.output<typeof config>;
type Context = BackendContext<Config>;

/**
 * OpenTelemetry files: what the collector's file exporter writes as OTLP JSON lines, plain, gzip or zstd,
 * rotated or still growing. What is read is kept as Parquet below the state folder and asked through
 * DuckDB, which loads on the first call; several processes may share one folder.
 */
export function createOtlpBackend(load: LoadDuckDb = loadDuckDb): BackendDefinition {
  // The ports of one process share what they have read.
  const opened = new Map<string, Telemetry>();
  const open = (context: Context, tables: readonly TableName[]) => openPort(context, tables, opened, load);
  const examine = async (context: Context) => [...(await files(context)), await engine(load)];
  return defineBackend({
    name: 'otlp',
    title: 'OpenTelemetry files',
    config,
    ports: [
      // Where there are no metrics of requests, these come from spans.
      {
        port: metricsPort,
        open: async (context: Context) => metricsApi(await open(context, ['points', 'spans'])),
        examine,
      },
      {
        port: dependenciesPort,
        open: async (context: Context) => dependenciesApi(await open(context, ['spans'])),
        examine,
      },
      {
        port: logsPort,
        open: async (context: Context) => logsApi(await open(context, ['logs'])),
        examine,
      },
      {
        port: tracesPort,
        open: async (context: Context) => tracesApi(await open(context, ['spans'])),
        examine,
      },
    ],
  });
}

const files = examinePaths<Config>(({ path }) => [path]);

async function engine(load: LoadDuckDb): Promise<Finding> {
  try {
    await load();
    return { topic: 'configuration', level: 'ok', message: 'The engine that reads telemetry is installed.' };
  } catch (error) {
    const known = error instanceof ToolError ? error : undefined;
    return {
      topic: 'configuration',
      level: 'failure',
      message: known?.message ?? 'The engine that reads telemetry does not load.',
      fix: known?.hint ?? 'Install @duckdb/node-api beside the server.',
    };
  }
}

/** The backend as the table of backends names it. */
export const otlpBackend: BackendDefinition = createOtlpBackend();

async function openPort(
  context: Context,
  tables: readonly TableName[],
  opened: Map<string, Telemetry>,
  load: LoadDuckDb,
): Promise<OtlpPort> {
  const path = context.resolvePath(context.config.path);
  // One folder under two names must not be read twice; one that is not there yet has only one name.
  const root = await fs.realpath(path).catch(() => path);
  const key = join(context.stateDir, root);
  const known = opened.get(key);
  const telemetry =
    known ??
    openTelemetry({
      root,
      stateDir: context.stateDir,
      leases: context.leases,
      load,
      clock: context.clock,
    });
  opened.set(key, telemetry);
  return { telemetry, services: context.services, tables };
}

function metricsApi(port: OtlpPort): MetricsApi {
  return {
    querySignals: (query, context) => querySignals(port, query, context),
    listMetrics: (query, context) => listMetrics(port, query, context),
    findAnomalies: (query, context) => findAnomalies(port, query, context),
    services: (query, context) => servicesWithTelemetry(port, query, context),
  };
}

function dependenciesApi(port: OtlpPort): DependenciesApi {
  return { edges: (query, context) => dependencyEdges(port, query, context) };
}

function logsApi(port: OtlpPort): LogsApi {
  return {
    search: (query, context) => searchLogs(port, query, context),
    errorSummary: (query, context) => errorSummary(port, query, context),
  };
}

function tracesApi(port: OtlpPort): TracesApi {
  return {
    search: (query, context) => searchTraces(port, query, context),
    get: (query, context) => getTrace(port, query, context),
    typical: (query, context) => typicalOperation(port, query, context),
    compare: (query, context) => compareTraces(port, query, context),
  };
}

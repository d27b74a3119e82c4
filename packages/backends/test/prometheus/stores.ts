import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendContext } from '@devops-mcp/contract';
import type { DependenciesApi, MetricsApi } from '@devops-mcp/domain';
import { backendContext, createBlocks, startPrometheus, startVictoriaMetrics } from '@devops-mcp/testing';
import { prometheusBackend } from '../../src/prometheus/prometheus-backend.js';
import { type PrometheusConfig, prometheusConfig } from '../../src/prometheus/prometheus-config.js';
import { type FamilySamples, openMetrics } from './open-metrics.js';

export interface Ports {
  readonly metrics: MetricsApi;
  readonly dependencies: DependenciesApi;
}

export interface Store {
  readonly address: string;
  close(): Promise<void>;
}

/** The real stores, each filled with the same history. */
export const stores: readonly {
  readonly name: string;
  readonly programs: readonly ('prometheus' | 'promtool' | 'victoria-metrics')[];
  fill(families: readonly FamilySamples[]): Promise<Store>;
}[] = [
  { name: 'Prometheus', programs: ['prometheus', 'promtool'], fill: filledPrometheus },
  { name: 'VictoriaMetrics', programs: ['victoria-metrics'], fill: filledVictoriaMetrics },
];

export async function filledPrometheus(
  families: readonly FamilySamples[],
  args: readonly string[] = [],
): Promise<Store> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'prometheus-blocks-'));
  await createBlocks(openMetrics(families), dataFolder);
  const server = await startPrometheus({ dataFolder, args });
  return {
    address: server.address,
    close: async () => {
      await server.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function filledVictoriaMetrics(families: readonly FamilySamples[]): Promise<Store> {
  const server = await startVictoriaMetrics();
  await server.importOpenMetrics(openMetrics(families));
  return server;
}

/** The backend's ports over a store, as the runtime opens them. */
export async function openPorts(
  settings: Readonly<Record<string, unknown>>,
  given: Partial<BackendContext<PrometheusConfig>> = {},
): Promise<Ports> {
  const context = contextFor(settings, given);
  const opened = new Map<string, object>();
  for (const { port, open } of prometheusBackend.ports) opened.set(port.name, await open(context));
  const port = (name: string) => opened.get(name) ?? {};
  // A backend's ports are objects of the interface that each port names.
  return {
    metrics: port('metrics') as MetricsApi,
    dependencies: port('dependencies') as DependenciesApi,
  };
}

export function contextFor(
  settings: Readonly<Record<string, unknown>>,
  given: Partial<BackendContext<PrometheusConfig>> = {},
): BackendContext<PrometheusConfig> {
  return backendContext({ config: prometheusConfig.parse(settings), folder: tmpdir(), ...given });
}

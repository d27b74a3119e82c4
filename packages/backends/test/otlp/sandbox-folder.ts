import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallContext, LeaseStore, ServiceMapping } from '@devops-mcp/contract';
import type { DependenciesApi, LogsApi, MetricsApi, TracesApi } from '@devops-mcp/domain';
import { callContext } from '@devops-mcp/domain/contract-tests';
import { createOtlpBackend } from '../../src/otlp/otlp-backend.js';
import type { LoadDuckDb } from '../../src/otlp/store/duckdb.js';
import type { Line } from './otlp-json.js';

/** The ports of one process over a folder. */
export interface Ports {
  readonly metrics: MetricsApi;
  readonly dependencies: DependenciesApi;
  readonly logs: LogsApi;
  readonly traces: TracesApi;
}

export interface Folder {
  readonly telemetry: string;
  readonly state: string;
  write(name: string, lines: readonly Line[]): Promise<void>;
  append(name: string, content: string | Buffer): Promise<void>;
  /** Each call is another process as far as the backend can tell. */
  open(options?: OpenOptions): Promise<Ports>;
}

export interface OpenOptions {
  readonly services?: Partial<ServiceMapping>;
  readonly load?: LoadDuckDb;
  readonly path?: string;
}

const folders: string[] = [];

/** A telemetry folder and a state folder in the system's temporary folder. */
export async function telemetryFolder(): Promise<Folder> {
  const root = await fs.mkdtemp(join(tmpdir(), 'otlp-'));
  folders.push(root);
  const telemetry = join(root, 'telemetry');
  const state = join(root, 'state');
  await fs.mkdir(telemetry);
  const leases = leaseStore();
  return {
    telemetry,
    state,
    write: (name, lines) => fs.writeFile(join(telemetry, name), jsonLines(lines)),
    append: (name, content) => fs.appendFile(join(telemetry, name), content),
    open: (options = {}) => openPorts(options.path ?? telemetry, state, leases, options),
  };
}

export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await fs.rm(folder, { recursive: true, force: true });
}

export function jsonLines(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A call that can be cancelled and that keeps what progress was reported. */
export function watchedCall(): CallContext & { readonly reports: string[]; cancel(): void } {
  const controller = new AbortController();
  const reports: string[] = [];
  return {
    ...callContext(),
    signal: controller.signal,
    progress: (_done, _total, message) => reports.push(message ?? ''),
    reports,
    cancel: () => controller.abort(),
  };
}

/** One holder at a time, as the suite's store does it between processes. */
export function leaseStore(): LeaseStore {
  const held = new Set<string>();
  return {
    async acquire(name) {
      if (held.has(name)) return undefined;
      held.add(name);
      return {
        renew: async () => held.has(name),
        release: async () => {
          held.delete(name);
        },
      };
    },
  };
}

async function openPorts(
  path: string,
  stateDir: string,
  leases: LeaseStore,
  options: OpenOptions,
): Promise<Ports> {
  const backend = createOtlpBackend(options.load);
  const services: ServiceMapping = {
    telemetryName: (service) => service,
    serviceOf: (name) => name,
    setting: () => undefined,
    services: () => [],
    ...options.services,
  };
  const context = {
    network: { proxy: null, noProxy: [], caFile: null },
    config: backend.config.parse({ path }),
    environment: { name: 'production', class: 'production' } as const,
    resolvePath: (relative: string) => relative,
    stateDir,
    services,
    leases,
    clock: () => new Date(),
    warn: () => undefined,
  };
  const opened = new Map<string, object>();
  for (const { port, open } of backend.ports) opened.set(port.name, await open(context));
  const port = (name: string) => opened.get(name) ?? {};
  // A backend's ports are objects of the interface that each port names.
  return {
    metrics: port('metrics') as MetricsApi,
    dependencies: port('dependencies') as DependenciesApi,
    logs: port('logs') as LogsApi,
    traces: port('traces') as TracesApi,
  };
}

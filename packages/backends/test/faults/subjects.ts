import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendDefinition, CallContext, ErrorCode, JsonObject } from '@devops-mcp/contract';
import type {
  AlertsApi,
  AlertsWriteApi,
  DeploymentsApi,
  DeploymentsWriteApi,
  MetricsApi,
  WorkloadsApi,
} from '@devops-mcp/domain';
import { backendContext } from '@devops-mcp/testing';
import { type FaultProxy, type FaultRule, startFaultProxy } from '@devops-mcp/testing/faults';
import { startFakeCluster } from '@devops-mcp/testing/kubernetes';
import { alertmanagerBackend } from '../../src/alertmanager/alertmanager-backend.js';
import { kubernetesBackend } from '../../src/kubernetes/kubernetes-backend.js';
import { prometheusBackend } from '../../src/prometheus/prometheus-backend.js';
import type { FaultName } from './fault-table.js';
import { goodAlertmanager } from './good-alertmanager.js';
import { goodPrometheus } from './good-prometheus.js';

export const now = new Date('2026-11-20T10:00:00Z');
const window = { start: new Date('2026-11-20T09:00:00Z'), end: now };

/** One system behind the proxy, whose ports are opened anew for each test. */
export interface System {
  readonly proxy: FaultProxy;
  /** How many writes have reached the system itself. */
  written(): number;
  open(port: string): Promise<Ports>;
  close(): Promise<void>;
}

/** What the ports of a backend are, by name; each test knows which one it opened. */
export type Ports = MetricsApi &
  AlertsApi &
  AlertsWriteApi &
  WorkloadsApi &
  DeploymentsApi &
  DeploymentsWriteApi;

export interface Subject {
  readonly name: string;
  readonly system: () => Promise<System>;
  readonly port: string;
  ask(ports: Ports, call: CallContext): Promise<unknown>;
  /** What the hint of a 403 has to name. */
  readonly permission: string;
  /** Where the adapter knows more than the status says. */
  readonly codes?: Partial<Record<FaultName, ErrorCode>>;
}

export interface WriteSubject extends Subject {
  /** Reads only, and is done before the fault begins. */
  plan(ports: Ports, call: CallContext): Promise<{ readonly change: JsonObject }>;
  apply(ports: Ports, change: JsonObject, call: CallContext): Promise<unknown>;
  /** Which of its requests is the write. */
  readonly write: Pick<FaultRule, 'method' | 'path'>;
}

const noQueryApi = { '404': 'unavailable' } as const;
const keyed = { idempotencyKey: 'a-key-of-this-test', message: '', by: '' };
const maySilence = { name: 'service', value: 'checkout', isRegex: false, isEqual: true } as const;

export const reads: readonly Subject[] = [
  {
    name: 'prometheus metrics.querySignals',
    ...{ system: prometheus, port: 'metrics', permission: 'query metrics', codes: noQueryApi },
    ask: ({ querySignals }, call) =>
      querySignals({ service: 'checkout', signals: ['request_rate'], window, maxPoints: 60 }, call),
  },
  {
    name: 'prometheus metrics.services',
    ...{ system: prometheus, port: 'metrics', permission: 'query metrics', codes: noQueryApi },
    ask: ({ services }, call) => services({ window }, call),
  },
  {
    name: 'alertmanager alerts.active',
    ...{ system: alertmanager, port: 'alerts', permission: '/api/v2' },
    ask: ({ active }, call) => active({}, call),
  },
  {
    name: 'alertmanager alerts.silences',
    ...{ system: alertmanager, port: 'alerts', permission: '/api/v2' },
    ask: ({ silences }, call) => silences({}, call),
  },
  {
    name: 'kubernetes workloads.status',
    ...{ system: kubernetes, port: 'workloads', permission: 'list on' },
    ask: ({ status }, call) => status({}, call),
  },
  {
    name: 'kubernetes deployments.history',
    ...{ system: kubernetes, port: 'deployments', permission: 'list on' },
    ask: ({ history }, call) => history({ service: 'checkout', limit: 10 }, call),
  },
];

export const writes: readonly WriteSubject[] = [
  {
    name: 'alertmanager alerts.applyChange',
    ...{ system: alertmanager, port: 'alerts', permission: 'POST /api/v2/silences' },
    ask: (ports, call) => ports.silences({}, call),
    plan: ({ planSilence }, call) =>
      planSilence({ matchers: [maySilence], minutes: 10, comment: 'while the disk is replaced' }, call),
    apply: ({ applyChange }, change, call) =>
      applyChange(
        { change, idempotencyKey: 'a-key-of-this-test', by: 'group:default/team-oncall' } as never,
        call,
      ),
    write: { method: 'POST', path: '/silences' },
  },
  {
    name: 'kubernetes deployments.applyChange of a scale',
    ...{ system: kubernetes, port: 'deployments', permission: 'patch on' },
    ask: (ports, call) => ports.history({ service: 'checkout', limit: 10 }, call),
    plan: async ({ planScale }, call) => (await planScale({ service: 'checkout', replicas: 4 }, call)).plan,
    apply: ({ applyChange }, change, call) => applyChange({ ...keyed, change, message: 'more' }, call),
    // The dry run before it is a read.
    write: { method: 'PATCH', path: /^(?!.*dryRun)/ },
  },
];

async function prometheus(): Promise<System> {
  const server = await goodPrometheus();
  const proxy = await startFaultProxy({ target: server.url });
  return {
    proxy,
    written: () => 0,
    open: (port) => opened(prometheusBackend, port, { address: proxy.url }, tmpdir()),
    close: async () => {
      await proxy.close();
      await server.close();
    },
  };
}

async function alertmanager(): Promise<System> {
  const server = await goodAlertmanager();
  const proxy = await startFaultProxy({ target: server.url });
  return {
    proxy,
    written: () => server.silences.length,
    open: (port) => opened(alertmanagerBackend, port, { address: proxy.url, write: {} }, tmpdir()),
    close: async () => {
      await proxy.close();
      await server.close();
    },
  };
}

async function kubernetes(): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'faults-'));
  const cluster = await startFakeCluster({ controllers: true });
  const proxy = await startFaultProxy({ target: cluster.address });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig().replace(cluster.address, proxy.url));
  cluster.put(checkout);
  const isWrite = ({ method, query }: (typeof cluster.requests)[number]) =>
    method === 'PATCH' && !query.dryRun;
  return {
    proxy,
    written: () => cluster.requests.filter(isWrite).length,
    open: (port) => opened(kubernetesBackend, port, { kubeconfig, write: { kubeconfig } }, folder),
    close: async () => {
      await proxy.close();
      await cluster.close();
      await rm(folder, { recursive: true });
    },
  };
}

const labels = { app: 'checkout', 'app.kubernetes.io/name': 'checkout' };
const checkout = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'checkout', namespace: 'default', labels },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'checkout' } },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'checkout', image: 'registry.example.com/checkout:1.4.0' }] },
    },
  },
};

/** The reading and, where there is one, the writing side of a port. */
async function opened(
  backend: BackendDefinition,
  port: string,
  settings: object,
  folder: string,
): Promise<Ports> {
  const context = backendContext({
    config: backend.config.parse(settings),
    folder,
    resolvePath: (path) => path,
  });
  const found = backend.ports.find((one) => one.port.name === port);
  const read = await found?.open(context);
  const write = await found?.openWrite?.(context);
  // Only what the port has is used of it.
  return { ...read, ...write } as Ports;
}

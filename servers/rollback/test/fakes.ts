import type { JsonObject } from '@devops-mcp/contract';
import { ToolError } from '@devops-mcp/contract';
import type {
  Deployment,
  DeploymentsApi,
  DeploymentsWriteApi,
  DesiredState,
  DiffSummary,
  MetricsApi,
  MigrationFile,
  PlanStoreApi,
} from '@devops-mcp/domain';

export const now = new Date('2026-05-04T12:00:00Z');
export const context = { now, signal: new AbortController().signal, progress: () => undefined };
const source = { backend: 'fake' };

export const noChanges: DiffSummary = {
  commits: 1,
  authors: ['team-payments@example.com'],
  pullRequests: ['#41'],
  filesByArea: { manifests: 1 },
  migrations: [],
  configuration: [],
  flags: [],
  image: null,
  resources: [],
  replicas: null,
};

export function deployment(version: string, time: string, facts: Partial<Deployment> = {}): Deployment {
  return {
    id: `d-${version}`,
    service: 'payments-api',
    time: new Date(time),
    by: 'team-payments@example.com',
    revision: version.replaceAll('.', '').padEnd(40, '0'),
    version,
    image: `registry.example.com/payments-api:${version}`,
    result: 'succeeded',
    title: `Deploy ${version}`,
    kind: 'deployment',
    diff: noChanges,
    ...facts,
  };
}

export interface FakeRepository {
  readonly api: DeploymentsApi & DeploymentsWriteApi;
  readonly applied: JsonObject[];
  /** What the live state looks like; change it to make a plan stale. */
  live: { tree: string };
}

export function fakeRepository(
  history: readonly Deployment[],
  migrations: readonly MigrationFile[] = [],
): FakeRepository {
  const applied: JsonObject[] = [];
  const live = { tree: 'tree-now' };
  const state = (version: Deployment): DesiredState => ({
    service: 'payments-api',
    revision: version.revision,
    image: version.image,
    replicas: 4,
    autoscaler: null,
    configuration: { TIMEOUT: version.version ?? '' },
    secretReferences: ['payments-db'],
    flags: {},
  });
  const unsupported = async () => {
    throw new ToolError('unsupported', 'Not part of this fake.');
  };
  const api: DeploymentsApi & DeploymentsWriteApi = {
    history: async ({ limit }) => ({ data: history.slice(0, limit), source }),
    diff: async ({ from, to }) => ({ data: { from, to, summary: noChanges, files: [] }, source }),
    desired: async () => ({ data: state(history[0] ?? deployment('0', now.toISOString())), source }),
    migrationsBetween: async () => ({ data: migrations, source }),
    planRollback: async ({ revision }) => {
      const target = history.find((one) => one.revision === revision);
      const current = history[0];
      if (!target || !current) throw new ToolError('not_found', 'No such revision.');
      return {
        plan: {
          change: { restore: revision },
          observed: { tree: live.tree },
          summary: `Restores services/payments-api as of ${revision.slice(0, 10)}`,
          diff: '--- a/deployment.yaml\n+++ b/deployment.yaml\n-image: new\n+image: old',
        },
        current: state(current),
        next: state(target),
      };
    },
    planScale: unsupported,
    planRestart: unsupported,
    planConfigChange: unsupported,
    applyChange: async ({ change }) => {
      applied.push(change);
      return { summary: 'Committed.', artifactRef: 'commit-1', observed: {}, verified: true };
    },
  };
  return { api, applied, live };
}

/** Error rates by the version that ran: what the windows before each deployment's end look like. */
export function fakeMetrics(
  rateAt: (window: { start: Date; end: Date }) => number,
): Pick<MetricsApi, 'querySignals'> {
  return {
    querySignals: async ({ window }) => {
      const rate = rateAt(window);
      const statistics = { count: 60, min: rate, max: rate, mean: rate, p50: rate, p95: rate, last: rate };
      const series = {
        signal: 'error_rate',
        unit: 'ratio',
        group: {},
        convention: 'opentelemetry' as const,
        metric: 'm',
        points: [],
        stepMs: 60_000,
        statistics,
      };
      return { data: { series: [series], missing: [] }, source };
    },
  };
}

export function fakePlanStore(): PlanStoreApi & { readonly documents: Map<string, JsonObject> } {
  const documents = new Map<string, JsonObject>();
  return {
    documents,
    async put(plan) {
      const id = `plan-${documents.size + 1}-0000`;
      documents.set(id, plan);
      return { id, expires: new Date(now.getTime() + 30 * 60_000) };
    },
    async get(id) {
      const found = documents.get(id);
      if (!found) throw new ToolError('not_found', 'No such plan.');
      return found;
    },
  };
}

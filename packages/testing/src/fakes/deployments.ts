import { type JsonObject, ToolError } from '@devops-mcp/contract';
import type {
  Deployment,
  DeploymentsApi,
  DeploymentsWriteApi,
  DesiredState,
  DiffSummary,
  MigrationFile,
  PlannedChange,
  RevisionDiff,
} from '@devops-mcp/domain';
import { applyOnce } from './apply-once.js';
import { fakeAnswer } from './fake-answer.js';

export interface FakeDeploymentsData {
  readonly deployments?: readonly Deployment[];
  /** What is desired now, one for each service; changed in place when a plan is applied. */
  readonly desired?: readonly DesiredState[];
  /** What was desired at earlier revisions. */
  readonly past?: readonly DesiredState[];
  readonly diffs?: readonly RevisionDiff[];
  readonly migrations?: readonly MigrationFile[];
}

export interface FakeDeployments extends DeploymentsApi, DeploymentsWriteApi {
  /** Everything that was applied, in order. */
  readonly applied: readonly JsonObject[];
}

/** Deployments and desired state in memory; a revision is the text `rev-<n>` after every change. */
export function fakeDeployments(data: FakeDeploymentsData): FakeDeployments {
  const state = new Map((data.desired ?? []).map((desired) => [desired.service, desired]));
  const now = (service: string) => known(state.get(service), service);
  return {
    ...applyOnce((change, place) => {
      const { service, from: expected, next } = readChange(change);
      if (now(service).revision !== expected)
        throw new ToolError('conflict', `The desired state of ${service} has changed since the plan.`);
      const revision = `rev-${place}`;
      state.set(service, { ...next, revision });
      return { summary: `Applied to ${service}`, artifactRef: revision, observed: { revision } };
    }),
    async history({ service, window, limit }) {
      const found = (data.deployments ?? [])
        .filter((d) => service === undefined || d.service === service)
        .filter((d) => window === undefined || (d.time >= window.start && d.time < window.end))
        .toSorted((a, b) => b.time.getTime() - a.time.getTime());
      return from(found.slice(0, limit));
    },
    async diff({ from: earlier, to }) {
      const diff = data.diffs?.find((d) => d.from === earlier && d.to === to);
      return from(diff ?? { from: earlier, to, summary: emptyDiffSummary, files: [] });
    },
    async desired({ service, revision }) {
      const past = data.past?.find((d) => d.service === service && d.revision === revision);
      return from(past ?? now(service));
    },
    async migrationsBetween() {
      return from(data.migrations ?? []);
    },
    async planScale({ service, replicas }) {
      return planned(now(service), { ...now(service), replicas }, `Scale ${service} to ${replicas}`);
    },
    async planRestart({ service, pod }) {
      if (pod !== undefined) throw new ToolError('unsupported', 'This system has no pods.');
      return planned(now(service), now(service), `Restart ${service}`);
    },
    async planRollback({ service, revision }) {
      const target = data.past?.find((d) => d.service === service && d.revision === revision);
      return planned(now(service), known(target, service), `Roll ${service} back to ${revision}`);
    },
    async planConfigChange({ service, set, title }) {
      const current = now(service);
      return planned(current, { ...current, configuration: { ...current.configuration, ...set } }, title);
    },
  };
}

/** A diff in which nothing changed. */
export const emptyDiffSummary: DiffSummary = {
  commits: 0,
  authors: [],
  pullRequests: [],
  filesByArea: {},
  migrations: [],
  configuration: [],
  flags: [],
  image: null,
  resources: [],
  replicas: null,
};

function planned(current: DesiredState, next: DesiredState, summary: string): PlannedChange {
  // Desired states are plain JSON data; the interface only lacks the index signature.
  const change = {
    service: current.service,
    from: current.revision,
    next: structuredClone(next) as unknown as JsonObject,
  };
  return {
    plan: { change, observed: { revision: current.revision }, summary, diff: differences(current, next) },
    current,
    next,
  };
}

function differences(current: DesiredState, next: DesiredState): string {
  const old = new Map(Object.entries(current).map(([key, value]) => [key, JSON.stringify(value)]));
  return Object.entries(next)
    .filter(([key, value]) => old.get(key) !== JSON.stringify(value))
    .map(([key, value]) => `-${key}: ${old.get(key)}\n+${key}: ${JSON.stringify(value)}`)
    .join('\n');
}

function readChange(change: JsonObject): { service: string; from: string; next: DesiredState } {
  // Only changes that this fake planned come back here.
  return change as unknown as { service: string; from: string; next: DesiredState };
}

function known<T>(found: T | undefined, service: string): T {
  if (found === undefined) throw new ToolError('not_found', `No desired state of ${service} is known.`);
  return found;
}

function from<T>(data: T) {
  return fakeAnswer('fake-deployments', data);
}

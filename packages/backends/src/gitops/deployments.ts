import { type BackendContext, type Source, ToolError, type Truncation } from '@devops-mcp/contract';
import type { DeploymentsApi, DeploymentsWriteApi } from '@devops-mcp/domain';
import { applyChange } from './apply-change.js';
import { deployedRevision, serviceStateAt } from './desired.js';
import { defaultIdentity, type GitopsConfig } from './gitops-config.js';
import { type History, readHistory } from './history.js';
import { migrationsBetween } from './migrations.js';
import { type PlanBase, planBase } from './plan.js';
import { planConfigChange } from './plan-config-change.js';
import { planRestart } from './plan-restart.js';
import { planRollback } from './plan-rollback.js';
import { planScale } from './plan-scale.js';
import { headOf, openRepository, type Repository, resolveRevision } from './repository.js';
import { diffRevisions, sameRevision } from './revision-diff.js';
import { allServicePaths, servicePath, unknownService } from './service-path.js';

export type Open = (signal: AbortSignal) => Promise<Repository>;

/** Opens once and remembers; a failure is tried again by the next call. */
export function opener(context: BackendContext<GitopsConfig>, path: string): Open {
  let opened: Repository | undefined;
  return async (signal) => {
    opened ??= await openRepository(context.resolvePath(path), context.config.branch, signal);
    return opened;
  };
}

/** The read side over a GitOps repository. */
export function deploymentsOver(context: BackendContext<GitopsConfig>, open: Open): DeploymentsApi {
  const environment = context.environment.name;
  const pathOf = (service: string) => servicePath(context.services, service);
  const base = async (service: string, signal: AbortSignal): Promise<PlanBase> =>
    planBase(await open(signal), pathOf(service), environment, signal);
  return {
    async history({ service, window, limit }, { signal }) {
      const repository = await open(signal);
      const services =
        service === undefined
          ? await allServicePaths(repository, context.services, await headOf(repository, signal), signal)
          : [pathOf(service)];
      const most = Math.min(Math.max(limit, 1), 200);
      const history = await readHistory(repository, { services, environment, window, limit: most }, signal);
      if (service !== undefined && !history.known.has(service))
        throw unknownService(service, pathOf(service).path);
      return {
        data: history.deployments,
        source: source(repository, `log of ${service === undefined ? 'all services' : pathOf(service).path}`),
        ...optionalParts(historyTruncation(history), history.hints),
      };
    },
    async diff({ service, from, to }, { signal }) {
      const repository = await open(signal);
      const [older, newer] = await Promise.all([
        resolveRevision(repository, from, signal),
        resolveRevision(repository, to, signal),
      ]);
      const same = sameRevision(older, newer);
      if (same) throw same;
      const range = { from: older, to: newer, environment };
      const { diff, truncation } = await diffRevisions(repository, pathOf(service), range, signal);
      const query = `${older.slice(0, 12)}..${newer.slice(0, 12)} in ${pathOf(service).path}`;
      return { data: diff, source: source(repository, query), ...optionalParts(truncation, []) };
    },
    async desired({ service, revision }, { signal }) {
      const repository = await open(signal);
      const owner = pathOf(service);
      const commit =
        revision === undefined
          ? await headOf(repository, signal)
          : await resolveRevision(repository, revision, signal);
      const state = await serviceStateAt(repository, owner, commit, environment, signal);
      const shown =
        revision === undefined ? await deployedRevision(repository, owner, commit, signal) : commit;
      const hints = state.manifests.unreadable.map((path) => `${path} is not valid YAML and was left out.`);
      return {
        data: { ...state.desired, revision: shown },
        source: source(repository, `tree of ${owner.path} at ${shown.slice(0, 12)}`),
        ...optionalParts(undefined, hints.slice(0, 10)),
      };
    },
    async migrationsBetween({ service, from, to }, { signal }) {
      const repository = await open(signal);
      const [older, newer] = await Promise.all([
        resolveRevision(repository, from, signal),
        resolveRevision(repository, to, signal),
      ]);
      const range = { service, from: older, to: newer };
      const { files, hints } = await migrationsBetween(repository, context.services, range, signal);
      const query = `migrations ${older.slice(0, 12)}..${newer.slice(0, 12)}`;
      return { data: files, source: source(repository, query), ...optionalParts(undefined, hints) };
    },
    planScale: async ({ service, replicas }, { signal }) => {
      if (!Number.isInteger(replicas) || replicas < 0 || replicas > 10_000)
        throw new ToolError(
          'invalid_input',
          'The number of replicas must be a whole number from 0 to 10000.',
        );
      return planScale(await base(service, signal), replicas);
    },
    async planRestart({ service, pod }, { signal }) {
      if (pod !== undefined) {
        throw new ToolError(
          'unsupported',
          'A repository holds no pods; it can only restart all of a service.',
          {
            hint: 'Use restart_service, or put the cluster behind the deployments port (`use: kubernetes`).',
          },
        );
      }
      return planRestart(await base(service, signal));
    },
    planRollback: async ({ service, revision }, { signal }) =>
      planRollback(await base(service, signal), revision, signal),
    planConfigChange: async ({ service, set, title }, { signal }) =>
      planConfigChange(await base(service, signal), set, title),
  };
}

/** The write side: one commit at a time, in the repository of `write`. */
export function deploymentsWriting(
  context: BackendContext<GitopsConfig>,
  openDesired: Open,
): DeploymentsWriteApi {
  const { write } = context.config;
  if (write === undefined)
    throw new ToolError('denied', 'No write credential is configured for deployments here.', {
      hint: 'Add write: { path } to the gitops backend of this environment.',
    });
  const openWritable = opener(context, write.path);
  return {
    async applyChange(command, { signal }) {
      const [desired, writable] = await Promise.all([openDesired(signal), openWritable(signal)]);
      const identity = write.identity ?? defaultIdentity;
      return applyChange(command, { desired, writable, identity, clock: context.clock }, signal);
    },
  };
}

function source(repository: Repository, query: string): Source {
  return { backend: 'gitops', query: `git ${query}, branch ${repository.branch}` };
}

function historyTruncation(history: History): Truncation | undefined {
  const returned = history.deployments.length;
  if (returned >= history.total) return undefined;
  const howToGetMore = 'Raise limit, or ask for an earlier or shorter period.';
  return { returned, total: history.total, more: true, howToGetMore };
}

function optionalParts(truncation: Truncation | undefined, hints: readonly string[]) {
  return { ...(truncation ? { truncation } : {}), ...(hints.length > 0 ? { hints } : {}) };
}

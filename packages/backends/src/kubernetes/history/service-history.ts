import type { CallContext, PartialFailure, ServiceMapping } from '@devops-mcp/contract';
import type { Deployment, Window } from '@devops-mcp/domain';
import type { KubeClient } from '../connection/kube-client.js';
import { type FoundWorkload, findWorkloads } from '../services/find-workloads.js';
import { type Aside, aside } from '../workloads/aside.js';
import { helmReleases } from './helm-releases.js';
import { withReleases } from './with-releases.js';
import { workloadHistory } from './workload-history.js';
import { workloadRevisions } from './workload-revisions.js';

export interface History {
  readonly deployments: readonly Deployment[];
  readonly total: number;
  readonly partial: readonly PartialFailure[];
}

export interface HistoryOptions {
  readonly window: Window | undefined;
  readonly limit: number;
  /** Whether releases of Helm are read. */
  readonly helm: boolean;
}

/** Newest first. Rejects with `not_found` for an unknown service. */
export async function serviceHistory(
  client: KubeClient,
  services: ServiceMapping,
  service: string,
  options: HistoryOptions,
  context: CallContext,
): Promise<History> {
  const found = await findWorkloads(client, services, service, context);
  const beside = aside(context.signal);
  const all: Deployment[] = [];
  for (const workload of found)
    all.push(...(await historyOf(client, service, workload, options.helm, beside, context)));
  return { ...newest(all, options), partial: beside.partial() };
}

/** Everything known of one workload, newest first. */
export async function historyOf(
  client: KubeClient,
  service: string,
  workload: FoundWorkload,
  helm: boolean,
  beside: Aside,
  context: CallContext,
): Promise<readonly Deployment[]> {
  const revisions = await workloadRevisions(client, workload, context);
  const rollouts = workloadHistory(service, workload, revisions);
  if (!helm) return rollouts;
  const releases = await beside.ask('Helm releases', () => helmReleases(client, workload, context), []);
  return withReleases(service, rollouts, releases);
}

/** The newest of a window, and how many there are in it. */
export function newest(
  all: readonly Deployment[],
  { window, limit }: Pick<HistoryOptions, 'window' | 'limit'>,
): { readonly deployments: readonly Deployment[]; readonly total: number } {
  const within = all.filter(
    ({ time }) => window === undefined || (time >= window.start && time < window.end),
  );
  const sorted = within.toSorted((a, b) => b.time.getTime() - a.time.getTime());
  return { deployments: sorted.slice(0, limit), total: within.length };
}

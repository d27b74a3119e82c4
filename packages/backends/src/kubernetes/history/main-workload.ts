import { type CallContext, type ServiceMapping, ToolError } from '@devops-mcp/contract';
import type { KubeClient } from '../connection/kube-client.js';
import { type FoundWorkload, findWorkloads } from '../services/find-workloads.js';
import { currentOf, type WorkloadRevision, workloadRevisions } from './workload-revisions.js';

export interface RevisionAt {
  readonly workload: FoundWorkload;
  readonly revision: WorkloadRevision;
}

/**
 * The workload and revision that are meant: by the name of a ReplicaSet or ControllerRevision, by the
 * hash in it, by its number, or without one what is current in the workload named like the service,
 * else in its first. Rejects with `not_found` (details.known) for a revision that is not kept.
 */
export async function revisionAt(
  client: KubeClient,
  services: ServiceMapping,
  { service, revision }: { readonly service: string; readonly revision?: string | undefined },
  context: CallContext,
): Promise<RevisionAt> {
  const found = await findWorkloads(client, services, service, context);
  const ordered = found.toSorted((a, b) => rank(a, service) - rank(b, service));
  const known: string[] = [];
  for (const workload of ordered) {
    const revisions = await workloadRevisions(client, workload, context);
    const wanted = revision === undefined ? currentOf(revisions) : pick(revisions, revision);
    if (wanted !== undefined) return { workload, revision: wanted };
    known.push(...revisions.map(({ name }) => name).reverse());
  }
  throw new ToolError(
    'not_found',
    revision === undefined
      ? `The cluster keeps no revision of ${service}.`
      : `The cluster keeps no revision ${revision.slice(0, 80)} of ${service}.`,
    {
      hint:
        known.length > 0
          ? `Kept are ${known.slice(0, 12).join(', ')}; older ones went with revisionHistoryLimit.`
          : 'A revision appears with the next rollout.',
      details: { known: known.slice(0, 12) },
    },
  );
}

function pick(revisions: readonly WorkloadRevision[], wanted: string): WorkloadRevision | undefined {
  const text = wanted.replace(/^#/, '');
  return (
    revisions.find(({ name }) => name === text) ??
    revisions.find(({ name }) => name.endsWith(`-${text}`)) ??
    revisions.find(({ number }) => String(number) === text)
  );
}

function rank({ kind, object }: FoundWorkload, service: string): number {
  return (object.metadata.name === service ? 0 : 2) + (kind === 'Deployment' ? 0 : 1);
}

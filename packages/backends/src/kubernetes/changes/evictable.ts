import { type CallContext, ToolError } from '@devops-mcp/contract';
import type { KubeClient } from '../connection/kube-client.js';
import { type Pod, pod as podSchema } from '../model/objects.js';
import { readOne } from '../model/read-objects.js';
import { isOwnedBy } from './revisions.js';
import type { Budget } from './surroundings.js';
import { nameOf, refOf, type Workload } from './workload.js';

export function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

export function readPod(
  client: KubeClient,
  namespace: string,
  name: string,
  context: CallContext,
): Promise<Pod | undefined> {
  return readOne(client, podPath(namespace, name), podSchema, context);
}

export function isReady({ status, metadata }: Pod): boolean {
  const ready = (status.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');
  return ready && !metadata.deletionTimestamp;
}

/** Rejects unless the pod is run by the workload, directly or through a ReplicaSet of it. */
export async function refuseForeign(
  client: KubeClient,
  workload: Workload,
  found: Pod,
  context: CallContext,
): Promise<void> {
  const { namespace, name } = found.metadata;
  const owner = found.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined)
    throw new ToolError('conflict', `No controller stands behind the pod ${namespace}/${name}.`, {
      hint: 'Nothing would start it again: whoever made it restarts it by hand.',
    });
  if (owner.uid === workload.metadata.uid) return;
  if (owner.kind === 'ReplicaSet') {
    const set = await client.get(`/apis/apps/v1/namespaces/${namespace}/replicasets/${owner.name}`, context);
    if (set?.metadata.uid === owner.uid && isOwnedBy(set, workload)) return;
  }
  throw new ToolError(
    'invalid_input',
    `The pod ${namespace}/${name} is not one of ${nameOf(refOf(workload))}.`,
    {
      hint: 'Take a pod of this service from get_workload_status.',
    },
  );
}

/**
 * Why the eviction API would not take the pod now; undefined when it would.
 * Source: the API server's own rule, pkg/registry/core/pod/storage/eviction.go.
 */
export function evictionBlock(found: Pod, budgets: readonly Budget[]): ToolError | undefined {
  const { phase } = found.status;
  if (found.metadata.deletionTimestamp || (phase !== 'Running' && phase !== 'Unknown')) return undefined;
  const [budget, ...others] = budgets;
  if (budget === undefined) return undefined;
  if (others.length > 0)
    return new ToolError('unsupported', 'More than one disruption budget covers this pod.', {
      hint: `The eviction API refuses such pods; leave one of ${budgets.map(({ name }) => name).join(', ')}.`,
    });
  if (!isReady(found)) {
    if (budget.unhealthyPodEvictionPolicy === 'AlwaysAllow') return undefined;
    if (budget.currentHealthy >= budget.desiredHealthy && budget.desiredHealthy > 0) return undefined;
  }
  return budget.disruptionsAllowed > 0 ? undefined : budgetExhausted(budget.name);
}

export function budgetExhausted(budget: string): ToolError {
  return new ToolError('conflict', `The disruption budget ${budget} allows no pod to be taken now.`, {
    hint: 'Wait until its other pods are ready (get_workload_status), or ask the owner of the budget.',
  });
}

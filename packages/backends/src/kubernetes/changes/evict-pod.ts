import { type ActionOutcome, type CallContext, type ReportProgress, ToolError } from '@devops-mcp/contract';
import { problemOf } from '../../http/http-errors.js';
import type { KubeClient, WriteRequest } from '../connection/kube-client.js';
import { selectorQuery } from '../model/label-selector.js';
import { type Pod, pod as podSchema } from '../model/objects.js';
import { readPages } from '../model/read-objects.js';
import { ownerOfPod } from '../workloads/owner-of-pod.js';
import { type EvictChange, refuseStale } from './change.js';
import { budgetExhausted, isReady, podPath, readPod, refuseForeign } from './evictable.js';
import { afterWrite, beforeWrite } from './lost-contact.js';
import { refusedWrite } from './patch.js';
import { type WatchTimes, watchUntil } from './watch-until.js';
import { nameOf, readWorkload, type Workload } from './workload.js';

/** Evicts exactly this pod: one of the same name that was made since is refused with 409. */
export function evictionRequest(
  { namespace, pod }: EvictChange,
  { dryRun }: { dryRun: boolean },
): WriteRequest {
  return {
    method: 'POST',
    path: `${podPath(namespace, pod.name)}/eviction`,
    dryRun,
    needs: `create on pods/eviction in the namespace ${namespace}`,
    body: {
      ...{ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod.name, namespace } },
      deleteOptions: { preconditions: { uid: pod.uid } },
    },
  };
}

/** Evicts the pod if it is still there, and waits for another in its place. */
export async function applyEviction(
  client: KubeClient,
  change: EvictChange,
  times: WatchTimes,
  context: CallContext,
): Promise<ActionOutcome> {
  const before = await beforeWrite(async () => {
    const live = await readWorkload(client, change, context);
    const found = await readPod(client, change.namespace, change.pod.name, context);
    const there = found !== undefined && found.metadata.uid === change.pod.uid ? found : undefined;
    // Gone or ending is what was asked for, whoever did it.
    const isDone = there === undefined || Boolean(there.metadata.deletionTimestamp);
    if (!isDone) {
      refuseStale(change, live);
      await refuseForeign(client, live, there, context);
    }
    return { live, found: there, isDone };
  });
  const { found, live } = before;
  if (!before.isDone) await evict(client, change, context);
  const ready = live?.rollout.ready ?? 0;
  const others = found !== undefined && isReady(found) ? ready - 1 : ready;
  const wanted = live?.rollout.desired ?? 0;
  // Other pods may be ill already; one more than they are is all that this can bring.
  return settled(client, change, found === undefined ? wanted : Math.min(wanted, others + 1), times, context);
}

async function evict(client: KubeClient, change: EvictChange, context: CallContext): Promise<void> {
  try {
    await client.write(evictionRequest(change, { dryRun: false }), context);
  } catch (error) {
    const status = problemOf(error)?.status;
    if (status === 404) return;
    if (status === 429) throw budgetError(change, error);
    if (status !== undefined && status < 500) throw refusedWrite(error);
    // It may have arrived: the pod itself tells.
    const now = await readPod(client, change.namespace, change.pod.name, context).catch(() => null);
    if (now === null || !isGone(now, change)) throw afterWrite(error);
  }
}

/** 429 is also what an overloaded API server says: a budget is blamed only where the answer names it. */
function budgetError(change: EvictChange, error: unknown): unknown {
  if (!/DisruptionBudget|disruption budget/.test(problemOf(error)?.body ?? '')) return error;
  const { message, hint } = budgetExhausted(`of ${nameOf(change)}`);
  return new ToolError('conflict', message, { ...(hint === undefined ? {} : { hint }), cause: error });
}

function isGone(now: Pod | undefined, { pod }: EvictChange): boolean {
  return now === undefined || now.metadata.uid !== pod.uid || Boolean(now.metadata.deletionTimestamp);
}

async function settled(
  client: KubeClient,
  change: EvictChange,
  wanted: number,
  times: WatchTimes,
  context: CallContext,
): Promise<ActionOutcome> {
  const { namespace, pod } = change;
  const look = async () => {
    const [now, live] = await Promise.all([
      readPod(client, namespace, pod.name, context),
      readWorkload(client, change, context),
    ]);
    const gone = now === undefined || now.metadata.uid !== pod.uid;
    const ready = live?.rollout.ready ?? 0;
    const seen = { done: gone ? Math.min(ready, wanted) : 0, total: wanted, ready, gone };
    if (live === undefined) return { ...seen, end: `${nameOf(change)} is gone` };
    // The controller's count may still hold the old pod: the pods themselves are counted before the end.
    const filled = gone && ready >= wanted && (await hasReady(client, live, change, wanted, context));
    return { ...seen, ...(filled ? { end: null } : {}) };
  };
  const report: ReportProgress = (done, total) => context.progress(done, total, 'Waiting for the new pod');
  const last = await watchUntil(look, report, times, context);
  const verified = last.end === null;
  const what = `The pod ${namespace}/${pod.name} was evicted`;
  return {
    summary: verified
      ? `${what}; ${wanted} of ${wanted} pods of ${nameOf(change)} are ready`
      : `${what}, but ${last.end ?? (last.gone ? `${last.ready} of ${wanted} pods are ready` : 'it has not ended')}`,
    artifactRef: `Pod/${namespace}/${pod.name}@${pod.uid}`,
    observed: { pod: { name: pod.name, uid: pod.uid }, gone: last.gone, ready: last.ready, wanted },
    verified,
  };
}

async function hasReady(
  client: KubeClient,
  live: Workload,
  { namespace, kind, name, pod }: EvictChange,
  wanted: number,
  context: CallContext,
): Promise<boolean> {
  const query = { labelSelector: selectorQuery(live.spec.selector) };
  let ready = 0;
  for await (const page of readPages(
    client,
    `/api/v1/namespaces/${namespace}/pods`,
    podSchema,
    query,
    context,
  )) {
    for (const one of page) {
      const owner = ownerOfPod(one);
      const isOwn = owner.kind === kind && owner.name === name && one.metadata.uid !== pod.uid;
      if (isOwn && isReady(one)) ready += 1;
    }
    if (ready >= wanted) return true;
  }
  return ready >= wanted;
}

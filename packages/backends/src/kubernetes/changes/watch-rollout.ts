import type { CallContext } from '@devops-mcp/contract';
import type { KubeClient } from '../connection/kube-client.js';
import { selectorQuery } from '../model/label-selector.js';
import { pod as podSchema } from '../model/objects.js';
import { readSome } from '../model/read-objects.js';
import { podHealth } from '../workloads/pod-health.js';
import { listRevisions } from './revisions.js';
import { type Look, type WatchTimes, watchUntil } from './watch-until.js';
import { nameOf, readWorkload, refOf, type Workload, type WorkloadRef } from './workload.js';

/** Containers in these states do not start by themselves. Source: the kubelet's reasons of waiting. */
const broken =
  /^(Init:)?(CrashLoopBackOff|ImagePullBackOff|ErrImagePull|InvalidImageName|ErrImageNeverPull|CreateContainerConfigError|CreateContainerError|RunContainerError|Error|OOMKilled|ContainerCannotRun)$/;
const mostPodsLookedAt = 300;

export interface Watched {
  readonly live: Workload | undefined;
  readonly complete: boolean;
  /** Why it is not complete; null when it is. */
  readonly reason: string | null;
}

/** Watches the rollout to its end: complete, stalled, replaced, or out of time. */
export async function watchRollout(
  client: KubeClient,
  ref: WorkloadRef & { readonly uid: string },
  times: WatchTimes,
  context: CallContext,
): Promise<Watched> {
  let last: Workload | undefined;
  const look = async (): Promise<Look & { readonly waitsFor: string | null }> => {
    const live = await readWorkload(client, ref, context);
    last = live;
    if (live === undefined || live.metadata.uid !== ref.uid)
      return { done: 0, total: 0, waitsFor: null, end: `${nameOf(ref)} was deleted meanwhile` };
    const { rollout } = live;
    const done = Math.min(rollout.updated, rollout.ready);
    const counts = { done, total: rollout.desired, waitsFor: rollout.waitsFor };
    if (rollout.rollout === 'complete') return { ...counts, end: null };
    const trouble = await troubleOf(client, live, context);
    if (rollout.rollout === 'stalled')
      return {
        ...counts,
        end: `it made no progress before its deadline: ${trouble ?? rollout.waitsFor ?? ''}`,
      };
    return { ...counts, trouble };
  };
  const report: CallContext['progress'] = (done, total) =>
    context.progress(done, total, `${done} of ${total ?? '?'} pods updated and ready`);
  const seen = await watchUntil(look, report, times, context);
  const complete = seen.end === null;
  const stillGoing = `it is still going on: ${seen.trouble ?? seen.waitsFor ?? 'not complete'}`;
  return { live: last, complete, reason: complete ? null : (seen.end ?? seen.stalled ?? stillGoing) };
}

/** What is wrong with pods of the present template; those of an older one may be why it was changed. */
async function troubleOf(client: KubeClient, live: Workload, context: CallContext): Promise<string | null> {
  if (live.rollout.cannotCreate) return 'pods cannot be created (quota or admission)';
  const { namespace } = refOf(live);
  const [newest] = await listRevisions(client, live, context);
  const query = { labelSelector: selectorQuery(live.spec.selector), most: mostPodsLookedAt };
  const { items } = await readSome(client, `/api/v1/namespaces/${namespace}/pods`, podSchema, query, context);
  for (const one of items) {
    const { labels } = one.metadata;
    const hash = labels?.['pod-template-hash'] ?? labels?.['controller-revision-hash'] ?? '';
    if (newest !== undefined && newest.hash !== '' && hash !== newest.hash) continue;
    const { reason } = podHealth(one, context.now).status;
    if (reason !== null && broken.test(reason)) return `the pod ${one.metadata.name} is in ${reason}`;
  }
  return null;
}

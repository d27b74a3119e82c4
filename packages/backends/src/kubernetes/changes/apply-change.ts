import { type ActionOutcome, type CallContext, type JsonObject, ToolError } from '@devops-mcp/contract';
import { problemOf } from '../../http/http-errors.js';
import type { KubeClient } from '../connection/kube-client.js';
import { type KubernetesChange, readChange, refuseStale } from './change.js';
import { mustDryRun } from './dry-run.js';
import { applyEviction } from './evict-pod.js';
import { afterWrite, beforeWrite } from './lost-contact.js';
import { markAnnotation, markOf, restartAnnotation, restartTime } from './mark.js';
import { contains, patchRequest, refusedWrite, type WorkloadChange } from './patch.js';
import { readRevision, templateDigest } from './revisions.js';
import { watchRollout } from './watch-rollout.js';
import type { WatchTimes } from './watch-until.js';
import { nameOf, readWorkload, type Workload } from './workload.js';

export interface ApplyCommand {
  readonly change: JsonObject;
  readonly idempotencyKey: string;
}

/**
 * Makes exactly the planned change and watches it to its end. Rejects with `conflict` when what was
 * planned on no longer holds, before or at the moment of writing; the write is never repeated. The
 * object carries the key's mark, so that a second attempt finds the first and reports on it.
 */
export async function applyChange(
  client: KubeClient,
  command: ApplyCommand,
  times: WatchTimes,
  context: CallContext,
): Promise<ActionOutcome> {
  const change = readChange(command.change);
  const mark = markOf(command.idempotencyKey);
  if (change.action === 'evict') return applyEviction(client, change, times, context);
  const made = await make(client, change, mark, context);
  const { live, complete, reason } = await watchRollout(client, change, times, context);
  const isSame = live?.metadata.uid === change.uid;
  const holds = live !== undefined && isSame && made.holds(live);
  const verified = complete && holds;
  const open = isSame && !holds ? 'it has been changed again since' : `not complete, ${reason}`;
  return {
    summary: `${change.summary}: ${verified ? `done, ${live.rollout.ready} pods ready` : open}`,
    artifactRef: `${change.kind}/${change.namespace}/${change.name}@${change.uid}`,
    observed: {
      workload: nameOf(change),
      generation: live?.metadata.generation ?? null,
      replicas: live?.rollout.desired ?? null,
      ready: live?.rollout.ready ?? null,
      updated: live?.rollout.updated ?? null,
    },
    verified,
  };
}

type ObjectChange = Exclude<KubernetesChange, { action: 'evict' }>;

/** A change that stands in the object, with what a live object must show for it to hold. */
interface Made {
  holds(live: Workload): boolean;
}

/** Writes the change unless an earlier attempt has. */
async function make(
  client: KubeClient,
  change: ObjectChange,
  mark: string,
  context: CallContext,
): Promise<Made> {
  const ready = await beforeWrite(async () => {
    const first = await readWorkload(client, change, context);
    if (first !== undefined && isMarked(first, change, mark))
      return { made: await madeEarlier(client, change, first, context) };
    refuseStale(change, first);
    const wanted = await wantedOf(client, change, first, context);
    await mustDryRun(client, first, wanted, mark, context);
    // A status counts the version up, and the dry run took time: what is written on was just read.
    const live = await readWorkload(client, change, context);
    refuseStale(change, live);
    return { wanted, live };
  });
  if (ready.made) return ready.made;
  await write(client, ready.live, ready.wanted, mark, context);
  return { holds: (live) => shows(live, ready.wanted) };
}

function isMarked(live: Workload, { uid }: ObjectChange, mark: string): boolean {
  return live.metadata.uid === uid && live.metadata.annotations[markAnnotation] === mark;
}

async function wantedOf(
  client: KubeClient,
  change: ObjectChange,
  live: Workload,
  context: CallContext,
): Promise<WorkloadChange> {
  if (change.action === 'scale') return { change };
  if (change.action === 'restart')
    return { change, restartedAt: restartTime(context.now, change.restartedAt) };
  const { name, uid, template } = change.revision;
  const revision = await readRevision(client, live, name, context);
  if (revision?.uid === uid && templateDigest(revision.template) === template)
    return { change, template: revision.template, cause: revision.cause };
  throw new ToolError('conflict', `The revision ${name} is gone or another than the planned one.`, {
    hint: 'Take a revision from get_deployment_history and propose the rollback again.',
  });
}

/** Anybody can write an annotation: what was planned must be there as well. */
async function madeEarlier(
  client: KubeClient,
  change: ObjectChange,
  live: Workload,
  context: CallContext,
): Promise<Made> {
  if (change.action === 'restart')
    return {
      holds: ({ spec }) => {
        const at = spec.template.metadata?.annotations?.[restartAnnotation] ?? null;
        return at !== null && at !== change.restartedAt;
      },
    };
  const wanted = await wantedOf(client, change, live, context);
  return { holds: (now) => shows(now, wanted) };
}

function shows({ spec }: Workload, wanted: WorkloadChange): boolean {
  if ('template' in wanted) return contains(spec.template, wanted.template);
  if ('restartedAt' in wanted)
    return spec.template.metadata?.annotations?.[restartAnnotation] === wanted.restartedAt;
  return spec.replicas === wanted.change.to;
}

/** One request, on exactly the version that was read. Where its answer is lost, the object tells. */
async function write(
  client: KubeClient,
  live: Workload,
  wanted: WorkloadChange,
  mark: string,
  context: CallContext,
): Promise<void> {
  const onlyVersion = live.metadata.resourceVersion;
  try {
    await client.write(patchRequest(live, wanted, mark, { dryRun: false, onlyVersion }), context);
  } catch (error) {
    const status = problemOf(error)?.status ?? 500;
    if (status < 500 && status !== 409) throw refusedWrite(error);
    // Another attempt with this key may have won, or this one may have arrived.
    const now = await readWorkload(client, wanted.change, context).catch(() => undefined);
    if (now !== undefined && isMarked(now, wanted.change, mark)) return;
    if (status !== 409) throw afterWrite(error);
    throw new ToolError('conflict', `${nameOf(wanted.change)} was changed by others at the same moment.`, {
      hint: 'Look at the present state and propose the change again.',
      cause: error,
    });
  }
}

import type { Deployment } from '@devops-mcp/domain';
import { versionOf } from '../model/pod-template.js';
import type { FoundWorkload } from '../services/find-workloads.js';
import { rolloutOf, shownRollout } from '../workloads/rollout.js';
import { lastTemplateManager } from './field-managers.js';
import { imageOf, isEmptyDiff, restartOf, templateDiff } from './template-facts.js';
import { currentOf, type WorkloadRevision } from './workload-revisions.js';

const unknownClient = 'unknown';
/** A ReplicaSet is made within moments of the change that it is for. */
const makingMs = 60_000;
const longestTitle = 300;

/**
 * Deployments of one workload, newest first, from the templates that the cluster keeps. A template that
 * became current again is a rollback; its time is that of the last change of the workload's template.
 */
export function workloadHistory(
  service: string,
  workload: FoundWorkload,
  revisions: readonly WorkloadRevision[],
): readonly Deployment[] {
  const current = currentOf(revisions);
  const newest = revisions.at(-1);
  if (current === undefined || newest === undefined) return [];
  const again = current !== newest;
  const made = revisions.map((revision, index) => {
    // One that became current again is told of twice; what was noted is of the second time.
    const then = revision === current && again ? { ...revision, cause: null } : revision;
    const number = revision.first ?? (revision === current && again ? null : revision.number);
    const one = entry(service, workload, then, { before: revisions[index - 1], number });
    return revision === current && !again ? withPresent(one, workload) : one;
  });
  if (again) made.push(returned(service, workload, current, revisions));
  return made.reverse();
}

function entry(
  service: string,
  { kind, object }: FoundWorkload,
  revision: WorkloadRevision,
  { before, number }: { readonly before: WorkloadRevision | undefined; readonly number: number | null },
): Deployment {
  const { namespace, name } = object.metadata;
  const image = imageOf(revision.template, service);
  const diff = before === undefined ? null : templateDiff(service, before.template, revision.template);
  const restarted =
    before !== undefined &&
    restartOf(revision.template) !== null &&
    restartOf(revision.template) !== restartOf(before.template);
  const version = versionOf(image);
  const type = kindOf(diff, restarted);
  return {
    ...{ service, revision: revision.name, version, image, diff, kind: type },
    id: `${kind.toLowerCase()}/${namespace}/${name}@${revision.name}${number === null ? '' : `#${number}`}`,
    time: revision.created,
    by: unknownClient,
    // Whether an earlier one succeeded nobody wrote down.
    result: 'unknown',
    title: titleOf(revision.cause, type, version, number),
  };
}

function kindOf(diff: Deployment['diff'], restarted: boolean): Deployment['kind'] {
  if (diff === null || diff.image !== null) return 'deployment';
  if (restarted && isEmptyDiff(diff)) return 'restart';
  return diff.configuration.length > 0 ? 'configuration' : 'deployment';
}

function titleOf(
  cause: string | null,
  kind: Deployment['kind'],
  version: string | null,
  number: number | null,
): string {
  if (cause !== null) return cause.slice(0, longestTitle);
  const words = {
    deployment: `Deploy ${version ?? 'a new template'}`,
    configuration: 'Change configuration',
    restart: 'Restart',
    rollback: `Roll back to ${version ?? 'an earlier template'}`,
    scale: 'Scale',
  };
  return number === null ? words[kind] : `${words[kind]} (revision ${number})`;
}

/** What is known of the one that runs now: how its rollout went, and which client asked for it. */
function withPresent(one: Deployment, { kind, object }: FoundWorkload): Deployment {
  const last = lastTemplateManager(object);
  const close = last && Math.abs(last.time.getTime() - one.time.getTime()) < makingMs;
  return { ...one, result: resultOf(kind, object), by: close ? clientName(last.manager) : unknownClient };
}

function returned(
  service: string,
  workload: FoundWorkload,
  current: WorkloadRevision,
  revisions: readonly WorkloadRevision[],
): Deployment {
  const before = revisions.toSorted((a, b) => b.number - a.number)[1];
  const last = lastTemplateManager(workload.object);
  const newest = revisions.at(-1)?.created ?? current.created;
  const time = last && last.time >= newest ? last.time : newest;
  const base = entry(service, workload, current, { before, number: current.number });
  const by = last && last.time >= newest ? clientName(last.manager) : unknownClient;
  const title = titleOf(current.cause, 'rollback', base.version, current.number);
  const result = resultOf(workload.kind, workload.object);
  return { ...base, time, kind: 'rollback', title, by, result };
}

function resultOf(kind: FoundWorkload['kind'], object: FoundWorkload['object']): Deployment['result'] {
  const results = { complete: 'succeeded', stalled: 'failed', progressing: 'in_progress' } as const;
  return results[shownRollout(rolloutOf(kind, object))];
}

function clientName(manager: string): string {
  return `${manager.slice(0, 100)} (client)`;
}

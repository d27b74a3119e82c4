import { type CallContext, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import type { KubeClient, KubeObject } from '../connection/kube-client.js';
import { selectorQuery } from '../model/label-selector.js';
import type { WorkloadKind } from '../workloads/rollout.js';
import { listAll } from './list-all.js';
import { causeAnnotation } from './mark.js';
import { digestOf, type PodTemplate, refOf, shapedLike, templateSchema, type Workload } from './workload.js';

const number = 'deployment.kubernetes.io/revision';
const hashLabel = 'pod-template-hash';

/** An earlier or the present template of a workload, with the object that keeps it. */
export interface Revision {
  readonly kind: 'ReplicaSet' | 'ControllerRevision';
  readonly name: string;
  readonly uid: string;
  /** Counts up with every change of the template; a rollback gives the old one the next number. */
  readonly number: number;
  /** Label of the pods that run it. */
  readonly hash: string;
  readonly template: PodTemplate;
  readonly created: string;
  /** What `kubectl rollout history` shows beside it. */
  readonly cause: string | null;
}

const replicaSetSchema = z.object({
  metadata: z.object({ uid: z.string(), creationTimestamp: z.string().default('') }),
  spec: z.object({ template: templateSchema }),
});
const controllerRevisionSchema = z.object({
  metadata: z.object({ uid: z.string(), creationTimestamp: z.string().default('') }),
  revision: z.number().int(),
  data: z.object({ spec: z.object({ template: templateSchema }) }),
});

/** Where the revisions of a kind of workload are kept. */
export function revisionPath(kind: WorkloadKind, namespace: string, name?: string): string {
  const plural = kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';
  return `/apis/apps/v1/namespaces/${namespace}/${plural}${name === undefined ? '' : `/${name}`}`;
}

/** Newest first; how many are kept is the workload's `revisionHistoryLimit`. */
export async function listRevisions(
  client: KubeClient,
  workload: Workload,
  context: CallContext,
): Promise<readonly Revision[]> {
  const { kind, namespace } = refOf(workload);
  const query = { labelSelector: selectorQuery(workload.spec.selector) };
  const found = await listAll(client, revisionPath(kind, namespace), query, context);
  return found
    .filter((one) => isOwnedBy(one, workload))
    .map((one) => asRevision(kind, one))
    .toSorted((a, b) => b.number - a.number);
}

/** The object of a revision; undefined when it is gone or no longer this workload's. */
export async function readRevision(
  client: KubeClient,
  workload: Workload,
  name: string,
  context: CallContext,
): Promise<Revision | undefined> {
  const { kind, namespace } = refOf(workload);
  const found = await client.get(revisionPath(kind, namespace, name), context);
  return found !== undefined && isOwnedBy(found, workload) ? asRevision(kind, found) : undefined;
}

/** By number, by name of its object, or by hash; rejects with `not_found` naming those that are kept. */
export function findRevision(revisions: readonly Revision[], wanted: string, workload: Workload): Revision {
  const text = wanted.replace(/^#/, '');
  const found =
    revisions.find(({ name, hash }) => name === text || hash === text) ??
    revisions.find((one) => String(one.number) === text);
  if (found) return found;
  const known = revisions.map(({ name }) => name);
  const limit = workload.spec.revisionHistoryLimit;
  throw new ToolError(
    'not_found',
    `No revision ${wanted.slice(0, 80)} of ${workload.metadata.name} is kept.`,
    {
      hint:
        known.length === 0
          ? 'The cluster keeps no revisions of it.'
          : `Kept are ${known.slice(0, 12).join(', ')}${typeof limit === 'number' ? ` (revisionHistoryLimit ${limit})` : ''}.`,
      details: { known: known.slice(0, 12) },
    },
  );
}

/** What a plan says of the template it goes back to. */
export function templateDigest(template: PodTemplate): string {
  return digestOf(template);
}

export function isOwnedBy(object: KubeObject, workload: Workload): boolean {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner?.uid === workload.metadata.uid;
}

function asRevision(kind: WorkloadKind, object: KubeObject): Revision {
  const { name, labels = {}, annotations = {} } = object.metadata;
  const cause = annotations[causeAnnotation] ?? null;
  if (kind === 'Deployment') {
    const { metadata, spec } = shapedLike(replicaSetSchema, object, 'a ReplicaSet of another shape');
    return {
      ...({ kind: 'ReplicaSet', name, uid: metadata.uid, created: metadata.creationTimestamp } as const),
      number: Number.parseInt(annotations[number] ?? '0', 10) || 0,
      hash: labels[hashLabel] ?? '',
      template: withoutHash(spec.template),
      cause,
    };
  }
  const what = 'a ControllerRevision of another shape';
  const { metadata, revision, data } = shapedLike(controllerRevisionSchema, object, what);
  const { $patch: _, ...template } = data.spec.template;
  return {
    ...({
      kind: 'ControllerRevision',
      name,
      uid: metadata.uid,
      created: metadata.creationTimestamp,
    } as const),
    number: revision,
    // A StatefulSet's pods carry the whole name, a DaemonSet's the hash.
    hash: kind === 'StatefulSet' ? name : (labels['controller-revision-hash'] ?? ''),
    // Boundary: taking a key away leaves the template's own shape.
    template: template as PodTemplate,
    cause,
  };
}

/** The Deployment adds this label to what it hands to a ReplicaSet. */
function withoutHash(template: PodTemplate): PodTemplate {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

import type { CallContext } from '@devops-mcp/contract';
import type { KubeClient } from '../connection/kube-client.js';
import { selectorQuery } from '../model/label-selector.js';
import { controllerRevision, replicaSet } from '../model/objects.js';
import type { PodTemplate } from '../model/pod-template.js';
import { readSome } from '../model/read-objects.js';
import type { FoundWorkload } from '../services/find-workloads.js';
import { date } from '../workloads/pod-health.js';

/** A template that a workload had, as the cluster keeps it: a ReplicaSet or a ControllerRevision. */
export interface WorkloadRevision {
  /** Name of the object that keeps it; what the port calls the revision. */
  readonly name: string;
  /** Counts up with every change; going back gives the old object the next number. */
  readonly number: number;
  /** The number that it had when it was made; null when that was not kept. */
  readonly first: number | null;
  readonly created: Date;
  /** Why it became what it is now, as somebody noted. */
  readonly cause: string | null;
  readonly template: PodTemplate;
}

/** `revisionHistoryLimit` is 10 by default; what is beyond this is not read. */
const mostRevisions = 200;
const revisionNumber = 'deployment.kubernetes.io/revision';
/** `1,3`: the numbers that it had before it became current again. */
const earlierNumbers = 'deployment.kubernetes.io/revision-history';
const changeCause = 'kubernetes.io/change-cause';

/** What the cluster still keeps, oldest first. */
export async function workloadRevisions(
  client: KubeClient,
  { kind, object }: FoundWorkload,
  context: CallContext,
): Promise<readonly WorkloadRevision[]> {
  const { namespace, uid } = object.metadata;
  const query = { labelSelector: selectorQuery(object.spec.selector), most: mostRevisions };
  const path = `/apis/apps/v1/namespaces/${namespace}`;
  const found =
    kind === 'Deployment'
      ? (await readSome(client, `${path}/replicasets`, replicaSet, query, context)).items
          .filter((one) => ownerUid(one) === uid)
          .map(({ metadata, spec }) => ({
            ...common(metadata),
            number: asNumber(metadata.annotations?.[revisionNumber]) ?? 0,
            first: asNumber(metadata.annotations?.[earlierNumbers] ?? metadata.annotations?.[revisionNumber]),
            template: spec.template,
          }))
      : (await readSome(client, `${path}/controllerrevisions`, controllerRevision, query, context)).items
          .filter((one) => ownerUid(one) === uid)
          .map(({ metadata, revision, data }) => ({
            ...common(metadata),
            number: revision,
            first: null,
            template: data?.spec?.template ?? {},
          }));
  return found.toSorted((a, b) => a.created.getTime() - b.created.getTime() || a.number - b.number);
}

/** The revision that is to run: the one with the highest number. */
export function currentOf(revisions: readonly WorkloadRevision[]): WorkloadRevision | undefined {
  return revisions.toSorted((a, b) => b.number - a.number)[0];
}

interface Metadata {
  readonly name: string;
  readonly creationTimestamp?: string | null | undefined;
  readonly annotations?: Readonly<Record<string, string>> | null | undefined;
}

function common({ name, creationTimestamp, annotations }: Metadata) {
  return {
    name,
    created: date(creationTimestamp) ?? new Date(0),
    cause: annotations?.[changeCause] ?? null,
  };
}

function asNumber(text: string | undefined): number | null {
  const number = Number.parseInt(text ?? '', 10);
  return Number.isNaN(number) ? null : number;
}

function ownerUid({
  metadata,
}: {
  readonly metadata: {
    readonly ownerReferences?:
      | readonly { readonly uid: string; readonly controller?: boolean | null | undefined }[]
      | null
      | undefined;
  };
}): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}

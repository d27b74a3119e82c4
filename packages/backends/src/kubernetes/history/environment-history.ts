import type { CallContext, ServiceMapping } from '@devops-mcp/contract';
import type { Deployment, Window } from '@devops-mcp/domain';
import { z } from 'zod';
import type { KubeClient } from '../connection/kube-client.js';
import { workload } from '../model/objects.js';
import { readOne, readPages } from '../model/read-objects.js';
import { plurals } from '../services/find-workloads.js';
import { serviceNames } from '../services/service-names.js';
import { aside } from '../workloads/aside.js';
import { date } from '../workloads/pod-health.js';
import type { WorkloadKind } from '../workloads/rollout.js';
import { type History, type HistoryOptions, historyOf, newest } from './service-history.js';

/** Workloads whose revisions are read at the same time; as many as requests go out at once. */
const together = 8;
/** Workloads that went back to an earlier revision are looked at beside the newest ones. */
const mostReturned = 20;

const revisionMark = z.object({
  metadata: z.object({
    namespace: z.string(),
    creationTimestamp: z.string().nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().nullish() }))
      .nullish(),
  }),
  revision: z.number().nullish(),
});

interface Seen {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  /** Its newest revision within the window. */
  newest: Date;
  /** Of all of its revisions: the newest one, and the one with the highest number. */
  last: { created: Date; number: number };
  highest: { created: Date; number: number };
}

/**
 * The newest deployments of all services. Every revision is looked at for its time alone, a page at a
 * time; the templates are read only of the workloads that have the newest ones.
 */
export async function environmentHistory(
  client: KubeClient,
  services: ServiceMapping,
  options: HistoryOptions,
  context: CallContext,
): Promise<History> {
  const { seen, total } = await lookAtAll(client, options.window, context);
  const chosen = choose(seen, options.limit);
  const names = serviceNames(services);
  const beside = aside(context.signal);
  const all: Deployment[] = [];
  for (let at = 0; at < chosen.length; at += together) {
    const asked = chosen.slice(at, at + together).map(async ({ kind, namespace, name }) => {
      const path = `/apis/apps/v1/namespaces/${namespace}/${plurals[kind]}/${name}`;
      const object = await readOne(client, path, workload, context);
      if (object === undefined) return [];
      const service = names.of({ namespace, name, labels: object.metadata.labels });
      return historyOf(client, service, { kind, object }, options.helm, beside, context);
    });
    all.push(...(await Promise.all(asked)).flat());
    context.progress(at + asked.length, chosen.length, 'histories read');
  }
  const found = newest(all, options);
  return { ...found, total: Math.max(total, found.total), partial: beside.partial() };
}

async function lookAtAll(
  client: KubeClient,
  window: Window | undefined,
  context: CallContext,
): Promise<{ readonly seen: readonly Seen[]; readonly total: number }> {
  const seen = new Map<string, Seen>();
  let total = 0;
  const lookAt = async (path: string) => {
    for await (const page of readPages(client, path, revisionMark, {}, context)) {
      for (const { metadata, revision } of page) {
        const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
        const kind = kindOf(owner?.kind);
        const created = date(metadata.creationTimestamp);
        if (owner === undefined || kind === undefined || created === null) continue;
        const annotated = metadata.annotations?.['deployment.kubernetes.io/revision'];
        const mark = { created, number: revision ?? Number.parseInt(annotated ?? '0', 10) };
        const within = window === undefined || (created >= window.start && created < window.end);
        if (within) total += 1;
        const key = `${kind} ${metadata.namespace}/${owner.name}`;
        note(seen, key, { kind, namespace: metadata.namespace, name: owner.name }, mark, within);
      }
    }
  };
  await Promise.all(['/apis/apps/v1/replicasets', '/apis/apps/v1/controllerrevisions'].map(lookAt));
  return { seen: [...seen.values()], total };
}

function note(
  seen: Map<string, Seen>,
  key: string,
  place: Pick<Seen, 'kind' | 'namespace' | 'name'>,
  mark: Seen['last'],
  within: boolean,
): void {
  const known = seen.get(key) ?? { ...place, newest: new Date(0), last: mark, highest: mark };
  if (within && mark.created > known.newest) known.newest = mark.created;
  if (mark.created > known.last.created) known.last = mark;
  if (mark.number > known.highest.number) known.highest = mark;
  seen.set(key, known);
}

/** Those with the newest revisions have the newest deployments, but for those that went back. */
function choose(seen: readonly Seen[], limit: number): readonly Seen[] {
  const recent = seen
    .filter((one) => one.newest.getTime() > 0)
    .toSorted((a, b) => b.newest.getTime() - a.newest.getTime())
    .slice(0, limit);
  const returned = seen
    .filter((one) => one.highest.created < one.last.created)
    .toSorted((a, b) => b.last.created.getTime() - a.last.created.getTime())
    .slice(0, mostReturned);
  return [...new Set([...recent, ...returned])];
}

function kindOf(kind: string | undefined): WorkloadKind | undefined {
  return kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet' ? kind : undefined;
}

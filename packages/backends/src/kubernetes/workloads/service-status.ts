import type { CallContext, PartialFailure } from '@devops-mcp/contract';
import type { WorkloadStatus } from '@devops-mcp/domain';
import type { KubeClient } from '../connection/kube-client.js';
import { selectorQuery } from '../model/label-selector.js';
import { pod, replicaSet } from '../model/objects.js';
import { readPages, readSome } from '../model/read-objects.js';
import type { FoundWorkload } from '../services/find-workloads.js';
import type { FindWorkloads } from '../services/remembered-workloads.js';
import { type Aside, aside } from './aside.js';
import { autoscalerOf, disruptionBudgetOf, tightQuotas } from './capacity.js';
import { ownerOfPod } from './owner-of-pod.js';
import { type PodTally, tallyPods } from './pod-tally.js';
import { eventsOf, mergeEvents, type Subject } from './recent-events.js';
import { byTrouble, workloadRow } from './workload-row.js';

const mostPods = 50;
const mostPodsWithEvents = 5;

/** Everything about the workloads of one service. Rejects with `not_found` for an unknown one. */
export async function serviceStatus(
  client: KubeClient,
  find: FindWorkloads,
  service: string,
  context: CallContext,
): Promise<{ readonly rows: readonly WorkloadStatus[]; readonly partial: readonly PartialFailure[] }> {
  const found = await find(client, service, context);
  const beside = aside(context.signal);
  const rows: WorkloadStatus[] = [];
  // One after the other: a service has few, and each asks several things at once.
  for (const one of found) rows.push(await statusOf(client, service, one, beside, context));
  return { rows: rows.toSorted(byTrouble), partial: beside.partial() };
}

async function statusOf(
  client: KubeClient,
  service: string,
  { kind, object }: FoundWorkload,
  beside: Aside,
  context: CallContext,
): Promise<WorkloadStatus> {
  const { namespace, name } = object.metadata;
  const labels = object.spec.template.metadata?.labels ?? {};
  const events = (subject: Subject) =>
    beside.ask('Events', () => eventsOf(client, namespace, subject, context), []);
  const pods = podsOf(client, { kind, object }, context);
  const scaler = beside.ask(
    'Autoscalers',
    () => autoscalerOf(client, { namespace, kind, name }, context),
    null,
  );
  // All that needs no answer of another is asked for at once: what takes time is the way there and back.
  const [tally, autoscaler, disruptionBudget, quotas, ...told] = await Promise.all([
    pods,
    scaler,
    beside.ask('Disruption budgets', () => disruptionBudgetOf(client, namespace, labels, context), undefined),
    beside.ask('Quotas', () => tightQuotas(client, namespace, context), []),
    events({ kind, name }),
    pods.then(async (seen) => {
      const sets = await setsWithoutPods(client, { kind, object }, seen, beside, context);
      return (await Promise.all(sets.map(events))).flat();
    }),
    pods.then((seen) => Promise.all(illPods(seen).map(events))).then((all) => all.flat()),
    scaler.then((one) => (one === null ? [] : events({ kind: 'HorizontalPodAutoscaler', name }))),
  ]);
  return {
    ...workloadRow(service, kind, object, tally),
    ...(disruptionBudget === undefined ? {} : { disruptionBudget }),
    ...{ events: mergeEvents(told.flat()), autoscaler, quotas },
  };
}

/** Its pods, page by page, reduced as they come. */
async function podsOf(
  client: KubeClient,
  { kind, object }: FoundWorkload,
  context: CallContext,
): Promise<PodTally> {
  const { namespace, name } = object.metadata;
  const tally = tallyPods(mostPods, context.now, true);
  const query = { labelSelector: selectorQuery(object.spec.selector) };
  for await (const page of readPages(client, `/api/v1/namespaces/${namespace}/pods`, pod, query, context)) {
    for (const one of page) {
      const owner = ownerOfPod(one);
      // Selectors of two workloads may overlap; a pod without a controller may be adopted soon.
      if ((owner.kind === kind && owner.name === name) || owner.kind === 'Pod') tally.add(one);
    }
  }
  return tally.result();
}

function illPods({ pods }: PodTally): readonly Subject[] {
  return pods
    .filter(({ reason }) => reason !== null)
    .slice(0, mostPodsWithEvents)
    .map(({ name }) => ({ kind: 'Pod', name }));
}

/** Pods that could not be made leave their events on the ReplicaSet. */
async function setsWithoutPods(
  client: KubeClient,
  { kind, object }: FoundWorkload,
  tally: PodTally,
  beside: Aside,
  context: CallContext,
): Promise<readonly Subject[]> {
  const { namespace, name } = object.metadata;
  const missing = tally.count < (object.spec.replicas ?? 1);
  if (kind !== 'Deployment' || !missing) return [];
  const sets = await beside.ask('ReplicaSets', async () => {
    const labelSelector = selectorQuery(object.spec.selector);
    const path = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
    return (await readSome(client, path, replicaSet, { labelSelector, most: 200 }, context)).items;
  }, []);
  return sets
    .filter(({ spec, metadata }) => (spec.replicas ?? 0) > 0 && metadata.name.startsWith(`${name}-`))
    .slice(0, 3)
    .map(({ metadata }) => ({ kind: 'ReplicaSet', name: metadata.name }));
}

import type { CallContext } from '@devops-mcp/contract';
import type { WorkloadStatus } from '@devops-mcp/domain';
import type { KubeClient } from '../connection/kube-client.js';
import { selects } from '../model/label-selector.js';
import { type Autoscaler, autoscaler, disruptionBudget, resourceQuota } from '../model/objects.js';
import { quantity } from '../model/quantity.js';
import { readPages } from '../model/read-objects.js';

/** A namespace with more autoscalers, budgets or quotas than this is read no further. */
const mostObjects = 2_000;
const mostQuotas = 10;
/** A quota that is used to this share is told of. */
const nearlyUsed = 0.8;

/** The autoscaler of a workload; null when it has none. */
export async function autoscalerOf(
  client: KubeClient,
  target: { readonly namespace: string; readonly kind: string; readonly name: string },
  context: CallContext,
): Promise<NonNullable<WorkloadStatus['autoscaler']> | null> {
  const path = `/apis/autoscaling/v2/namespaces/${target.namespace}/horizontalpodautoscalers`;
  let read = 0;
  for await (const page of readPages(client, path, autoscaler, {}, context)) {
    const found = page.find(
      ({ spec }) => spec.scaleTargetRef.kind === target.kind && spec.scaleTargetRef.name === target.name,
    );
    if (found) return shownAutoscaler(found);
    read += page.length;
    if (read >= mostObjects) break;
  }
  return null;
}

function shownAutoscaler({ spec, status }: Autoscaler): NonNullable<WorkloadStatus['autoscaler']> {
  const current = status?.currentReplicas ?? 0;
  return {
    min: spec.minReplicas ?? 1,
    max: spec.maxReplicas,
    current,
    desired: status?.desiredReplicas ?? current,
    blocked: blockedBy(status?.conditions ?? []),
  };
}

const blocks: Readonly<Record<string, string>> = {
  FailedGetScale: 'it cannot read the scale of its target',
  FailedUpdateScale: 'it cannot change the scale of its target',
  FailedGetResourceMetric: 'it gets no resource metrics (is a metrics server running, are requests set?)',
  FailedGetContainerResourceMetric: 'it gets no resource metrics of the container',
  FailedGetPodsMetric: 'it gets no pod metrics',
  FailedGetObjectMetric: 'it gets no metric of its object',
  FailedGetExternalMetric: 'it gets no external metric',
  FailedComputeMetricsReplicas: 'it cannot compute a number of replicas from its metrics',
  InvalidMetricSourceType: 'its metric is not valid',
  InvalidSelector: 'the selector of its target is not valid',
  AmbiguousSelector: 'other autoscalers select the same pods',
  ScalingDisabled: 'scaling is disabled while its target has 0 replicas',
  TooManyReplicas: 'it wants more replicas than its maximum',
};

type Conditions = NonNullable<NonNullable<Autoscaler['status']>['conditions']>;

/** Source of the reasons: the controller's conditions, pkg/controller/podautoscaler/horizontal.go. */
function blockedBy(conditions: Conditions): string | null {
  for (const type of ['AbleToScale', 'ScalingActive']) {
    const condition = conditions.find((one) => one.type === type && one.status === 'False');
    if (condition) return blocks[condition.reason ?? ''] ?? 'it is not able to scale';
  }
  const limited = conditions.find(({ type, status }) => type === 'ScalingLimited' && status === 'True');
  return limited?.reason === 'TooManyReplicas' ? (blocks.TooManyReplicas ?? null) : null;
}

/** The budget that takes pods with these labels; of several the one that allows least. */
export async function disruptionBudgetOf(
  client: KubeClient,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  context: CallContext,
): Promise<WorkloadStatus['disruptionBudget']> {
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
  let least: NonNullable<WorkloadStatus['disruptionBudget']> | null = null;
  let read = 0;
  for await (const page of readPages(client, path, disruptionBudget, {}, context)) {
    for (const { metadata, spec, status } of page) {
      if (!spec?.selector || !selects(spec.selector, labels)) continue;
      const disruptionsAllowed = status?.disruptionsAllowed ?? 0;
      if (least === null || disruptionsAllowed < least.disruptionsAllowed)
        least = { name: metadata.name, disruptionsAllowed };
    }
    read += page.length;
    if (read >= mostObjects) break;
  }
  return least;
}

/** What is used up or nearly so in a namespace, the fullest first. */
export async function tightQuotas(
  client: KubeClient,
  namespace: string,
  context: CallContext,
): Promise<NonNullable<WorkloadStatus['quotas']>> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  const found: { row: NonNullable<WorkloadStatus['quotas']>[number]; share: number }[] = [];
  let read = 0;
  for await (const page of readPages(client, path, resourceQuota, {}, context)) {
    for (const { metadata, status } of page) {
      for (const [resource, hard] of Object.entries(status?.hard ?? {})) {
        const used = status?.used?.[resource] ?? '0';
        const share = quantity(hard) === 0 ? 1 : quantity(used) / quantity(hard);
        if (!(share >= nearlyUsed)) continue;
        found.push({ row: { name: metadata.name, resource, used, hard, exhausted: share >= 1 }, share });
      }
    }
    read += page.length;
    if (read >= mostObjects) break;
  }
  return found
    .toSorted((a, b) => b.share - a.share)
    .slice(0, mostQuotas)
    .map(({ row }) => row);
}

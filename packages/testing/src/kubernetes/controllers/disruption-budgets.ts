import { at, type KubeObject, numberAt, recordAt, withAt } from '../object.js';
import { resourceOfKind } from '../resources.js';
import { objectSelector } from '../selectors.js';
import type { Store } from '../store.js';
import { isReady } from '../subresources.js';
import { writeIfChanged } from './owned-objects.js';

/** How many pods of each budget may be disrupted now. */
export function stepBudgets(store: Store): void {
  for (const budget of store.all(resourceOfKind('PodDisruptionBudget'))) {
    const matches = objectSelector(at(budget, 'spec', 'selector'));
    const pods = store.all(resourceOfKind('Pod'), budget.metadata.namespace).filter(matches);
    const currentHealthy = pods.filter(
      (pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined,
    ).length;
    const expectedPods = expected(store, budget, pods);
    const desiredHealthy = desired(budget, expectedPods);
    const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy);
    const observedGeneration = budget.metadata.generation ?? 1;
    const status = {
      ...recordAt(budget, 'status'),
      currentHealthy,
      desiredHealthy,
      expectedPods,
      disruptionsAllowed,
      observedGeneration,
    };
    writeIfChanged(store, budget, withAt(budget, ['status'], status));
  }
}

/** The pods that the workloads want, which a pod on its way out does not lower. */
function expected(store: Store, budget: KubeObject, pods: readonly KubeObject[]): number {
  const owners = new Set(pods.flatMap((pod) => (pod.metadata.ownerReferences ?? []).map(({ uid }) => uid)));
  const workloads = ['ReplicaSet', 'StatefulSet'].flatMap((kind) =>
    store.all(resourceOfKind(kind), budget.metadata.namespace),
  );
  const wanted = workloads
    .filter((each) => owners.has(each.metadata.uid ?? ''))
    .reduce((sum, each) => sum + (numberAt(each, 'spec', 'replicas') ?? 0), 0);
  return wanted > 0 ? wanted : pods.length;
}

function desired(budget: KubeObject, expectedPods: number): number {
  const [min, max] = [at(budget, 'spec', 'minAvailable'), at(budget, 'spec', 'maxUnavailable')];
  if (min !== undefined) return count(min, expectedPods);
  return Math.max(0, expectedPods - count(max ?? 1, expectedPods));
}

function count(value: unknown, of: number): number {
  if (typeof value === 'number') return value;
  return Math.ceil((Number.parseInt(String(value), 10) * of) / 100);
}

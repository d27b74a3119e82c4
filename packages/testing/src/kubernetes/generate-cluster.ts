import { eventObjects } from './generate/events.js';
import { helmReleases } from './generate/helm-releases.js';
import { autoscaler, disruptionBudget, nodeObjects, quota } from './generate/limits.js';
import { at, type ClusterPlan, type PlannedWorkload, planCluster } from './generate/plan.js';
import { podObjects } from './generate/pod-objects.js';
import { workloadObjects } from './generate/workload-objects.js';
import type { KubeObject } from './object.js';

export interface GenerateOptions {
  readonly pods: number;
  readonly seed: number;
  /** What the ages in the cluster are counted from; the present moment by default. */
  readonly now?: Date;
}

/**
 * The objects of a cluster of teams: Deployments with two revisions each, about 6 in 100 pods ill, events of the last
 * hour, autoscalers, disruption budgets, one quota that is nearly used up, and Helm's releases. The same for the same options.
 */
export function generateCluster({ pods, seed, now = new Date() }: GenerateOptions): readonly KubeObject[] {
  const plan = planCluster(pods, seed, now);
  return [
    ...plan.namespaces.map((name) => namespaceOf(name, now)),
    ...nodeObjects(plan),
    ...plan.workloads.flatMap((workload, index) => objectsOf(workload, index, plan)),
    quota(plan),
  ];
}

function objectsOf(workload: PlannedWorkload, index: number, plan: ClusterPlan): readonly KubeObject[] {
  const pods = podObjects(workload, plan);
  return [
    ...workloadObjects(workload, plan),
    ...pods,
    ...eventObjects(workload, pods, plan),
    ...(index % 4 === 0 ? [autoscaler(workload, plan)] : []),
    ...(index % 3 === 0 ? [disruptionBudget(workload, plan)] : []),
    ...(index % 5 === 0 ? helmReleases(workload, plan) : []),
  ];
}

function namespaceOf(name: string, now: Date): KubeObject {
  const metadata = {
    name,
    labels: { 'kubernetes.io/metadata.name': name },
    creationTimestamp: at(now, -90 * 86_400),
  };
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata,
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

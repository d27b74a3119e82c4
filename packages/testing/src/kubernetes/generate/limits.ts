import type { KubeObject } from '../object.js';
import { at, type ClusterPlan, type PlannedWorkload } from './plan.js';
import { selectorOf } from './pod-template.js';

export function autoscaler(workload: PlannedWorkload, { random }: ClusterPlan): KubeObject {
  const { name, namespace, replicas, deployedAt } = workload;
  const present = random.between(30, 95);
  const resource = (key: 'target' | 'current', value: number) => ({
    type: 'Resource',
    resource: {
      name: 'cpu',
      [key]: { ...(key === 'target' ? { type: 'Utilization' } : {}), averageUtilization: value },
    },
  });
  const condition = (type: string, status: string, reason: string) => ({
    type,
    status,
    reason,
    lastTransitionTime: at(deployedAt),
    message: '',
  });
  return {
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
    metadata: { name, namespace, uid: random.uid(), creationTimestamp: at(deployedAt, -30 * 86_400) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: Math.max(1, replicas - 2),
      maxReplicas: replicas + 3,
      metrics: [resource('target', 70)],
    },
    status: {
      ...{
        currentReplicas: replicas,
        desiredReplicas: replicas,
        currentMetrics: [resource('current', present)],
      },
      conditions: [
        condition('AbleToScale', 'True', 'ReadyForNewScale'),
        condition('ScalingActive', 'True', 'ValidMetricFound'),
        condition('ScalingLimited', 'False', 'DesiredWithinRange'),
      ],
    },
  };
}

export function disruptionBudget(workload: PlannedWorkload, { random }: ClusterPlan): KubeObject {
  const { name, namespace, replicas, ill, deployedAt } = workload;
  const desiredHealthy = Math.max(1, replicas - 1);
  const currentHealthy = replicas - ill;
  return {
    ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
    metadata: {
      name,
      namespace,
      uid: random.uid(),
      generation: 1,
      creationTimestamp: at(deployedAt, -30 * 86_400),
    },
    spec: { minAvailable: desiredHealthy, selector: { matchLabels: selectorOf(workload) } },
    status: {
      observedGeneration: 1,
      currentHealthy,
      desiredHealthy,
      expectedPods: replicas,
      disruptionsAllowed: Math.max(0, currentHealthy - desiredHealthy),
    },
  };
}

/** One namespace with room for two more pods. */
export function quota({ workloads, namespaces, random, now }: ClusterPlan): KubeObject {
  const namespace = namespaces[0] ?? 'default';
  const used = workloads
    .filter((each) => each.namespace === namespace)
    .reduce((sum, each) => sum + each.replicas, 0);
  const hard = {
    pods: String(used + 2),
    'requests.cpu': String(Math.ceil(used / 3) + 1),
    'limits.memory': `${used + 1}Gi`,
  };
  const spent = { pods: String(used), 'requests.cpu': `${used * 300}m`, 'limits.memory': `${used * 640}Mi` };
  return {
    ...{ apiVersion: 'v1', kind: 'ResourceQuota' },
    metadata: { name: 'compute', namespace, uid: random.uid(), creationTimestamp: at(now, -90 * 86_400) },
    ...{ spec: { hard }, status: { hard, used: spent } },
  };
}

export function nodeObjects({ nodes, random, now }: ClusterPlan): readonly KubeObject[] {
  return nodes.map((name, index) => {
    const condition = (type: string, status: string, reason: string) => ({
      type,
      status,
      reason,
      lastHeartbeatTime: at(now, -20),
      lastTransitionTime: at(now, -40 * 86_400),
      message: '',
    });
    const capacity = { cpu: '16', memory: '65772180Ki', pods: '110', 'ephemeral-storage': '102683648Ki' };
    const nodeInfo = {
      kubeletVersion: 'v1.32.4',
      containerRuntimeVersion: 'containerd://2.0.5',
      osImage: 'Debian GNU/Linux 12 (bookworm)',
      kernelVersion: '6.1.0-34-amd64',
      architecture: 'amd64',
      operatingSystem: 'linux',
      kubeProxyVersion: 'v1.32.4',
    };
    return {
      ...{ apiVersion: 'v1', kind: 'Node' },
      metadata: {
        name,
        uid: random.uid(),
        creationTimestamp: at(now, -40 * 86_400),
        labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${(index % 3) + 1}` },
      },
      spec: { podCIDR: `10.244.${index}.0/24` },
      status: {
        ...{
          capacity,
          allocatable: capacity,
          nodeInfo,
          addresses: [{ type: 'InternalIP', address: `10.0.0.${index + 1}` }],
        },
        conditions: [
          condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
          condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
          condition('Ready', 'True', 'KubeletReady'),
        ],
      },
    };
  });
}

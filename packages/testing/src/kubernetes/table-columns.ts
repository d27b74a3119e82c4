import { at, type KubeObject, listAt, numberAt, recordAt, textAt, textsAt } from './object.js';

export interface Column {
  readonly name: string;
  readonly type?: string;
  readonly format?: string;
  /** Above 0 only with `-o wide`. */
  readonly priority?: number;
  cell(object: KubeObject): unknown;
}

const name: Column = { name: 'Name', format: 'name', cell: ({ metadata }) => metadata.name };
const age: Column = { name: 'Age', cell: ({ metadata }) => ageOf(metadata.creationTimestamp) };

/** What `kubectl get` shows of a kind; of kinds not listed here name and age. */
export function columnsOf(kind: string): readonly Column[] {
  return columns[kind] ?? [name, age];
}

const columns: Readonly<Record<string, readonly Column[]>> = {
  Pod: [
    name,
    { name: 'Ready', cell: (pod) => `${readyContainers(pod)}/${listAt(pod, 'spec', 'containers').length}` },
    { name: 'Status', cell: podStatus },
    { name: 'Restarts', cell: restartsOf },
    age,
    { name: 'IP', priority: 1, cell: (pod) => textAt(pod, 'status', 'podIP') || '<none>' },
    { name: 'Node', priority: 1, cell: (pod) => textAt(pod, 'spec', 'nodeName') || '<none>' },
    { name: 'Nominated Node', priority: 1, cell: () => '<none>' },
    { name: 'Readiness Gates', priority: 1, cell: () => '<none>' },
  ],
  Deployment: [
    name,
    {
      name: 'Ready',
      cell: (each) => `${number(each, 'status', 'readyReplicas')}/${number(each, 'spec', 'replicas')}`,
    },
    { name: 'Up-to-date', type: 'integer', cell: (each) => number(each, 'status', 'updatedReplicas') },
    { name: 'Available', type: 'integer', cell: (each) => number(each, 'status', 'availableReplicas') },
    age,
    ...templateColumns(),
  ],
  ReplicaSet: [
    name,
    { name: 'Desired', type: 'integer', cell: (each) => number(each, 'spec', 'replicas') },
    { name: 'Current', type: 'integer', cell: (each) => number(each, 'status', 'replicas') },
    { name: 'Ready', type: 'integer', cell: (each) => number(each, 'status', 'readyReplicas') },
    age,
    ...templateColumns(),
  ],
  StatefulSet: [
    name,
    {
      name: 'Ready',
      cell: (each) => `${number(each, 'status', 'readyReplicas')}/${number(each, 'spec', 'replicas')}`,
    },
    age,
    ...templateColumns().slice(0, 2),
  ],
  DaemonSet: [
    name,
    ...[
      'desiredNumberScheduled',
      'currentNumberScheduled',
      'numberReady',
      'updatedNumberScheduled',
      'numberAvailable',
    ].map((field, place) => ({
      name: ['Desired', 'Current', 'Ready', 'Up-to-date', 'Available'][place] ?? field,
      type: 'integer',
      cell: (each: KubeObject) => number(each, 'status', field),
    })),
    age,
  ],
  Event: [
    {
      name: 'Last Seen',
      cell: (each) => ageOf(textAt(each, 'lastTimestamp') || textAt(each, 'eventTime') || undefined),
    },
    { name: 'Type', cell: (each) => textAt(each, 'type') },
    { name: 'Reason', cell: (each) => textAt(each, 'reason') },
    {
      name: 'Object',
      cell: (each) =>
        `${textAt(each, 'involvedObject', 'kind').toLowerCase()}/${textAt(each, 'involvedObject', 'name')}`,
    },
    { name: 'Subobject', priority: 1, cell: (each) => textAt(each, 'involvedObject', 'fieldPath') },
    { name: 'Source', priority: 1, cell: (each) => textAt(each, 'source', 'component') },
    { name: 'Message', cell: (each) => textAt(each, 'message').trim() },
    { name: 'First Seen', priority: 1, cell: (each) => ageOf(textAt(each, 'firstTimestamp') || undefined) },
    { name: 'Count', type: 'integer', priority: 1, cell: (each) => numberAt(each, 'count') ?? 1 },
    { ...name, priority: 1 },
  ],
  Namespace: [name, { name: 'Status', cell: (each) => textAt(each, 'status', 'phase') || 'Active' }, age],
  Node: [
    name,
    { name: 'Status', cell: nodeStatus },
    { name: 'Roles', cell: () => '<none>' },
    age,
    { name: 'Version', cell: (each) => textAt(each, 'status', 'nodeInfo', 'kubeletVersion') },
  ],
  Service: [
    name,
    { name: 'Type', cell: (each) => textAt(each, 'spec', 'type') },
    { name: 'Cluster-IP', cell: (each) => textAt(each, 'spec', 'clusterIP') || '<none>' },
    { name: 'External-IP', cell: () => '<none>' },
    { name: 'Port(s)', cell: portsOf },
    age,
  ],
  Secret: [
    name,
    { name: 'Type', cell: (each) => textAt(each, 'type') },
    { name: 'Data', type: 'integer', cell: (each) => Object.keys(recordAt(each, 'data')).length },
    age,
  ],
  ConfigMap: [
    name,
    { name: 'Data', type: 'integer', cell: (each) => Object.keys(recordAt(each, 'data')).length },
    age,
  ],
  HorizontalPodAutoscaler: [
    name,
    {
      name: 'Reference',
      cell: (each) =>
        `${textAt(each, 'spec', 'scaleTargetRef', 'kind')}/${textAt(each, 'spec', 'scaleTargetRef', 'name')}`,
    },
    { name: 'Targets', cell: targetsOf },
    { name: 'MinPods', cell: (each) => String(number(each, 'spec', 'minReplicas')) },
    { name: 'MaxPods', type: 'integer', cell: (each) => number(each, 'spec', 'maxReplicas') },
    { name: 'Replicas', type: 'integer', cell: (each) => number(each, 'status', 'currentReplicas') },
    age,
  ],
  PodDisruptionBudget: [
    name,
    { name: 'Min Available', cell: (each) => String(at(each, 'spec', 'minAvailable') ?? 'N/A') },
    { name: 'Max Unavailable', cell: (each) => String(at(each, 'spec', 'maxUnavailable') ?? 'N/A') },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      cell: (each) => number(each, 'status', 'disruptionsAllowed'),
    },
    age,
  ],
};

function templateColumns(): readonly Column[] {
  const containers = (object: KubeObject, field: string) =>
    listAt(object, 'spec', 'template', 'spec', 'containers')
      .map((each) => textAt(each, field))
      .join(',');
  return [
    { name: 'Containers', priority: 1, cell: (each) => containers(each, 'name') },
    { name: 'Images', priority: 1, cell: (each) => containers(each, 'image') },
    {
      name: 'Selector',
      priority: 1,
      cell: (each) =>
        Object.entries(textsAt(each, 'spec', 'selector', 'matchLabels'))
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
    },
  ];
}

function number(object: KubeObject, ...path: readonly string[]): number {
  return numberAt(object, ...path) ?? 0;
}

function readyContainers(pod: KubeObject): number {
  return listAt(pod, 'status', 'containerStatuses').filter((each) => at(each, 'ready') === true).length;
}

/** The column's rule: the reason of a container that waits or ended goes before the pod's phase. */
export function podStatus(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const reasons = listAt(pod, 'status', 'containerStatuses').map(
    (each) => textAt(each, 'state', 'waiting', 'reason') || textAt(each, 'state', 'terminated', 'reason'),
  );
  return (
    reasons.findLast((each) => each !== '') ??
    (textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase') || 'Unknown')
  );
}

function restartsOf(pod: KubeObject): string {
  const statuses = listAt(pod, 'status', 'containerStatuses');
  const restarts = statuses.reduce((sum: number, each) => sum + (numberAt(each, 'restartCount') ?? 0), 0);
  const ended = statuses
    .map((each) => textAt(each, 'lastState', 'terminated', 'finishedAt'))
    .filter((each) => each !== '')
    .sort()
    .at(-1);
  return restarts > 0 && ended !== undefined ? `${restarts} (${ageOf(ended)} ago)` : String(restarts);
}

function nodeStatus(node: KubeObject): string {
  const ready = listAt(node, 'status', 'conditions').find((each) => textAt(each, 'type') === 'Ready');
  const state = textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state;
}

function portsOf(service: KubeObject): string {
  return (
    listAt(service, 'spec', 'ports')
      .map((each) => `${numberAt(each, 'port')}/${textAt(each, 'protocol') || 'TCP'}`)
      .join(',') || '<none>'
  );
}

function targetsOf(autoscaler: KubeObject): string {
  const target = numberAt(autoscaler, 'spec', 'metrics', 0, 'resource', 'target', 'averageUtilization');
  const present = numberAt(
    autoscaler,
    'status',
    'currentMetrics',
    0,
    'resource',
    'current',
    'averageUtilization',
  );
  return `cpu: ${present === undefined ? '<unknown>' : `${present}%`}/${target ?? '<unknown>'}%`;
}

/** Ages as kubectl writes them: two units where the larger one is small. */
function ageOf(timestamp: string | undefined): string {
  if (timestamp === undefined) return '<unknown>';
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(timestamp)) / 1_000));
  const [minutes, hours, days] = [
    Math.floor(seconds / 60),
    Math.floor(seconds / 3_600),
    Math.floor(seconds / 86_400),
  ];
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (days < 8) return pair(days, 'd', hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  return pair(Math.floor(days / 365), 'y', days % 365, 'd');
}

function pair(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smallUnit}`;
}

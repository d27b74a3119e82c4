import { type KubeObject, textAt } from '../object.js';
import { at, type ClusterPlan, type Illness, type PlannedWorkload } from './plan.js';

type Told = readonly [
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  component: string,
  count: number,
];

/** What the cluster said lately: of each ill pod its warnings, of some others their start. */
export function eventObjects(
  workload: PlannedWorkload,
  pods: readonly KubeObject[],
  { random, now }: ClusterPlan,
): readonly KubeObject[] {
  return pods.flatMap((pod, index) => {
    const illness = index < workload.ill ? workload.illness : undefined;
    const told = illness === undefined ? started(pod, random.next()) : warnings(illness, pod);
    return told.map((each, place) =>
      eventOf(pod, each, random.letters(16), at(now, -3_300 + place * 20 + random.between(0, 3_000)), now),
    );
  });
}

/** A quarter of the pods started within the time that events are kept. */
function started(pod: KubeObject, chance: number): readonly Told[] {
  if (chance > 0.27) return [];
  const { name, namespace } = pod.metadata;
  const image = textAt(pod, 'spec', 'containers', 0, 'image');
  const container = textAt(pod, 'spec', 'containers', 0, 'name');
  return [
    [
      'Normal',
      'Scheduled',
      `Successfully assigned ${namespace}/${name} to ${textAt(pod, 'spec', 'nodeName')}`,
      'default-scheduler',
      1,
    ],
    ['Normal', 'Pulled', `Container image "${image}" already present on machine`, 'kubelet', 1],
    ['Normal', 'Created', `Created container: ${container}`, 'kubelet', 1],
    ['Normal', 'Started', `Started container ${container}`, 'kubelet', 1],
  ];
}

function warnings(illness: Illness, pod: KubeObject): readonly Told[] {
  const container = textAt(pod, 'spec', 'containers', 0, 'name');
  const image = textAt(pod, 'spec', 'containers', 0, 'image');
  const backOff: Told = [
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${container} in pod ${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`,
    'kubelet',
    61,
  ];
  const told: Readonly<Record<Illness, readonly Told[]>> = {
    CrashLoopBackOff: [
      backOff,
      [
        'Warning',
        'Unhealthy',
        'Readiness probe failed: Get "http://10.244.3.17:8080/readyz": connect: connection refused',
        'kubelet',
        12,
      ],
    ],
    OOMKilled: [backOff],
    ImagePullBackOff: [
      [
        'Warning',
        'Failed',
        `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image "${image}": not found`,
        'kubelet',
        9,
      ],
      ['Warning', 'Failed', 'Error: ImagePullBackOff', 'kubelet', 40],
    ],
    Unschedulable: [
      [
        'Warning',
        'FailedScheduling',
        textAt(pod, 'status', 'conditions', 0, 'message'),
        'default-scheduler',
        5,
      ],
    ],
    NotReady: [
      [
        'Warning',
        'Unhealthy',
        'Readiness probe failed: HTTP probe failed with statuscode: 503',
        'kubelet',
        88,
      ],
    ],
  };
  return told[illness];
}

function eventOf(pod: KubeObject, told: Told, suffix: string, first: string, now: Date): KubeObject {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  const [type, reason, message, component, count] = told;
  const last = count === 1 ? first : at(now, -30);
  return {
    ...{ apiVersion: 'v1', kind: 'Event' },
    metadata: {
      name: `${name}.${suffix}`,
      namespace,
      uid: `${uid.slice(0, 24)}${suffix.slice(0, 12)}`,
      creationTimestamp: first,
    },
    involvedObject: { kind: 'Pod', namespace, name, uid, apiVersion: 'v1' },
    ...{ reason, message, source: { component }, firstTimestamp: first, lastTimestamp: last, count, type },
    ...{ eventTime: null, reportingComponent: component, reportingInstance: '' },
  };
}

import { type Fields, isRecord, type KubeObject, listAt, recordAt, withAt } from './object.js';

/** What the API server fills in, as `kubectl get -o yaml` shows it for an object that left it out. */
export function withDefaults(object: KubeObject): KubeObject {
  if (object.kind === 'Pod')
    return withAt(object, ['spec'], { enableServiceLinks: true, ...podSpec(recordAt(object, 'spec')) });
  if (object.kind === 'HorizontalPodAutoscaler')
    return withSpec(object, { minReplicas: 1, metrics: [processorTarget] });
  if (object.kind === 'Service') return withSpec(object, { type: 'ClusterIP', sessionAffinity: 'None' });
  if (object.kind === 'Job')
    return withTemplate(withSpec(object, { parallelism: 1, completions: 1, backoffLimit: 6 }));
  const defaults = specDefaults[object.kind];
  if (defaults === undefined) return object;
  return withRollingUpdate(withTemplate(withSpec(object, defaults)));
}

const averageUtilization = 80;
const processorTarget = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
};

/** What admission adds to a new pod. */
export function withAdmission(pod: KubeObject): KubeObject {
  const toleration = (key: string) => ({
    ...{ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  });
  const tolerations = [toleration('not-ready'), toleration('unreachable')];
  return withSpec(pod, { tolerations, priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
}

const specDefaults: Readonly<Record<string, Fields>> = {
  Deployment: {
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    strategy: { type: 'RollingUpdate' },
  },
  ReplicaSet: { replicas: 1 },
  ReplicationController: { replicas: 1 },
  StatefulSet: {
    replicas: 1,
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
  },
  DaemonSet: {
    revisionHistoryLimit: 10,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
  },
};

function withSpec(object: KubeObject, defaults: Fields): KubeObject {
  return withAt(object, ['spec'], filled(recordAt(object, 'spec'), defaults));
}

function withRollingUpdate(object: KubeObject): KubeObject {
  const strategy = recordAt(object, 'spec', 'strategy');
  if (object.kind !== 'Deployment' || strategy.type !== 'RollingUpdate') return object;
  const rollingUpdate = filled(recordAt(strategy, 'rollingUpdate'), {
    maxUnavailable: '25%',
    maxSurge: '25%',
  });
  return withAt(object, ['spec', 'strategy', 'rollingUpdate'], rollingUpdate);
}

function withTemplate(object: KubeObject): KubeObject {
  const template = recordAt(object, 'spec', 'template');
  if (!isRecord(template.spec)) return object;
  const metadata = filled(recordAt(template, 'metadata'), { creationTimestamp: null });
  return withAt(object, ['spec', 'template'], { ...template, metadata, spec: podSpec(template.spec) });
}

function podSpec(spec: Fields): Fields {
  const containers = listAt(spec, 'containers').map((each) => (isRecord(each) ? container(each) : each));
  const first = listAt(spec, 'initContainers').map((each) => (isRecord(each) ? container(each) : each));
  return filled(
    {
      ...spec,
      ...(first.length > 0 ? { initContainers: first } : {}),
      ...(spec.containers === undefined ? {} : { containers }),
    },
    {
      ...{ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst' },
      ...{ securityContext: {}, schedulerName: 'default-scheduler' },
    },
  );
}

function container(given: Fields): Fields {
  const image = String(given.image ?? '');
  const tag = image.slice(image.lastIndexOf('/') + 1).split(':')[1];
  const ports = listAt(given, 'ports').map((each) =>
    isRecord(each) ? filled(each, { protocol: 'TCP' }) : each,
  );
  return filled(
    { ...given, ...(ports.length > 0 ? { ports } : {}) },
    {
      ...{ resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
      imagePullPolicy: tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent',
    },
  );
}

function filled(given: Fields, defaults: Fields): Fields {
  const missing = Object.entries(defaults).filter(([key]) => given[key] === undefined || given[key] === null);
  return missing.length === 0 ? given : { ...given, ...Object.fromEntries(missing) };
}

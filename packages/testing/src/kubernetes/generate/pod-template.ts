import type { Fields } from '../object.js';
import type { PlannedWorkload } from './plan.js';

/** The pod template of a workload at one of its two versions: a server with probes and, for most, a proxy beside it. */
export function podTemplate(workload: PlannedWorkload, version: string, hash?: string): Fields {
  const { name, namespace, sidecar } = workload;
  const labels = {
    ...labelsOf(workload),
    'app.kubernetes.io/version': version,
    ...(hash === undefined ? {} : { 'pod-template-hash': hash }),
  };
  const annotations = { 'prometheus.io/scrape': 'true' };
  return {
    metadata: { creationTimestamp: null, labels, annotations },
    spec: {
      containers: [server(name, namespace, version), ...(sidecar ? [proxy()] : [])],
      ...{ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst' },
      ...{
        serviceAccountName: name,
        serviceAccount: name,
        securityContext: {},
      },
      schedulerName: 'default-scheduler',
    },
  };
}

export function labelsOf({ name, namespace }: PlannedWorkload): Readonly<Record<string, string>> {
  const team = namespace.replace('team-', '');
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': team,
    'app.kubernetes.io/managed-by': 'Helm',
  };
}

export function selectorOf({ name }: PlannedWorkload): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': name };
}

export function imageOf({ name }: Pick<PlannedWorkload, 'name'>, version: string): string {
  return `registry.example.com/${name}:${version}`;
}

function server(name: string, namespace: string, version: string): Fields {
  return {
    name,
    image: imageOf({ name }, version),
    ports: [
      { name: 'http', containerPort: 8080, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9102, protocol: 'TCP' },
    ],
    env: [
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'OTEL_SERVICE_NAME', value: name },
      { name: 'DATABASE_HOST', value: `db.${namespace}.svc.cluster.local` },
      {
        name: 'DATABASE_PASSWORD',
        valueFrom: { secretKeyRef: { name: `${name}-database`, key: 'password' } },
      },
    ],
    resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '250m', memory: '256Mi' } },
    readinessProbe: probe('/readyz', 2),
    ...{
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: 'IfNotPresent',
    },
  };
}

function proxy(): Fields {
  return {
    ...{
      name: 'proxy',
      image: 'registry.example.com/mesh/proxy:1.29.4',
      args: ['proxy', 'sidecar', '--log-level=warning'],
    },
    ports: [{ name: 'envoy-admin', containerPort: 15000, protocol: 'TCP' }],
    resources: { limits: { cpu: '500m', memory: '128Mi' }, requests: { cpu: '50m', memory: '64Mi' } },
    ...{
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: 'IfNotPresent',
    },
  };
}

function probe(path: string, failureThreshold: number): Fields {
  const httpGet = { path, port: 'http', scheme: 'HTTP' };
  return {
    httpGet,
    initialDelaySeconds: 5,
    timeoutSeconds: 2,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold,
  };
}

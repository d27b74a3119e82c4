import type { ShopService } from '../company/model.js';
import { shopResource } from '../company/organisation.js';
import type { DesiredService } from './desired-state.js';

export function deployment(state: DesiredService, environment: string): string {
  const { service } = state;
  const secrets = service.resources
    .filter(
      (name) => shopResource(name).type === 'database' || shopResource(name).type === 'external-service',
    )
    .map(
      (name) => `            - name: ${name.replaceAll('-', '_').toUpperCase()}_SECRET
              valueFrom:
                secretKeyRef: { name: ${name}, key: password }
`,
    )
    .join('');
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${service.name}
  namespace: shop
  labels:
    app.kubernetes.io/name: ${service.name}
    app.kubernetes.io/version: ${state.version}
    app.kubernetes.io/part-of: shop
    shop.example.com/environment: ${environment}
    shop.example.com/team: ${service.team}
spec:
  replicas: ${state.replicas}
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      app.kubernetes.io/name: ${service.name}
  strategy:
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${service.name}
        app.kubernetes.io/version: ${state.version}
    spec:
      containers:
        - name: ${service.name}
          image: ${imageOf(service.name, state.version)}
          ports:
            - containerPort: ${service.port}
          envFrom:
            - configMapRef: { name: ${service.name}-config }
            - configMapRef: { name: ${service.name}-flags }
          env:
            - name: SERVICE_VERSION
              value: ${state.version}
            - name: DEPLOYMENT_ENVIRONMENT
              value: ${environment}
${secrets}          resources:
            requests: { cpu: ${service.cpuMillis / 2}m, memory: ${service.memoryMiB / 2}Mi }
            limits: { cpu: ${service.cpuMillis}m, memory: ${service.memoryMiB}Mi }
          readinessProbe:
            httpGet: { path: /health/ready, port: ${service.port} }
            periodSeconds: 5
`;
}

function imageOf(service: string, version: string): string {
  return `registry.example.com/shop/${service}:${version}@sha256:${pseudoDigest(`${service}:${version}`)}`;
}

/** Looks like a digest and is only a checksum of the tag: there is no registry behind the sandbox. */
function pseudoDigest(text: string): string {
  let digest = '';
  for (let round = 0; digest.length < 64; round += 1) {
    let hash = 0x811c9dc5 ^ round;
    for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    digest += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return digest;
}

export function networkService(service: ShopService): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${service.name}
  namespace: shop
spec:
  selector:
    app.kubernetes.io/name: ${service.name}
  ports:
    - { name: http, port: 80, targetPort: ${service.port} }
`;
}

export function configMap(
  state: DesiredService,
  kind: 'config' | 'flags',
  data: Readonly<Record<string, string>>,
): string {
  const entries = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${state.service.name}-${kind}
  namespace: shop
  labels:
    app.kubernetes.io/name: ${state.service.name}
    devops-mcp/kind: ${kind}
data:
${entries.map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`).join('')}`;
}

export function autoscaler(
  service: ShopService,
  range: { readonly min: number; readonly max: number },
): string {
  return `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${service.name}
  namespace: shop
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${service.name} }
  minReplicas: ${range.min}
  maxReplicas: ${range.max}
  metrics:
    - type: Resource
      resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } }
`;
}

export function kustomization(state: DesiredService): string {
  const files = ['deployment.yaml', 'service.yaml', 'config.yaml', 'flags.yaml'];
  if (state.service.autoscaler !== undefined) files.push('hpa.yaml');
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${files.map((file) => `  - ${file}\n`).join('')}`;
}

import { describe, expect, it } from 'vitest';
import { readManifests, versionOf } from '../../src/gitops/manifests.js';
import { config, deployment, flags } from './shop.js';

describe('reading manifests', () => {
  it('reads plain Kubernetes objects, with the place of every value', () => {
    const found = read({
      'deployment.yaml': deployment('1.4.2', { replicas: 4 }),
      'config.yaml': config({ TIMEOUT: '30' }),
      'flags.yaml': flags({ new_checkout: 'true' }),
      'hpa.yaml':
        'kind: HorizontalPodAutoscaler\nspec:\n  minReplicas: 2\n  maxReplicas: 8\n  scaleTargetRef: { name: payments-api }\n',
      'secret.yaml': 'kind: Secret\nmetadata: { name: extra }\nstringData: { key: plain-text }\n',
    });
    expect(found.image?.value).toBe('registry.example.com/shop/payments-api:1.4.2');
    expect(found.replicas).toBe(4);
    expect(found.replicasPlace).toEqual({ path: 'deployment.yaml', document: 0, keys: ['spec', 'replicas'] });
    expect(found.autoscaler).toEqual({ min: 2, max: 8 });
    expect([...found.configuration].map(([key, { value }]) => [key, value])).toEqual([
      ['TIMEOUT', '30'],
      ['LOG_LEVEL', 'info'],
    ]);
    expect(found.flags.get('new_checkout')?.value).toBe('true');
    expect([...found.secretReferences].sort()).toEqual(['extra/key', 'payments-db/password']);
  });

  it('applies Kustomize overlays of the environment and leaves out others', () => {
    const found = read({
      'base/deployment.yaml': deployment('latest'),
      'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
      'overlays/production/kustomization.yaml': [
        'images:',
        '  - name: registry.example.com/shop/payments-api',
        '    newTag: 2.0.1',
        'replicas:',
        '  - { name: payments-api, count: 9 }',
        'configMapGenerator:',
        '  - name: payments-api',
        '    literals: [TIMEOUT=12]',
        '',
      ].join('\n'),
      'overlays/staging/kustomization.yaml': 'replicas:\n  - { name: payments-api, count: 1 }\n',
    });
    expect(found.image?.value).toBe('registry.example.com/shop/payments-api:2.0.1');
    expect(found.replicas).toBe(9);
    expect(found.replicasPlace?.path).toBe('overlays/production/kustomization.yaml');
    expect(found.configuration.get('TIMEOUT')).toMatchObject({ value: '12', place: { prefix: 'TIMEOUT=' } });
  });

  it('reads Helm values, those of the environment over the general ones', () => {
    const found = read({
      'Chart.yaml': 'name: payments-api\nversion: 0.1.0\n',
      'templates/deployment.yaml': 'kind: Deployment\nspec:\n  replicas: {{ .Values.replicaCount }}\n',
      'values.yaml': [
        'replicaCount: 2',
        'image: { repository: registry.example.com/pay, tag: "1.0" }',
        'autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 6 }',
        'config: { TIMEOUT: 30 }',
        'resources: { limits: { cpu: 1 } }',
        '',
      ].join('\n'),
      'values-production.yaml': 'replicaCount: 6\nimage: { tag: "1.1" }\n',
      'values-staging.yaml': 'replicaCount: 1\n',
    });
    expect(found.image?.value).toBe('registry.example.com/pay:1.1');
    expect(found.replicas).toBe(6);
    expect(found.autoscaler).toEqual({ min: 2, max: 6 });
    expect(found.configuration.get('TIMEOUT')?.value).toBe('30');
    expect(found.podAnnotations?.keys).toEqual(['podAnnotations']);
    expect(found.unreadable).toEqual([]);
  });

  it('finds the service’s own workload among several, and keeps the others apart', () => {
    const worker = deployment('9.9.9').replaceAll('payments-api', 'payments-worker');
    const found = read({ 'a-worker.yaml': worker, 'deployment.yaml': deployment('1.0.0') });
    expect(found.image?.value).toBe('registry.example.com/shop/payments-api:1.0.0');
    expect([...found.configuration.keys()].sort()).toEqual(['LOG_LEVEL', 'payments-worker/LOG_LEVEL']);
  });

  it('reports what cannot be read and reads the rest', () => {
    const found = read({ 'broken.yaml': 'a: [1\n', 'deployment.yaml': deployment('1.0.0') });
    expect(found.unreadable).toEqual(['broken.yaml']);
    expect(found.image?.value).toContain(':1.0.0');
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(',')}]`)
      .join('\n')}\n`;
    expect(read({ 'bomb.yaml': bomb }).unreadable).toEqual(['bomb.yaml']);
    expect(
      read({ 'proto.yaml': '__proto__: { polluted: 1 }\nkind: ConfigMap\ndata: { __proto__: x }\n' }),
    ).toBeTruthy();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('takes versions from tags and digests', () => {
    expect(versionOf('registry.example.com:5000/pay:1.2')).toBe('1.2');
    expect(versionOf('registry.example.com:5000/pay')).toBeNull();
    expect(versionOf(`pay:1.2@sha256:${'a'.repeat(64)}`)).toBe('1.2');
    expect(versionOf(`pay@sha256:${'a'.repeat(64)}`)).toBe(`sha256:${'a'.repeat(12)}`);
    expect(versionOf(undefined)).toBeNull();
  });
});

function read(files: Readonly<Record<string, string>>) {
  const list = Object.entries(files).map(([path, text]) => ({ path, blob: path, text }));
  return readManifests(list, 'payments-api', 'production');
}

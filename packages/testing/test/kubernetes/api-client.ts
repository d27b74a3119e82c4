import type { FakeCluster } from '../../src/kubernetes/index.js';

export interface ApiAnswer {
  readonly code: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared field by field in tests
  readonly body: any;
  readonly headers: Headers;
}

export interface Asked {
  readonly user?: string | null;
  readonly method?: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
}

/** Asks as a user of the cluster does, with the token of its kubeconfig; null asks without one. */
export async function ask(cluster: FakeCluster, path: string, asked: Asked = {}): Promise<ApiAnswer> {
  const {
    user = 'admin',
    method = 'GET',
    body,
    type = 'application/json',
    accept = 'application/json',
  } = asked;
  const token = user === null ? undefined : /token: (\S+)/.exec(cluster.kubeconfig(user))?.[1];
  const headers = {
    accept,
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body === undefined ? {} : { 'content-type': type }),
  };
  const answer = await fetch(`${cluster.address}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    code: answer.status,
    body: answer.headers.get('content-type') === 'text/plain' ? text : JSON.parse(text),
    headers: answer.headers,
  };
}

export const merge = 'application/merge-patch+json';
export const strategic = 'application/strategic-merge-patch+json';
export const jsonPatch = 'application/json-patch+json';
export const applyPatch = 'application/apply-patch+yaml';

export function deployment(name: string, image = 'nginx:1.0', replicas = 2) {
  const labels = { app: name };
  const containers = [{ name: 'server', image, ports: [{ containerPort: 80 }] }];
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop' } },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

export function pod(
  name: string,
  more: { labels?: Record<string, string>; phase?: string; ready?: boolean; node?: string } = {},
) {
  const { labels = {}, phase = 'Running', ready = true, node = 'node-1' } = more;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels } },
    spec: { nodeName: node, containers: [{ name: 'server', image: 'nginx:1.0' }] },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

export const deployments = '/apis/apps/v1/namespaces/shop/deployments';
export const pods = '/api/v1/namespaces/shop/pods';

/** Waits until something holds, for at most two seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 400) throw new Error('it did not come to hold');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

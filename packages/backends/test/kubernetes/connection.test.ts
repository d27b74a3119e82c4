import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { backendContext } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import type { KubeClient, KubeObject } from '../../src/kubernetes/connection/kube-client.js';
import { openKubeClient } from '../../src/kubernetes/connection/open-kube-client.js';
import { kubernetesConfig } from '../../src/kubernetes/kubernetes-config.js';
import { callContext, closeClusters, deployment, openedCluster, pod } from './cluster-fixture.js';

closeClusters();

async function namesOf(client: KubeClient, path: string, query = {}): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of client.pages<KubeObject>(path, query, callContext()))
    names.push(...page.items.map(({ metadata }) => metadata.name));
  return names;
}

const manyPods = Array.from({ length: 250 }, (_, index) =>
  pod('web', 'aa11', String(index).padStart(3, '0')),
);

describe('lists', () => {
  it('are read in pages of 50, each asked for when the one before was taken', async () => {
    const { cluster, context } = await openedCluster(manyPods);
    const client = await openKubeClient(context(), 'read');
    const before = cluster.requests.length;
    for await (const page of client.pages('/api/v1/pods', {}, callContext())) {
      expect(page.items.length).toBeLessThanOrEqual(50);
      expect(page.remaining).toBe(200);
      break;
    }
    expect(cluster.requests.length - before).toBe(1);
    expect(await namesOf(client, '/api/v1/pods')).toHaveLength(250);
    expect(cluster.requests.slice(-5).map(({ query }) => query.limit)).toEqual(Array(5).fill('50'));
  });

  it('go on after the continue token expired, and give nothing twice', async () => {
    const { cluster, context } = await openedCluster(manyPods);
    const client = await openKubeClient(context(), 'read');
    const names: string[] = [];
    for await (const page of client.pages<KubeObject>('/api/v1/pods', {}, callContext())) {
      names.push(...page.items.map(({ metadata }) => metadata.name));
      if (names.length === 100) {
        cluster.put(pod('web', 'aa11', '999'));
        cluster.compact();
      }
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(251);
  });

  it('end when the caller leaves', async () => {
    const { context } = await openedCluster(manyPods);
    const client = await openKubeClient(context(), 'read');
    const call = { ...callContext(), signal: AbortSignal.abort() };
    await expect(client.pages('/api/v1/pods', {}, call)[Symbol.asyncIterator]().next()).rejects.toThrow();
  });
});

describe('what may be read', () => {
  const objects = [
    deployment({ name: 'web' }),
    deployment({ name: 'web', namespace: 'other' }),
    {
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque' },
      metadata: { name: 'token', namespace: 'shop' },
      data: { token: 'aHVudGVyMg==' },
    },
  ];

  it('is within the allowed namespaces, and nothing else is asked for', async () => {
    const { cluster, context } = await openedCluster(objects);
    const client = await openKubeClient(context({ namespaces: ['shop'] }), 'read');
    expect(await namesOf(client, '/apis/apps/v1/deployments')).toEqual(['web']);
    expect(cluster.requests.map(({ path }) => path)).toEqual(['/apis/apps/v1/namespaces/shop/deployments']);
    const outside = client.get('/apis/apps/v1/namespaces/other/deployments/web', callContext());
    await expect(outside).rejects.toMatchObject({ code: 'denied', hint: 'Allowed are shop.' });
    await expect(namesOf(client, '/api/v1/nodes')).rejects.toMatchObject({ code: 'denied' });
    expect(cluster.requests).toHaveLength(1);
  });

  it('is never a secret, whatever the credential may', async () => {
    const { cluster, context } = await openedCluster(objects);
    const releases = { fieldSelector: 'type=helm.sh/release.v1' };
    const path = '/api/v1/namespaces/shop/secrets';
    const plain = await openKubeClient(context(), 'read');
    const denied = { code: 'denied', message: 'Secrets are never read or changed.' };
    await expect(plain.get(`${path}/token`, callContext())).rejects.toMatchObject(denied);
    await expect(namesOf(plain, path)).rejects.toMatchObject(denied);
    await expect(namesOf(plain, path, releases)).rejects.toMatchObject(denied);
    const write = { method: 'DELETE', path: `${path}/token`, body: {}, needs: 'none' } as const;
    await expect(plain.write(write, callContext())).rejects.toMatchObject(denied);
    const helm = await openKubeClient(context({ helm: true }), 'read');
    await expect(namesOf(helm, path)).rejects.toMatchObject(denied);
    await expect(helm.get(`${path}/token`, callContext())).rejects.toMatchObject(denied);
    expect(cluster.requests).toHaveLength(0);
    expect(await namesOf(helm, path, releases)).toEqual([]);
  });

  it('is no path that an address parser would change', async () => {
    const { cluster, context } = await openedCluster(objects);
    const client = await openKubeClient(context({ namespaces: ['shop'] }), 'read');
    for (const path of ['/api/v1/namespaces/shop/../other/pods/x', '/api/v1/%73ecrets', '/api/v1/pods?x=1'])
      await expect(client.get(path, callContext())).rejects.toMatchObject({ code: 'invalid_input' });
    expect(cluster.requests).toHaveLength(0);
  });
});

describe('refusals', () => {
  it('name verb, resource and namespace that the role lacks', async () => {
    const { context } = await openedCluster();
    const client = await openKubeClient(context({}, 'nobody'), 'read');
    await expect(namesOf(client, '/apis/apps/v1/deployments')).rejects.toMatchObject({
      code: 'denied',
      hint: 'The credential needs list on deployments.apps in all namespaces.',
    });
    const one = client.get('/api/v1/namespaces/shop/pods/x', callContext());
    await expect(one).rejects.toMatchObject({
      hint: expect.stringContaining('get on pods in the namespace shop'),
    });
  });

  it('are one thing and an object that is not there another', async () => {
    const { context } = await openedCluster();
    const client = await openKubeClient(context(), 'read');
    expect(await client.get('/api/v1/namespaces/shop/pods/x', callContext())).toBeUndefined();
  });
});

describe('who asks', () => {
  it('is a context of the kubeconfig; an unknown one is answered with those that there are', async () => {
    const { context } = await openedCluster();
    await expect(openKubeClient(context({ context: 'fakes' }), 'read')).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Set context to one of fake.',
      details: { known: ['fake'] },
    });
  });

  it('may be a token that takes the place of the user', async () => {
    const { cluster, context } = await openedCluster();
    cluster.kubeconfig('other');
    cluster.allow('other', [{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }]);
    const client = await openKubeClient(context({ credential: 'fake-token-other' }), 'read');
    await namesOf(client, '/api/v1/pods');
    expect(cluster.requests.map(({ user }) => user)).toEqual(['other']);
  });

  it('is not made up where there is no kubeconfig', async () => {
    const { context } = await openedCluster();
    const missing = context({ kubeconfig: 'nowhere.yaml' });
    await expect(openKubeClient(missing, 'read')).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The kubeconfig cannot be read.',
    });
  });

  it('must reach the same cluster for writing as for reading', async () => {
    const first = await openedCluster();
    const second = await openedCluster();
    writeFileSync(join(first.folder, 'second.yaml'), second.cluster.kubeconfig());
    const context = first.context({ write: { kubeconfig: 'second.yaml' } });
    await expect(openKubeClient(context, 'write')).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'The write side names another cluster than the read side.',
    });
  });
});

describe('an exec plugin', () => {
  it('gives the token, and is asked again when the cluster refuses it', async () => {
    const { cluster, context, folder } = await openedCluster();
    const tokens = join(folder, 'token');
    writeFileSync(tokens, 'fake-token-gone');
    withPlugin(
      folder,
      cluster.kubeconfig(),
      `echo run >> "${folder}/runs"
echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$(cat "${tokens}")\\",\\"expirationTimestamp\\":\\"2100-01-01T00:00:00Z\\"}}"`,
    );
    const client = await openKubeClient(context({ kubeconfig: 'exec.yaml' }), 'read');
    await expect(namesOf(client, '/api/v1/pods')).rejects.toMatchObject({ code: 'denied' });
    writeFileSync(tokens, 'fake-token-admin');
    await namesOf(client, '/api/v1/pods');
    const runs = () => readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length;
    const after = runs();
    await namesOf(client, '/api/v1/pods');
    expect(runs()).toBe(after);
    expect(cluster.requests.at(-1)?.user).toBe('admin');
  });

  it('that fails is named, without what it said', async () => {
    const { cluster, context, folder } = await openedCluster();
    withPlugin(folder, cluster.kubeconfig(), 'echo "secret words" >&2; exit 1');
    const client = await openKubeClient(context({ kubeconfig: 'exec.yaml' }), 'read');
    const error = await namesOf(client, '/api/v1/pods').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'denied',
      message: `The exec plugin ${join(folder, 'plugin.sh')} of the context fake failed.`,
    });
    expect(JSON.stringify(error)).not.toContain('secret words');
  });
});

/** A kubeconfig beside a plugin that is named relative to it. */
function withPlugin(folder: string, kubeconfig: string, script: string): void {
  const plugin = join(folder, 'plugin.sh');
  writeFileSync(plugin, `#!/bin/sh\n${script}\n`);
  chmodSync(plugin, 0o755);
  const exec = 'exec: { apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh }';
  writeFileSync(join(folder, 'exec.yaml'), kubeconfig.replace(/token: .*/, exec));
}

describe('watching', () => {
  it('gives what is there and then what changes', async () => {
    const { cluster, context } = await openedCluster([pod('web', 'aa11', '1')]);
    const client = await openKubeClient(context(), 'read');
    const seen: string[] = [];
    for await (const event of client.watch<KubeObject>('/api/v1/namespaces/shop/pods', {}, callContext())) {
      seen.push(`${event.type} ${event.object.metadata.name}`);
      if (seen.length === 1) cluster.put(pod('web', 'aa11', '2'));
      if (seen.length === 2) cluster.remove('Pod', 'shop', 'web-aa11-1');
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['ADDED web-aa11-1', 'ADDED web-aa11-2', 'DELETED web-aa11-1']);
  });

  it('begins anew from what is there when the version is too old', async () => {
    const { cluster, context } = await openedCluster([pod('web', 'aa11', '1')]);
    const client = await openKubeClient(context(), 'read');
    cluster.put(pod('web', 'aa11', '2'));
    cluster.compact();
    const query = { resourceVersion: '1' };
    const seen: string[] = [];
    for await (const event of client.watch<KubeObject>(
      '/api/v1/namespaces/shop/pods',
      query,
      callContext(),
    )) {
      seen.push(`${event.type} ${event.object.metadata.name}`);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['MODIFIED web-aa11-1', 'MODIFIED web-aa11-2']);
  });
});

describe('the way to the cluster', () => {
  it('goes through the proxy-url of the kubeconfig', async () => {
    const { cluster, context, folder } = await openedCluster([pod('web', 'aa11', '1')]);
    const asked: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url);
      const inner = connect(Number(new URL(cluster.address).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        inner.pipe(socket).pipe(inner);
      });
      for (const end of [inner, socket]) end.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const far = `server: http://cluster.example.com:81\n      proxy-url: http://127.0.0.1:${port}`;
    writeFileSync(join(folder, 'far.yaml'), cluster.kubeconfig().replace(/server: .*/, far));
    const client = await openKubeClient(context({ kubeconfig: 'far.yaml' }), 'read');
    expect(await namesOf(client, '/api/v1/pods')).toEqual(['web-aa11-1']);
    expect(asked).toEqual(['cluster.example.com:81']);
    client.close();
    proxy.close();
  });

  it('is no pod where this is none', async () => {
    const { folder } = await openedCluster();
    const config = kubernetesConfig.parse({ inCluster: true });
    await expect(openKubeClient(backendContext({ config, folder }), 'read')).rejects.toMatchObject({
      code: 'unavailable',
      message: 'This process does not run in a pod of a cluster.',
    });
  });

  it('is one only: a kubeconfig or the pod', () => {
    expect(kubernetesConfig.safeParse({ inCluster: true, context: 'x' }).success).toBe(false);
    expect(kubernetesConfig.safeParse({ write: {} }).success).toBe(false);
  });
});

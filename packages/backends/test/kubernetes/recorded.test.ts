import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clientOnce } from '../../src/kubernetes/connection/client-once.js';
import { openKubeClient } from '../../src/kubernetes/connection/open-kube-client.js';
import { kubernetesDeployments } from '../../src/kubernetes/deployments.js';
import { callContext, closeClusters, deployment, openedCluster } from './cluster-fixture.js';

closeClusters();

const recorded = (name: string): string =>
  readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8');

describe('ReplicaSets of a real cluster', () => {
  it('are two deployments of their service', async () => {
    const made = deployment({ name: 'web', namespace: 'default' });
    const sets = JSON.parse(recorded('replica-sets')).items.map((item: object) => ({
      ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet' },
      ...item,
    }));
    const uid = sets[0].metadata.ownerReferences[0].uid;
    const opened = await openedCluster([{ ...made, metadata: { ...made.metadata, uid } }, ...sets]);
    const context = opened.context();
    const deployments = kubernetesDeployments(clientOnce(context, 'read'), context.services, {
      helm: false,
    });
    const { data } = await deployments.history({ service: 'web', limit: 5 }, callContext());
    expect(data.map(({ revision, image, time }) => [revision, image, time.toISOString()])).toEqual([
      ['web-56c7b48797', 'nginx:2', '2026-11-20T11:25:15.000Z'],
      ['web-5cc97bc7d5', 'nginx', '2026-11-20T11:25:03.000Z'],
    ]);
    expect(data[0]?.diff?.image).toEqual({ from: 'nginx', to: 'nginx:2' });
  });
});

describe('refusals of a real cluster', () => {
  it.each([
    [403, 'forbidden', 'The credential needs get on pods in the namespace default.'],
    [401, 'unauthorized', 'Check the user of the context fake in the kubeconfig, or credential.'],
  ])('%i is denied, with what is missing and nothing of what it said', async (status, name, hint) => {
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(recorded(name));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { cluster, context, folder } = await openedCluster();
    const there = cluster.kubeconfig().replace(/server: .*/, `server: http://127.0.0.1:${port}`);
    writeFileSync(join(folder, 'there.yaml'), there);
    const client = await openKubeClient(context({ kubeconfig: 'there.yaml' }), 'read');
    const error = await client
      .get('/api/v1/namespaces/default/pods/x', callContext())
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'denied', hint: expect.stringContaining(hint) });
    expect(`${error.message} ${error.hint}`).not.toMatch(/viewer|Unauthorized|Forbidden/);
    client.close();
    server.closeAllConnections();
    server.close();
  });
});

import { writeFile } from 'node:fs/promises';
import { type FakeCluster, type KubeObject, startFakeCluster } from '@devops-mcp/testing/kubernetes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { field, proposeScale } from './world/change.js';
import { type OpenClient, openClient, withClient } from './world/client.js';
import { devopsMcp } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

const environment = 'staging';
const namespace = 'shop';

describe('changes in a cluster, in staging', () => {
  let sandbox: Sandbox;
  let cluster: FakeCluster;
  let deployments: OpenClient;
  let service: string;
  beforeAll(async () => {
    sandbox = await copyOfSandbox();
    service = sandbox.truth.service ?? '';
    cluster = await startFakeCluster({ objects: [deploymentOf(service)], controllers: true });
    await writeFile(sandbox.at('kubeconfig'), cluster.kubeconfig('reader'), { mode: 0o600 });
    await writeFile(sandbox.at('write.kubeconfig'), cluster.kubeconfig('admin'), { mode: 0o600 });
    cluster.allow('reader', [{ verbs: ['get', 'list'], apiGroups: ['*'], resources: ['*'] }]);
    const gitops =
      'deployments: { use: gitops, path: ./gitops/staging.git, write: { path: ./gitops/staging.git } }';
    const kubernetes = [
      'workloads: { use: kubernetes, kubeconfig: ./kubeconfig }',
      'deployments: { use: kubernetes, kubeconfig: ./kubeconfig, write: { kubeconfig: ./write.kubeconfig } }',
    ];
    await sandbox.edit('devops-mcp.yaml', (text) => text.replace(gitops, kubernetes.join('\n      ')));
    deployments = await openClient('deployments', sandbox.config);
  });
  afterAll(async () => {
    await deployments?.close();
    await cluster?.close();
    await sandbox?.remove();
  });

  const replicas = () => specOf(cluster, service).replicas;
  const writes = () => cluster.requests.filter(({ method, path }) => method !== 'GET' && !isReview(path));
  const execute = (proposalId: string) => deployments.call('execute_proposal', { proposalId });
  const approve = (id: string) =>
    devopsMcp(
      ...['approve', id, '--key', sandbox.at('approver', 'plain.key')],
      ...['--confirm', service, '--config', sandbox.config],
    );

  it('are proposed, approved, applied once, seen in the cluster and recorded', async () => {
    await expect.poll(() => cluster.list('Pod', namespace).length).toBe(2);
    const id = await proposeScale(deployments, { service, environment, replicas: 3 });
    expect(field(await execute(id), 'state')).toBe('awaiting_approval');
    expect(writes()).toEqual([]);
    expect((await approve(id)).out).toContain('is approved');
    expect(field(await execute(id), 'state')).toBe('succeeded');
    expect(replicas()).toBe(3);
    await expect.poll(() => cluster.list('Pod', namespace).length).toBe(3);
    const before = writes().length;
    // Asked again, it tells what happened and does nothing.
    expect(field(await execute(id), 'state')).toBe('succeeded');
    expect(writes()).toHaveLength(before);
    expect(writes().every(({ user }) => user === 'admin')).toBe(true);
    const trail = await devopsMcp('audit', 'trace', id, '--config', sandbox.config);
    expect(trail.out).toContain('scale_service');
    expect((await devopsMcp('audit', 'verify', '--config', sandbox.config)).code).toBe(0);
  });

  it('are refused when somebody else changed the workload since', async () => {
    const id = await proposeScale(deployments, { service, environment, replicas: replicas() + 1 });
    expect((await approve(id)).out).toContain('is approved');
    changeBeside(cluster, service, 2);
    const before = writes().length;
    const reply = await execute(id);
    expect(reply.isError).toBe(true);
    expect(reply.text).toContain('Not applied');
    expect(writes()).toHaveLength(before);
    expect(replicas()).toBe(2);
  });

  it('wait while the server is switched off', async () => {
    const id = await proposeScale(deployments, { service, environment, replicas: replicas() + 1 });
    expect((await approve(id)).out).toContain('is approved');
    const scope = 'server:deployments';
    const given = ['--reason', 'a drill', '--config', sandbox.config];
    expect((await devopsMcp('kill', scope, ...given)).code).toBe(0);
    const before = writes().length;
    const reply = await execute(id);
    expect(reply.isError).toBe(true);
    expect(reply.text).toContain('switched_off');
    expect(writes()).toHaveLength(before);
    expect((await devopsMcp('restore', scope, '--confirm', scope, ...given)).code).toBe(0);
    expect(field(await execute(id), 'state')).toBe('succeeded');
    expect(replicas()).toBe(3);
  });

  it('roll back to the template before, by a plan that was drafted from revisions', async () => {
    changeBeside(cluster, service, 2, 'registry.example.com/app:1.5.0');
    await expect.poll(() => cluster.list('ReplicaSet', namespace).length).toBe(2);
    await withClient('rollback', sandbox.config, {}, async (rollback) => {
      const planId = field(await rollback.call('plan_rollback', { service, environment }), 'data', 'planId');
      const proposed = await rollback.call('propose_roll_back_service', { planId, reason: 'it fails' });
      const proposalId = field(proposed, 'proposalId');
      expect((await approve(proposalId)).out).toContain('is approved');
      const reply = await rollback.call('execute_proposal', { proposalId });
      expect(field(reply, 'state')).toBe('succeeded');
    });
    expect(JSON.stringify(specOf(cluster, service))).toContain('registry.example.com/app:1.4.0');
  });
});

const isReview = (path: string) => path.includes('access') || path.includes('selfsubject');

function deploymentOf(name: string, replicas = 2, image = 'registry.example.com/app:1.4.0'): KubeObject {
  const labels = { app: name, 'app.kubernetes.io/name': name };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    metadata: { name, namespace, labels },
    spec: {
      ...{ replicas, selector: { matchLabels: { app: name } } },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
    },
  };
}

/** What somebody else does with another tool. */
function changeBeside(cluster: FakeCluster, name: string, replicas: number, image?: string): void {
  const present = cluster.get('Deployment', namespace, name);
  const { spec } = deploymentOf(name, replicas, image);
  if (present === undefined) throw new Error('the Deployment is gone');
  cluster.put({ ...present, spec });
}

function specOf(cluster: FakeCluster, name: string) {
  // Boundary: an object of the API as its JSON.
  return cluster.get('Deployment', namespace, name)?.spec as { readonly replicas: number };
}

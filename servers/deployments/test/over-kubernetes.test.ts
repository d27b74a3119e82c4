import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backends } from '@devops-mcp/backends';
import type { DeploymentsApi, DeploymentsWriteApi, WorkloadsApi } from '@devops-mcp/domain';
import { backendContext, callTool } from '@devops-mcp/testing';
import { startFakeCluster } from '@devops-mcp/testing/kubernetes';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openConfigChange } from '../src/actions/open-config-change.js';
import { restartPod } from '../src/actions/restart-pod.js';
import { restartService } from '../src/actions/restart-service.js';
import { scaleService } from '../src/actions/scale-service.js';
import { getDeploymentHistory } from '../src/tools/get-deployment-history.js';
import { catalog } from './shop.js';

const where = { environment: 'production', service: 'payments-api' };
const target = { environment: 'production', services: ['payments-api'] };
const labels = { app: 'payments-api' };
const deployment = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
  metadata: { name: 'payments-api', namespace: 'shop', labels },
  spec: {
    ...{ replicas: 2, selector: { matchLabels: labels } },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'payments-api', image: 'registry.example.com/pay:1.4.2' }] },
    },
  },
};

describe('the actions over a cluster', () => {
  it('scale, restart and replace one pod, each planned, applied and read back', async () => {
    const { ports, cluster, context } = await openCluster();
    const applied = async (plan: Awaited<ReturnType<typeof scaleService.plan>>, key: string) =>
      scaleService.apply({
        ...{ plan, target, ports, idempotencyKey: key, requestedBy: 'user:default/oncall', reason: 'load' },
        ...context,
      });
    const scaling = await scaleService.plan({ input: { ...where, replicas: 3 }, target, ports, ...context });
    expect(scaling.blastRadius).toMatchObject({ replicas: 3, replicasAdded: 1 });
    expect(scaling.diff).toContain('-  replicas: 2\n+  replicas: 3\n');
    expect(await applied(scaling, 'key-of-the-scaling')).toMatchObject({ verified: true });

    const restart = await restartService.plan({ input: where, target, ports, ...context });
    expect(restart.blastRadius).toMatchObject({ podsRestarted: 3 });
    expect(await applied(restart, 'key-of-the-restart')).toMatchObject({ verified: true });

    await expect.poll(() => cluster.list('Pod', 'shop').length).toBe(3);
    const pod = cluster.list('Pod', 'shop')[0]?.metadata.name ?? '';
    const one = await restartPod.plan({ input: { ...where, pod }, target, ports, ...context });
    expect(one.blastRadius).toMatchObject({ podsRestarted: 1, capacityRemovedShare: 1 / 3 });
    expect(await applied(one, 'key-of-the-pod')).toMatchObject({ verified: true });
    expect(cluster.get('Pod', 'shop', pod)).toBeUndefined();
  });

  it('speak of revisions of the cluster and of no repository', async () => {
    const { ports, context } = await openCluster();
    const { text } = await callTool(getDeploymentHistory, where, ports, { now: context.now });
    expect(text).toContain('payments-api');
    expect(text).not.toMatch(/\bgit\b/i);
    const plans = [
      await scaleService.plan({ input: { ...where, replicas: 3 }, target, ports, ...context }),
      await restartService.plan({ input: where, target, ports, ...context }),
    ];
    expect(JSON.stringify(plans)).not.toMatch(/\bgit\b/i);
  });

  it('leave configuration to a repository, and say so', async () => {
    const { ports, context } = await openCluster();
    const input = { ...where, set: ['TIMEOUT_MS=5'], title: 'Longer timeout' };
    await expect(openConfigChange.plan({ input, target, ports, ...context })).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('gitops'),
    });
  });
});

async function openCluster() {
  const cluster = await startFakeCluster({ objects: [deployment], controllers: true });
  const folder = await mkdtemp(join(tmpdir(), 'devops-mcp-cluster-'));
  onTestFinished(async () => {
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig());
  await expect.poll(() => cluster.list('Pod', 'shop').length).toBe(2);
  const backend = await backends.kubernetes?.();
  const config = backend?.config.parse({ kubeconfig: 'kubeconfig', write: { kubeconfig: 'kubeconfig' } });
  const facts = backendContext({ config, folder });
  const port = (name: string) => backend?.ports.find((one) => one.port.name === name);
  const [read, write, workloads] = await Promise.all([
    port('deployments')?.open(facts),
    port('deployments')?.openWrite?.(facts),
    port('workloads')?.open(facts),
  ]);
  const ports = {
    // Boundary: what a port implementation opens is its port's interface.
    deployments: { ...read, ...write } as DeploymentsApi & DeploymentsWriteApi,
    workloads: workloads as WorkloadsApi,
    services: catalog,
  };
  const context = { now: new Date(), signal: new AbortController().signal, progress: () => undefined };
  return { cluster, ports, context };
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backends } from '@devops-mcp/backends';
import type { DeploymentsApi, DeploymentsWriteApi } from '@devops-mcp/domain';
import { backendContext, callTool, fakeServices } from '@devops-mcp/testing';
import { type KubeObject, startFakeCluster } from '@devops-mcp/testing/kubernetes';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rollBackService } from '../src/actions/roll-back-service.js';
import { planRollback } from '../src/tools/plan-rollback.js';
import { fakePlanStore } from './fakes.js';

const where = { environment: 'production', service: 'checkout' };
const labels = { app: 'checkout' };
const deployment = (version: string): KubeObject => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
  metadata: { name: 'checkout', namespace: 'shop', labels },
  spec: {
    ...{ replicas: 2, selector: { matchLabels: labels } },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'checkout', image: `registry.example.com/checkout:${version}` }] },
    },
  },
});

describe('a rollback of what runs in a cluster alone', () => {
  it('is drafted with migrations unknown and never safe, and says why', async () => {
    const { ports, context } = await openCluster();
    const { answer, text } = await callTool(planRollback, where, ports, context);
    expect(answer.data).toMatchObject({
      current: { version: '2.4.0' },
      target: { version: '2.3.1' },
      migrationVerdict: 'unknown',
      migrations: [],
      safeToRollBack: false,
    });
    expect(answer.data.diff).toContain('+        - image: registry.example.com/checkout:2.3.1\n');
    expect(answer.data.mechanism).toMatch(/^Roll checkout back to revision 1 \(checkout-/);
    expect(answer.data.warnings[0]).toMatch(/^Migrations in between are unknown: .*migration files/);
    expect(answer.hints).toContainEqual(expect.stringContaining('could not be judged'));
    expect(text).toContain('Migrations in between: unknown');
    // Names of revisions stay whole: they differ in their last characters.
    expect(text).toContain(`(${answer.data.target.revision})`);
  });

  it('is proposed from its plan and applied, with the revision that it replaces as the way back', async () => {
    const { ports, context, cluster } = await openCluster();
    const { answer } = await callTool(planRollback, where, ports, context);
    const call = { ...context, signal: new AbortController().signal, progress: () => undefined };
    const input = { planId: answer.data.planId };
    const target = await rollBackService.resolve({ ...call, input, ports });
    const plan = await rollBackService.plan({ ...call, input, target, ports });
    expect(plan.reversal).toEqual({
      kind: 'reversible',
      how: `Roll forward to ${answer.data.current.revision}.`,
    });
    expect(plan.warnings).toContainEqual(expect.stringMatching(/^Migrations in between are unknown: /));
    const outcome = await rollBackService.apply({
      ...{ ...call, plan, target, ports, idempotencyKey: 'key-12345678' },
      ...{ requestedBy: 'user:default/oncall', reason: 'errors since 2.4.0' },
    });
    expect(outcome.verified).toBe(true);
    expect(JSON.stringify(cluster.get('Deployment', 'shop', 'checkout')?.spec)).toContain('checkout:2.3.1');
    const again = await callTool(planRollback, where, ports, context);
    expect(again.answer.data.current.version).toBe('2.3.1');
    expect(again.answer.data.target.version).toBe('2.4.0');
  });
});

async function openCluster() {
  const cluster = await startFakeCluster({ objects: [deployment('2.3.1')], controllers: true });
  const folder = await mkdtemp(join(tmpdir(), 'devops-mcp-rollback-'));
  onTestFinished(async () => {
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig());
  await expect.poll(() => cluster.list('ReplicaSet', 'shop').length).toBe(1);
  const sets = cluster.list('ReplicaSet', 'shop');
  // The fake counts time in whole seconds; the first version is to be the older one.
  for (const set of sets)
    cluster.put({ ...set, metadata: { ...set.metadata, creationTimestamp: '2026-05-03T09:00:00Z' } });
  const live = cluster.get('Deployment', 'shop', 'checkout');
  cluster.put({ ...deployment('2.4.0'), metadata: { ...live?.metadata } });
  await expect.poll(() => cluster.list('ReplicaSet', 'shop').length).toBe(2);
  await expect
    .poll(() => JSON.stringify(cluster.get('Deployment', 'shop', 'checkout')?.status))
    .toContain('NewReplicaSetAvailable');
  const backend = await backends.kubernetes?.();
  const config = backend?.config.parse({ kubeconfig: 'kubeconfig', write: { kubeconfig: 'kubeconfig' } });
  const facts = backendContext({ config, folder });
  const port = backend?.ports.find((one) => one.port.name === 'deployments');
  const [read, write] = await Promise.all([port?.open(facts), port?.openWrite?.(facts)]);
  const ports = {
    // Boundary: what a port implementation opens is its port's interface.
    deployments: { ...read, ...write } as DeploymentsApi & DeploymentsWriteApi,
    services: fakeServices([{ name: 'checkout' }]),
    planStore: fakePlanStore(),
    metrics: undefined,
    alerts: undefined,
  };
  return { cluster, ports, context: { now: new Date() } };
}

import { randomBytes } from 'node:crypto';
import type { CallContext } from '@devops-mcp/contract';
import { backendContext } from '@devops-mcp/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { deploymentsWriting, plansOver } from '../../../src/kubernetes/changes/changes.js';
import type { KubeClient, KubeObject } from '../../../src/kubernetes/connection/kube-client.js';
import { openKubeClient } from '../../../src/kubernetes/connection/open-kube-client.js';
import { kubernetesConfig } from '../../../src/kubernetes/kubernetes-config.js';
import { budget, deployment } from './shop.js';

/** Names a kubeconfig of a cluster that may be written to, such as one of kind or k3s; skipped without it. */
const kubeconfig = process.env.DEVOPS_MCP_TEST_KUBECONFIG;
const namespace = `devops-mcp-changes-${randomBytes(4).toString('hex')}`;
const image = (version: string) => `registry.k8s.io/pause:${version}`;

describe.skipIf(!kubeconfig)(
  'changes of a real cluster (DEVOPS_MCP_TEST_KUBECONFIG)',
  { timeout: 180_000 },
  () => {
    let client: KubeClient;
    let plans: ReturnType<typeof plansOver>;
    let apply: (
      planned: { plan: { change: object } },
      key: string,
    ) => ReturnType<ReturnType<typeof deploymentsWriting>['applyChange']>;
    const context: CallContext = {
      signal: new AbortController().signal,
      progress: () => undefined,
      now: new Date(),
    };
    const post = (path: string, object: object) =>
      client.write({ method: 'POST', path, body: object, needs: 'create' }, context);
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const inPlace = ({ metadata, ...rest }: object & { metadata: object }) => ({
      ...rest,
      metadata: { ...metadata, namespace },
    });
    const status = async () => JSON.stringify(await client.get(`${path}/checkout`, context));
    const shows = (seen: () => Promise<string>, text: string) =>
      vi.waitFor(async () => expect(await seen()).toContain(text), { timeout: 120_000, interval: 500 });
    const onePod = async (): Promise<string> => {
      for await (const { items } of client.pages(`/api/v1/namespaces/${namespace}/pods`, {}, context))
        return items.find(({ metadata }) => !metadata.deletionTimestamp)?.metadata.name ?? '';
      return '';
    };

    beforeAll(async () => {
      const config = kubernetesConfig.parse({ kubeconfig, write: { kubeconfig } });
      const facts = backendContext({ config, folder: '/', resolvePath: (file) => file });
      client = await openKubeClient(facts, 'read');
      const setting = (_: string, key: string) => (key === 'kubernetes.namespace' ? namespace : undefined);
      plans = plansOver({ client: async () => client, services: { ...facts.services, setting } });
      const writing = deploymentsWriting(facts, { everyMs: 500, longestMs: 120_000, patience: 20 });
      apply = ({ plan }, key) =>
        // Boundary: what a plan holds is plain JSON.
        writing.applyChange({ change: plan.change as never, idempotencyKey: key, message: 'test' }, context);
      await post('/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace },
      });
      await post(path, inPlace(deployment({ image: image('3.9') })));
      await shows(status, '"availableReplicas":3');
      const { spec } = inPlace(deployment({ image: image('3.10') })) as unknown as { spec: object };
      const second = { method: 'PATCH', path: `${path}/checkout`, body: { spec } } as const;
      await client.write({ ...second, patch: 'strategic-merge', needs: 'patch' }, context);
      await shows(status, '"observedGeneration":2');
      await shows(status, '"availableReplicas":3');
    }, 180_000);

    afterAll(async () => {
      const body = { propagationPolicy: 'Background' };
      await client.write<KubeObject>(
        { method: 'DELETE', path: `/api/v1/namespaces/${namespace}`, body, needs: 'delete' },
        context,
      );
      client.close();
    });

    it('scale, restart, roll back and evict, each once and verified', async () => {
      const scaling = await plans.planScale({ service: 'checkout', replicas: 4 }, context);
      const scaled = await apply(scaling, 'key-of-the-scaling');
      expect(scaled).toMatchObject({ verified: true, observed: { replicas: 4, ready: 4 } });
      expect(await apply(scaling, 'key-of-the-scaling')).toEqual(scaled);
      await expect(apply(scaling, 'key-of-another-one')).rejects.toMatchObject({ code: 'conflict' });

      const restart = await plans.planRestart({ service: 'checkout' }, context);
      expect(await apply(restart, 'key-of-the-restart')).toMatchObject({ verified: true });

      const rollback = await plans.planRollback({ service: 'checkout', revision: '1' }, context);
      expect(rollback.plan.diff).toContain(image('3.9'));
      expect(await apply(rollback, 'key-of-the-rollback')).toMatchObject({ verified: true });
      expect(await status()).toContain(`"image":"${image('3.9')}"`);

      const eviction = await plans.planRestart({ service: 'checkout', pod: await onePod() }, context);
      expect(await apply(eviction, 'key-of-the-eviction')).toMatchObject({ verified: true });
    });

    it('respects a disruption budget that is used up', async () => {
      const pod = await onePod();
      const planned = await plans.planRestart({ service: 'checkout', pod }, context);
      const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
      await post(budgets, inPlace(budget(4)));
      const seen = async () => JSON.stringify(await client.get(`${budgets}/checkout`, context));
      await shows(seen, '"disruptionsAllowed":0');
      await expect(apply(planned, 'key-of-the-refused')).rejects.toMatchObject({ code: 'conflict' });
      await expect(plans.planRestart({ service: 'checkout', pod }, context)).rejects.toMatchObject({
        code: 'conflict',
      });
    });
  },
);

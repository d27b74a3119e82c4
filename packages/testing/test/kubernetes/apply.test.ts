import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FakeCluster, startFakeCluster } from '../../src/kubernetes/index.js';
import { applyPatch, ask, deployment, deployments, merge } from './api-client.js';

let cluster: FakeCluster;
beforeEach(async () => {
  cluster = await startFakeCluster();
  cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
});
afterEach(() => cluster.close());

const apply = (body: unknown, manager: string, query = '') =>
  ask(cluster, `${deployments}/web?fieldManager=${manager}${query}`, {
    method: 'PATCH',
    type: applyPatch,
    body,
  });

it('creates, and a field that another manager changed is a conflict until forced', async () => {
  expect((await apply(deployment('web'), 'git')).code).toBe(201);
  const scaled = await ask(cluster, `${deployments}/web?fieldManager=person`, {
    method: 'PATCH',
    type: merge,
    body: { spec: { replicas: 5 } },
  });
  expect(
    scaled.body.metadata.managedFields.map(
      ({ manager, operation }: { manager: string; operation: string }) => `${manager} ${operation}`,
    ),
  ).toEqual(['git Apply', 'person Update']);
  const refused = await apply(deployment('web'), 'git');
  expect(refused).toMatchObject({
    code: 409,
    body: {
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "person" using apps/v1: .spec.replicas',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "person" using apps/v1',
            field: '.spec.replicas',
          },
        ],
      },
    },
  });
  const forced = await apply(deployment('web'), 'git', '&force=true');
  expect(forced.body.spec.replicas).toBe(2);
  expect(forced.body.metadata.managedFields.map(({ manager }: { manager: string }) => manager)).toEqual([
    'git',
  ]);
});

it('a field that its manager leaves out goes, and one that somebody else owns stays', async () => {
  const labelled = {
    ...deployment('web'),
    metadata: { ...deployment('web').metadata, labels: { mine: 'yes', ours: 'yes' } },
  };
  await apply(labelled, 'git');
  await apply(
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { ours: 'yes' } } },
    'other',
  );
  const { body } = await apply(deployment('web'), 'git');
  expect(body.metadata.labels).toEqual({ ours: 'yes' });
});

it('a manager that applies one variable owns it and leaves the rest', async () => {
  await apply(deployment('web'), 'git');
  const one = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { template: { spec: { containers: [{ name: 'server', env: [{ name: 'A', value: '1' }] }] } } },
  };
  const { body } = await apply(one, 'tuner');
  expect(body.spec.template.spec.containers).toMatchObject([
    { name: 'server', image: 'nginx:1.0', env: [{ name: 'A', value: '1' }] },
  ]);
  const refused = await apply(
    {
      ...one,
      spec: { template: { spec: { containers: [{ name: 'server', env: [{ name: 'A', value: '2' }] }] } } },
    },
    'git',
  );
  expect(refused.body.details.causes).toMatchObject([
    { field: '.spec.template.spec.containers[name="server"].env[name="A"].value' },
  ]);
});

it('needs a manager', async () => {
  expect(
    await ask(cluster, `${deployments}/web`, { method: 'PATCH', type: applyPatch, body: deployment('web') }),
  ).toMatchObject({ code: 422, body: { message: expect.stringContaining('fieldManager') } });
});

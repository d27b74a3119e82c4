import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeCluster, startFakeCluster } from '../../src/kubernetes/index.js';
import { ask, deployment, deployments, jsonPatch, merge, pod, pods, strategic } from './api-client.js';

let cluster: FakeCluster;
const web = `${deployments}/web`;
beforeEach(async () => {
  cluster = await startFakeCluster({ objects: [deployment('web')] });
});
afterEach(() => cluster.close());

const patched = (body: unknown, type = strategic, query = '') =>
  ask(cluster, `${web}${query}`, { method: 'PATCH', body, type });
const image = () =>
  (cluster.get('Deployment', 'shop', 'web') as ReturnType<typeof deployment>).spec.template.spec.containers[0]
    ?.image;

describe('create', () => {
  it('gives identity, defaults and managers', async () => {
    const { code, body } = await ask(cluster, `${deployments}?fieldManager=suite`, {
      method: 'POST',
      body: deployment('api'),
    });
    expect(code).toBe(201);
    expect(body.metadata).toMatchObject({
      generation: 1,
      uid: expect.any(String),
      creationTimestamp: expect.any(String),
      resourceVersion: expect.any(String),
    });
    expect(body.metadata.managedFields).toMatchObject([
      { manager: 'suite', operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1' },
    ]);
    expect(
      body.metadata.managedFields[0].fieldsV1['f:spec']['f:template']['f:spec']['f:containers'],
    ).toMatchObject({ 'k:{"name":"server"}': { '.': {}, 'f:image': {} } });
    expect(body.spec.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
    });
  });

  it('of a name that is taken is 409, and in a namespace that is not there 404', async () => {
    expect(await ask(cluster, deployments, { method: 'POST', body: deployment('web') })).toMatchObject({
      code: 409,
      body: { reason: 'AlreadyExists', message: 'deployments.apps "web" already exists' },
    });
    const there = await ask(cluster, '/api/v1/namespaces/nowhere/pods', {
      method: 'POST',
      body: { ...pod('p'), metadata: { name: 'p' } },
    });
    expect(there).toMatchObject({ code: 404, body: { message: 'namespaces "nowhere" not found' } });
  });

  it('as a dry run gives the object and keeps nothing', async () => {
    const { code, body } = await ask(cluster, `${deployments}?dryRun=All`, {
      method: 'POST',
      body: deployment('api'),
    });
    expect(code).toBe(201);
    expect(body.metadata.uid).toEqual(expect.any(String));
    expect(cluster.get('Deployment', 'shop', 'api')).toBeUndefined();
  });
});

describe('update', () => {
  it('of an older version is a conflict, in the words of the API', async () => {
    const { body: before } = await ask(cluster, web);
    await patched({ spec: { replicas: 3 } });
    const late = await ask(cluster, web, {
      method: 'PUT',
      body: { ...before, spec: { ...before.spec, replicas: 9 } },
    });
    expect(late).toMatchObject({
      code: 409,
      body: {
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
        details: { name: 'web', group: 'apps', kind: 'deployments' },
      },
    });
    expect(cluster.get('Deployment', 'shop', 'web')).toMatchObject({ spec: { replicas: 3 } });
  });

  it('counts the generation up for a change of the spec, and not for one of the labels or none', async () => {
    const generation = async (body: unknown) => (await patched(body)).body.metadata.generation;
    expect(await generation({ metadata: { labels: { a: 'b' } } })).toBe(1);
    expect(await generation({ spec: { replicas: 5 } })).toBe(2);
    const { body } = await ask(cluster, web);
    const { body: same } = await patched({ spec: { replicas: 5 } });
    expect(same.metadata).toMatchObject({ generation: 2, resourceVersion: body.metadata.resourceVersion });
  });

  it('keeps the status, which has a place of its own', async () => {
    await patched({ status: { readyReplicas: 7 } }, merge);
    expect(cluster.get('Deployment', 'shop', 'web')?.status).not.toMatchObject({ readyReplicas: 7 });
    await ask(cluster, `${web}/status`, {
      method: 'PATCH',
      type: merge,
      body: { status: { readyReplicas: 7 }, spec: { replicas: 99 } },
    });
    expect(cluster.get('Deployment', 'shop', 'web')).toMatchObject({
      status: { readyReplicas: 7 },
      spec: { replicas: 2 },
    });
  });

  it('another identity is a conflict', async () => {
    const { body } = await ask(cluster, web);
    const other = { ...body, metadata: { ...body.metadata, uid: 'other' } };
    const answer = await ask(cluster, web, { method: 'PUT', body: other });
    expect(answer).toMatchObject({
      code: 409,
      body: { message: expect.stringContaining('Precondition failed: UID in precondition: other') },
    });
  });
});

describe('patches', () => {
  it('strategic: containers, variables and ports merge by their keys', async () => {
    await patched({
      spec: { template: { spec: { containers: [{ name: 'server', env: [{ name: 'A', value: '1' }] }] } } },
    });
    await patched({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'server', env: [{ name: 'B', value: '2' }], ports: [{ containerPort: 81 }] },
              { name: 'proxy', image: 'proxy:1' },
            ],
          },
        },
      },
    });
    const { body } = await ask(cluster, web);
    const [server, proxy] = body.spec.template.spec.containers;
    expect(server).toMatchObject({
      image: 'nginx:1.0',
      env: [
        { name: 'B', value: '2' },
        { name: 'A', value: '1' },
      ],
      ports: [{ containerPort: 81 }, { containerPort: 80 }],
    });
    expect(proxy).toMatchObject({ name: 'proxy' });
    await patched({
      spec: {
        template: { spec: { containers: [{ name: 'server', env: [{ name: 'A', $patch: 'delete' }] }] } },
      },
    });
    expect((await ask(cluster, web)).body.spec.template.spec.containers[0].env).toEqual([
      { name: 'B', value: '2' },
    ]);
  });

  it('merge: a list is replaced and null takes away', async () => {
    await patched({ metadata: { labels: { a: 'b' } } }, merge);
    await patched({ metadata: { labels: { a: null, c: 'd' } } }, merge);
    expect(cluster.get('Deployment', 'shop', 'web')?.metadata.labels).toEqual({ c: 'd' });
  });

  it('JSON: operations in turn, and a failed test changes nothing', async () => {
    const to = (value: string) => ({ op: 'replace', path: '/spec/template/spec/containers/0/image', value });
    const failed = await patched(
      [{ op: 'test', path: '/spec/replicas', value: 7 }, to('nginx:9')],
      jsonPatch,
    );
    expect(failed.code).toBe(422);
    expect(image()).toBe('nginx:1.0');
    await patched([{ op: 'test', path: '/spec/replicas', value: 2 }, to('nginx:9')], jsonPatch);
    expect(image()).toBe('nginx:9');
  });

  it('as a dry run answers the result and keeps the object', async () => {
    const { body } = await patched({ spec: { replicas: 8 } }, strategic, '?dryRun=All');
    expect(body.spec.replicas).toBe(8);
    expect(cluster.get('Deployment', 'shop', 'web')).toMatchObject({ spec: { replicas: 2 } });
  });

  it('of a form that is none is 415', async () => {
    expect(await patched({}, 'application/json')).toMatchObject({
      code: 415,
      body: { reason: 'UnsupportedMediaType' },
    });
  });
});

describe('delete', () => {
  it('of a workload answers what is gone; of a pod the pod', async () => {
    const { uid } = cluster.get('Deployment', 'shop', 'web')?.metadata ?? {};
    expect(await ask(cluster, web, { method: 'DELETE' })).toMatchObject({
      code: 200,
      body: {
        kind: 'Status',
        status: 'Success',
        details: { name: 'web', group: 'apps', kind: 'deployments', uid },
      },
    });
    expect(cluster.get('Deployment', 'shop', 'web')).toBeUndefined();
    cluster.put(pod('p'));
    expect((await ask(cluster, `${pods}/p`, { method: 'DELETE' })).body).toMatchObject({
      kind: 'Pod',
      metadata: { name: 'p', deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 30 },
    });
  });

  it('holds preconditions of identity and version', async () => {
    const { uid, resourceVersion } = cluster.put(pod('p')).metadata;
    const remove = (preconditions: object, more = {}) =>
      ask(cluster, `${pods}/p`, {
        method: 'DELETE',
        body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, ...more },
      });
    expect(await remove({ uid: 'other' })).toMatchObject({
      code: 409,
      body: {
        reason: 'Conflict',
        message: `Operation cannot be fulfilled on Pod "p": the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
      },
    });
    expect(await remove({ uid, resourceVersion: '1' })).toMatchObject({ code: 409 });
    expect(await remove({ uid, resourceVersion }, { dryRun: ['All'] })).toMatchObject({ code: 200 });
    expect(cluster.get('Pod', 'shop', 'p')).toBeDefined();
    expect(await remove({ uid, resourceVersion })).toMatchObject({ code: 200 });
    expect(cluster.get('Pod', 'shop', 'p')).toBeUndefined();
  });
});

describe('scale', () => {
  it('shows and changes the replicas, with a lock by version', async () => {
    const { body } = await ask(cluster, `${web}/scale`);
    expect(body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 2 },
      status: { selector: 'app=web' },
    });
    const put = (scale: unknown, query = '') =>
      ask(cluster, `${web}/scale${query}`, { method: 'PUT', body: scale });
    expect((await put({ ...body, spec: { replicas: 4 } }, '?dryRun=All')).body.spec.replicas).toBe(4);
    expect((await put({ ...body, spec: { replicas: 5 } })).body.spec.replicas).toBe(5);
    expect((await put({ ...body, spec: { replicas: 6 } })).code).toBe(409);
    expect(cluster.get('Deployment', 'shop', 'web')).toMatchObject({
      spec: { replicas: 5 },
      metadata: { generation: 2 },
    });
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeCluster, type KubeObject, startFakeCluster } from '../../src/kubernetes/index.js';
import { ask, deployment, pod, pods } from './api-client.js';

let cluster: FakeCluster;
beforeEach(async () => {
  cluster = await startFakeCluster({
    objects: [
      pod('a', { labels: { app: 'web', tier: 'front' } }),
      pod('b', { labels: { app: 'api' }, phase: 'Pending', node: '' }),
      pod('c', { labels: { app: 'web' }, node: 'node-2' }),
      pod('d'),
    ],
  });
});
afterEach(() => cluster.close());

const names = (body: { items: readonly KubeObject[] }) => body.items.map(({ metadata }) => metadata.name);

describe('lists', () => {
  it.each([
    ['app=web', ['a', 'c']],
    ['app==web,tier', ['a']],
    ['app!=web', ['b', 'd']],
    ['app in (web, api)', ['a', 'b', 'c']],
    ['app notin (web)', ['b', 'd']],
    ['!app', ['d']],
  ])('with the label selector %s', async (selector, expected) => {
    const { body } = await ask(cluster, `${pods}?labelSelector=${encodeURIComponent(selector)}`);
    expect(names(body)).toEqual(expected);
  });

  it.each([
    ['metadata.name=b', ['b']],
    ['status.phase!=Running', ['b']],
    ['spec.nodeName=node-2,status.phase=Running', ['c']],
  ])('with the field selector %s', async (selector, expected) => {
    const { body } = await ask(cluster, `${pods}?fieldSelector=${encodeURIComponent(selector)}`);
    expect(names(body)).toEqual(expected);
  });

  it('refuses a field that the API does not select by', async () => {
    const answer = await ask(cluster, `${pods}?fieldSelector=spec.containers=x`);
    expect(answer).toMatchObject({
      code: 400,
      body: { reason: 'BadRequest', message: 'field label not supported: spec.containers' },
    });
  });

  it('pages show the list as it was when it began, and name no count under a selector', async () => {
    const first = (await ask(cluster, `${pods}?limit=2`)).body;
    expect(first.metadata).toMatchObject({ remainingItemCount: 2, continue: expect.any(String) });
    cluster.remove('Pod', 'shop', 'c');
    cluster.put(pod('cc'));
    const rest = (await ask(cluster, `${pods}?limit=2&continue=${first.metadata.continue}`)).body;
    expect(names(rest)).toEqual(['c', 'd']);
    expect(rest.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
    const selected = (await ask(cluster, `${pods}?limit=1&labelSelector=app`)).body;
    expect(selected.metadata.continue).toEqual(expect.any(String));
    expect(selected.metadata.remainingItemCount).toBeUndefined();
  });

  it('a token older than the history is 410 with one for the inconsistent rest', async () => {
    const first = (await ask(cluster, `${pods}?limit=2`)).body;
    cluster.put(pod('e'));
    cluster.compact();
    const gone = await ask(cluster, `${pods}?limit=2&continue=${first.metadata.continue}`);
    expect(gone).toMatchObject({ code: 410, body: { reason: 'Expired', code: 410 } });
    const rest = (await ask(cluster, `${pods}?continue=${gone.body.metadata.continue}`)).body;
    expect(names(rest)).toEqual(['c', 'd', 'e']);
  });

  it('a token that is none is 400', async () => {
    expect(await ask(cluster, `${pods}?continue=abc`)).toMatchObject({
      code: 400,
      body: { message: expect.stringContaining('continue key is not valid') },
    });
  });

  it('a table has the columns of kubectl', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const { body } = await ask(cluster, pods, { accept });
    expect(body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    expect(body.columnDefinitions.slice(0, 5).map(({ name }: { name: string }) => name)).toEqual([
      'Name',
      'Ready',
      'Status',
      'Restarts',
      'Age',
    ]);
    expect(body.rows[1].cells.slice(0, 3)).toEqual(['b', '0/1', 'Pending']);
    expect(body.rows[0].object.kind).toBe('PartialObjectMetadata');
  });

  it('a large answer is compressed for who asks', async () => {
    for (let index = 0; index < 400; index += 1) cluster.put(pod(`many-${index}`));
    const { headers, body } = await ask(cluster, pods);
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(body.items).toHaveLength(404);
  });
});

describe('versions of the same object', () => {
  it('an event of the core group is one of events.k8s.io too', async () => {
    cluster.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'shop' },
      involvedObject: { kind: 'Pod', name: 'a' },
      message: 'said',
      type: 'Warning',
      reason: 'BackOff',
    });
    const { body } = await ask(cluster, '/apis/events.k8s.io/v1/namespaces/shop/events/e');
    expect(body).toMatchObject({ apiVersion: 'events.k8s.io/v1', regarding: { name: 'a' }, note: 'said' });
    const found = await ask(cluster, '/api/v1/events?fieldSelector=involvedObject.name=a,type=Warning');
    expect(names(found.body)).toEqual(['e']);
  });

  it('an autoscaler of version 2 shows its processor target in version 1', async () => {
    const metrics = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
      },
    ];
    const spec = {
      scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
      minReplicas: 1,
      maxReplicas: 4,
      metrics,
    };
    cluster.put({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: 'shop' },
      spec,
    });
    const { body } = await ask(cluster, '/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers/web');
    expect(body.spec).toEqual({
      scaleTargetRef: spec.scaleTargetRef,
      minReplicas: 1,
      maxReplicas: 4,
      targetCPUUtilizationPercentage: 70,
    });
  });
});

describe('discovery and refusals', () => {
  it('lists groups, and of a group its resources with their verbs', async () => {
    const groups = (await ask(cluster, '/apis')).body.groups.map(({ name }: { name: string }) => name);
    expect(groups).toEqual(
      expect.arrayContaining(['apps', 'batch', 'autoscaling', 'policy', 'events.k8s.io']),
    );
    const { body } = await ask(cluster, '/apis/apps/v1');
    expect(body.resources.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['deployments', 'deployments/scale', 'deployments/status']),
    );
    expect((await ask(cluster, '/version', { user: null })).body.gitVersion).toMatch(/^v1\./);
  });

  it('an object or a resource that is not there is 404', async () => {
    expect(await ask(cluster, `${pods}/zz`)).toMatchObject({
      code: 404,
      body: { message: 'pods "zz" not found', reason: 'NotFound', details: { name: 'zz', kind: 'pods' } },
    });
    expect(await ask(cluster, '/apis/apps/v1/namespaces/shop/deployments/zz')).toMatchObject({
      body: {
        message: 'deployments.apps "zz" not found',
        details: { name: 'zz', group: 'apps', kind: 'deployments' },
      },
    });
    expect((await ask(cluster, '/apis/apps/v1/nothings')).code).toBe(404);
  });

  it('rules hold by verb, group, resource and namespace, and reviews answer from them', async () => {
    cluster.put(deployment('web'));
    cluster.allow('reader', [
      { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'], namespaces: ['shop'] },
    ]);
    const user = 'reader';
    expect((await ask(cluster, pods, { user })).code).toBe(200);
    expect((await ask(cluster, '/api/v1/pods', { user })).code).toBe(403);
    expect(await ask(cluster, '/apis/apps/v1/namespaces/shop/deployments/web', { user })).toMatchObject({
      code: 403,
      body: {
        message:
          'deployments.apps "web" is forbidden: User "reader" cannot get resource "deployments" in API group "apps" in the namespace "shop"',
        details: { name: 'web', group: 'apps', kind: 'deployments' },
      },
    });
    const review = (resourceAttributes: object) =>
      ask(cluster, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        user,
        method: 'POST',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes },
        },
      });
    expect((await review({ verb: 'list', resource: 'pods', namespace: 'shop' })).body.status.allowed).toBe(
      true,
    );
    expect((await review({ verb: 'delete', resource: 'pods', namespace: 'shop' })).body.status.allowed).toBe(
      false,
    );
    const who = await ask(cluster, '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      user,
      method: 'POST',
      body: {},
    });
    expect(who.body.status.userInfo.username).toBe('reader');
  });

  it('records who asked what', async () => {
    await ask(cluster, `${pods}?limit=1`);
    expect(cluster.requests.at(-1)).toMatchObject({
      method: 'GET',
      path: pods,
      query: { limit: '1' },
      user: 'admin',
    });
  });
});

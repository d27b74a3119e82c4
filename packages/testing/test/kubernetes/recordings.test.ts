import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeCluster, type KubeObject, startFakeCluster } from '../../src/kubernetes/index.js';
import { ask } from './api-client.js';

let cluster: FakeCluster;
afterEach(() => cluster.close());

function text(name: string): string {
  return readFileSync(join(import.meta.dirname, 'recordings', name), 'utf8');
}

interface Recorded {
  readonly kind: string;
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly status?: unknown }[];
}

function recorded(name: string): Recorded {
  return JSON.parse(text(name));
}

/** The objects of a recorded list, with the kind that only the list says. */
function objectsOf(name: string, apiVersion: string, kind: string): readonly KubeObject[] {
  return recorded(name).items.map((item) => ({ apiVersion, kind, ...item }));
}

/** Every key with the type of its value; what differs by server and moment is told by its type alone. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shape(each)]));
}

describe('answers in the form that a real API server gave', () => {
  it.each([
    ['podlist.json', '/api/v1/namespaces/default/pods', 'v1', 'Pod'],
    ['events.json', '/api/v1/namespaces/default/events', 'v1', 'Event'],
    ['rs-list.json', '/apis/apps/v1/namespaces/default/replicasets', 'apps/v1', 'ReplicaSet'],
  ])('a list: %s', async (file, path, apiVersion, kind) => {
    cluster = await startFakeCluster({ objects: objectsOf(file, apiVersion, kind) });
    const { code, body } = await ask(cluster, path);
    expect(code).toBe(200);
    expect(shape(body)).toEqual(shape(recorded(file)));
    expect(body.items.map((each: KubeObject) => each.metadata.name)).toEqual(
      recorded(file).items.map((each) => each.metadata.name),
    );
  });

  it('a page of a list, whose token names the version and the key to go on from', async () => {
    cluster = await startFakeCluster({ objects: objectsOf('podlist.json', 'v1', 'Pod') });
    const { body } = await ask(cluster, '/api/v1/namespaces/default/pods?limit=1');
    const page = JSON.parse(text('paged-continue.json'));
    expect(shape(body)).toEqual(shape(page));
    expect(body.metadata.remainingItemCount).toBe(page.metadata.remainingItemCount);
    const token = (of: string) => JSON.parse(Buffer.from(of, 'base64url').toString());
    const theirs = token(page.metadata.continue);
    expect(token(body.metadata.continue)).toEqual({ ...theirs, rv: Number(body.metadata.resourceVersion) });
  });

  it('a pod that crashes and was killed for memory keeps its states', async () => {
    const [crashing] = recorded('podlist-crashloop.json').items;
    cluster = await startFakeCluster({ objects: objectsOf('podlist-crashloop.json', 'v1', 'Pod') });
    const { body } = await ask(cluster, `/api/v1/namespaces/default/pods/${crashing?.metadata.name}`);
    expect(body.status).toEqual(crashing?.status);
    expect(body.status.containerStatuses[0].lastState.terminated.reason).toBe('OOMKilled');
  });

  it('a watch from the beginning', async () => {
    const events = text('watch.ndjson')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    cluster = await startFakeCluster({ objects: events.map(({ object }) => object) });
    const token = /token: (\S+)/.exec(cluster.kubeconfig())?.[1];
    const answer = await fetch(`${cluster.address}/api/v1/namespaces/default/pods?watch=1&timeoutSeconds=1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const seen = (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const byName = (list: readonly { object: KubeObject }[]) =>
      Object.fromEntries(list.map((each) => [each.object.metadata.name, shape(each)]));
    expect(byName(seen)).toEqual(byName(events));
  });

  it('refusals of a weak user and of nobody', async () => {
    cluster = await startFakeCluster();
    cluster.allow('viewer', []);
    const weak = await ask(cluster, '/api/v1/namespaces/default/pods', { user: 'viewer' });
    expect(weak).toMatchObject({ code: 403, body: JSON.parse(text('403.json')) });
    const nobody = await ask(cluster, '/api/v1/pods', { user: null });
    expect(nobody).toMatchObject({ code: 403, body: JSON.parse(text('anonymous.json')) });
  });

  it('a token that nobody has is 401', async () => {
    cluster = await startFakeCluster();
    const answer = await fetch(`${cluster.address}/api/v1/pods`, {
      headers: { authorization: 'Bearer unknown' },
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    });
  });
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FakeCluster, type KubeObject, startFakeCluster } from '../../src/kubernetes/index.js';
import { ask, pod, pods } from './api-client.js';

let cluster: FakeCluster;
beforeEach(async () => {
  cluster = await startFakeCluster({ objects: [pod('a', { labels: { app: 'web' } })] });
});
afterEach(() => cluster.close());

interface Seen {
  readonly type: string;
  readonly object: KubeObject & { readonly code?: number; readonly reason?: string };
}

/** Opens a watch of one second; what it saw comes when its time is over. */
async function watching(query: string): Promise<() => Promise<readonly Seen[]>> {
  const token = /token: (\S+)/.exec(cluster.kubeconfig())?.[1];
  const answer = await fetch(`${cluster.address}${pods}?watch=true&timeoutSeconds=1&${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return async () =>
    (await answer.text())
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
}

const told = (events: readonly Seen[]) => events.map(({ type, object }) => `${type} ${object.metadata.name}`);

it('from a version on, it tells what happened since and what happens', async () => {
  const { resourceVersion } = (await ask(cluster, pods)).body.metadata;
  cluster.put(pod('b'));
  const seen = await watching(`resourceVersion=${resourceVersion}`);
  cluster.put(pod('b', { phase: 'Failed' }));
  cluster.remove('Pod', 'shop', 'b');
  cluster.put({ ...pod('elsewhere'), metadata: { name: 'elsewhere', namespace: 'other' } });
  expect(told(await seen())).toEqual(['ADDED b', 'MODIFIED b', 'DELETED b']);
});

it('without a version it begins with what is there', async () => {
  const seen = await watching('');
  cluster.put(pod('b'));
  expect(told(await seen())).toEqual(['ADDED a', 'ADDED b']);
});

it('an object that ceases to match a selector is deleted for who watches', async () => {
  const seen = await watching('labelSelector=app%3Dweb');
  cluster.put(pod('a', { labels: { app: 'other' } }));
  expect(told(await seen())).toEqual(['ADDED a', 'DELETED a']);
});

it('a version whose history is gone is an ERROR event of 410', async () => {
  const { resourceVersion } = (await ask(cluster, pods)).body.metadata;
  cluster.put(pod('b'));
  cluster.compact();
  const [only, ...more] = await (await watching(`resourceVersion=${resourceVersion}`))();
  expect(more).toEqual([]);
  expect(only).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
});

it('marks the end of the first objects for who asks, and gives bookmarks', async () => {
  const seen = await (
    await watching('sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan')
  )();
  expect(seen[0]).toMatchObject({ type: 'ADDED' });
  expect(seen[1]).toMatchObject({
    type: 'BOOKMARK',
    object: { kind: 'Pod', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
  });
});

import { describe, expect, it } from 'vitest';
import type { Deployment, DeploymentsApi, DesiredState, PlannedChange } from '../../src/index.js';
import { mergeDeployments } from '../../src/merging/deployments.js';
import { answer, at, context, failing, part } from './parts.js';

function deployment(id: string, minutes: number, more: Partial<Deployment> = {}): Deployment {
  return {
    ...{ id, service: 'checkout', time: at(minutes), by: 'team', revision: id, version: null, image: null },
    ...{ result: 'unknown', title: '', kind: 'deployment', diff: null },
    ...more,
  };
}
const records = (backend: string, deployments: readonly Deployment[], writes = false) =>
  part<DeploymentsApi>(backend, { history: async () => answer(backend, deployments) }, writes);
const image = 'registry.example.com/checkout:1.4.2';
const commit = '4f2a9c1e8b7d6a5f4e3d2c1b0a9f8e7d6c5b4a39';

describe('deployments of several systems', () => {
  it('are one history in which the same deployment stands once with both as evidence', async () => {
    const api = mergeDeployments([
      records('cluster', [
        deployment('7', 14, { image, result: 'succeeded' }),
        deployment('6', 2, { kind: 'restart', image }),
      ]),
      records('git', [deployment(commit, 10, { image, version: '1.4.2', title: 'Release' })], true),
    ]);
    const { data } = await api.history({ limit: 10 }, context());
    expect(data).toMatchObject([
      // Of the writing system, so that it can be rolled back to; how it went, only the cluster knows.
      { id: commit, version: '1.4.2', result: 'succeeded', time: at(10), seenIn: ['git', 'cluster'] },
      { id: '6', kind: 'restart', seenIn: ['cluster'] },
    ]);
  });

  it.each([
    ['another service', { service: 'search', image }],
    ['another image', { image: 'registry.example.com/checkout:1.4.3' }],
    ['another kind', { kind: 'restart', image }],
    ['another hour', { time: at(50), image }],
  ] as const)('stay two with %s', async (_, more) => {
    const api = mergeDeployments([
      records('git', [deployment(commit, 10, { image })]),
      records('cluster', [deployment('7', 12, more)]),
    ]);
    expect((await api.history({ limit: 10 }, context())).data).toHaveLength(2);
  });

  it('are the same by a shortened revision too', async () => {
    const api = mergeDeployments([
      records('git', [deployment(commit, 10)]),
      records('pipeline', [deployment('run-5', 13, { revision: commit.slice(0, 8) })]),
    ]);
    const { data } = await api.history({ limit: 10 }, context());
    expect(data.map(({ id, seenIn }) => [id, seenIn])).toEqual([[commit, ['git', 'pipeline']]]);
  });

  it('give the newest of all up to the limit, and say that there are more', async () => {
    const api = mergeDeployments([
      records('git', [deployment('a1', 30), deployment('a2', 10)]),
      records('cluster', [deployment('b1', 20)]),
    ]);
    const { data, truncation } = await api.history({ limit: 2 }, context());
    expect(data.map(({ id }) => id)).toEqual(['a1', 'b1']);
    expect(truncation).toMatchObject({ returned: 2, total: 3, more: true });
  });

  it("find the migrations of a cluster's revisions by the images that the repository deployed", async () => {
    const images: Readonly<Record<string, string>> = { 'rs-6': 'checkout:1.4.1', 'rs-7': 'checkout:1.4.2' };
    const cluster = part<DeploymentsApi>(
      'cluster',
      {
        migrationsBetween: failing('unsupported'),
        desired: async ({ revision = 'rs-7' }) =>
          answer('cluster', { ...state, revision, image: images[revision] ?? null }),
      },
      true,
    );
    const asked: string[] = [];
    const git = part<DeploymentsApi>('git', {
      desired: failing('not_found'),
      history: async () =>
        answer('git', [
          deployment('c2', 10, { image: 'checkout:1.4.2' }),
          deployment('c1', 2, { image: 'checkout:1.4.1' }),
        ]),
      migrationsBetween: async ({ from, to }) => {
        if (from.startsWith('rs-')) return failing('not_found')();
        asked.push(`${from}..${to}`);
        return answer('git', []);
      },
    });
    const query = { service: 'checkout', from: 'rs-6', to: 'rs-7' };
    expect((await mergeDeployments([git, cluster]).migrationsBetween(query, context())).data).toEqual([]);
    expect(asked).toEqual(['c1..c2']);
    // An image that the repository never deployed: unknown, not "none".
    const other = { service: 'checkout', from: 'rs-5', to: 'rs-7' };
    await expect(mergeDeployments([git, cluster]).migrationsBetween(other, context())).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  const state: DesiredState = {
    ...{ service: 'checkout', revision: '7', image, replicas: 3, autoscaler: null, configuration: {} },
    ...{ secretReferences: [], flags: {} },
  };

  it('are explained by the system that knows the revision', async () => {
    const knows = part<DeploymentsApi>('cluster', { desired: async () => answer('cluster', state) });
    const passes = part<DeploymentsApi>('git', { desired: failing('not_found') });
    const down = part<DeploymentsApi>('third', { desired: failing('unavailable', 'Down.') });
    const query = { service: 'checkout', revision: '7' };
    const found = await mergeDeployments([passes, down, knows]).desired(query, context());
    expect(found).toMatchObject({
      data: { revision: '7' },
      source: { backend: 'cluster' },
      partial: [{ backend: 'third', reason: 'unavailable: Down.' }],
    });
    await expect(mergeDeployments([passes, down]).desired(query, context())).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(mergeDeployments([passes]).desired(query, context())).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  const file = (path: string) =>
    ({ path, tool: 'flyway', sql: '', downSql: null, dialect: 'postgresql' }) as const;
  const migrations = (backend: string, ...paths: string[]) =>
    part<DeploymentsApi>(backend, {
      migrationsBetween: async () => answer(backend, paths.map(file)),
    });

  it('have the migrations of all systems, and none of them when one cannot be asked', async () => {
    const query = { service: 'checkout', from: 'a', to: 'b' };
    const none = migrations('cluster');
    const both = mergeDeployments([none, migrations('git', 'V1.sql', 'V2.sql')]);
    const { data } = await both.migrationsBetween(query, context());
    expect(data.map(({ path }) => path)).toEqual(['V1.sql', 'V2.sql']);
    const down = part<DeploymentsApi>('git', { migrationsBetween: failing('timeout', 'Slow.') });
    await expect(mergeDeployments([none, down]).migrationsBetween(query, context())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('git: timeout: Slow.'),
    });
  });

  it('are changed where one writes, and nowhere else when that one fails', async () => {
    const change: PlannedChange = {
      plan: { change: { of: 'git' }, observed: {}, summary: '', diff: '' },
      current: state,
      next: state,
    };
    const plans = part<DeploymentsApi>('git', { planScale: async () => change });
    const refuses = part<DeploymentsApi>('cluster', { planScale: failing('unavailable') }, true);
    const query = { service: 'checkout', replicas: 4 };
    const unsupported = part<DeploymentsApi>('log', { planScale: failing('unsupported') });
    expect((await mergeDeployments([unsupported, plans]).planScale(query, context())).plan.change).toEqual({
      of: 'git',
    });
    await expect(mergeDeployments([plans, refuses]).planScale(query, context())).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

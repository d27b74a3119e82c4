import { describe, expect, it } from 'vitest';
import type {
  ChangeRequest,
  ChangesApi,
  InfrastructureApi,
  KnowledgeApi,
  OnCallApi,
  PipelineRun,
  PipelinesApi,
  Runbook,
  WorkloadStatus,
  WorkloadsApi,
} from '../../src/index.js';
import { mergeChanges } from '../../src/merging/changes.js';
import { mergeKnowledge } from '../../src/merging/knowledge.js';
import { mergeOnCall } from '../../src/merging/on-call.js';
import { mergeInfrastructure, mergePipelines, mergeWorkloads } from '../../src/merging/workloads.js';
import { answer, at, context, failing, part, window } from './parts.js';

describe('workloads, pipelines and infrastructure of several systems', () => {
  const workload = (service: string, ready: number): WorkloadStatus => ({
    ...{ service, ready, kind: 'Deployment', desired: 2, updated: 2, rollout: 'complete' },
    ...{ pods: [], events: [], limits: {} },
  });

  it('show those in trouble first, and where each runs', async () => {
    const runs = (backend: string, ...all: WorkloadStatus[]) =>
      part<WorkloadsApi>(backend, {
        status: async () => answer(backend, all),
        services: async () =>
          answer(
            backend,
            all.map(({ service }) => service),
          ),
      });
    const api = mergeWorkloads([
      runs('eu', workload('checkout', 2), workload('search', 2)),
      runs('us', workload('checkout', 0)),
    ]);
    const { data, truncation } = await api.status({ limit: 2 }, context());
    expect(data.map(({ name, ready }) => [name, ready])).toEqual([
      ['us: checkout', 0],
      ['eu: checkout', 2],
    ]);
    expect(truncation).toMatchObject({ returned: 2, total: 3 });
    expect((await api.services({ limit: 5 }, context())).data).toEqual(['checkout', 'search']);
  });

  it('show the newest runs, and the files of each state', async () => {
    const run = (id: string, minutes: number): PipelineRun => ({
      ...{ id, name: 'build', revision: 'r', status: 'succeeded', started: at(minutes), finished: null },
      ...{ stages: [], pendingApprovals: [], failure: null },
    });
    const pipelines = mergePipelines([
      part<PipelinesApi>('ci', { status: async () => answer('ci', [run('1', 5)]) }),
      part<PipelinesApi>('cd', { status: async () => answer('cd', [run('2', 9), run('3', 1)]) }),
    ]);
    const { data } = await pipelines.status({ service: 'checkout', limit: 2 }, context());
    expect(data.map(({ id }) => id)).toEqual(['2', '1']);
    const state = { terraformVersion: null, serial: 1, resources: [], drift: [], planned: [], file: 'main' };
    const api = mergeInfrastructure(
      ['eu', 'us'].map((backend) =>
        part<InfrastructureApi>(backend, { state: async () => answer(backend, [state]) }),
      ),
    );
    expect((await api.state({}, context())).data.map(({ file }) => file)).toEqual(['eu: main', 'us: main']);
  });
});

describe('rotas of several systems', () => {
  it('leave only the gaps that none of them covers', async () => {
    const rota = (backend: string, gap: readonly [number, number] | null, who: string | null) =>
      part<OnCallApi>(backend, {
        shifts: async () =>
          answer(backend, {
            timeZone: 'UTC',
            shifts:
              who === null
                ? []
                : [{ who, schedule: 's', start: at(0), end: at(9), level: 1, override: false }],
            gaps: gap === null ? [] : [{ start: at(gap[0]), end: at(gap[1]) }],
          }),
      });
    const api = mergeOnCall([
      rota('one', [10, 40], 'a'),
      rota('two', [30, 60], 'a'),
      rota('none', null, null),
    ]);
    const { data } = await api.shifts({ owner: 'o', window }, context());
    expect(data.gaps).toEqual([{ start: at(30), end: at(40) }]);
    expect(data.shifts).toHaveLength(1);
  });
});

describe('knowledge of several systems', () => {
  const runbook = (id: string): Runbook => ({
    ...{ id, title: id, services: [], alerts: [], tags: [], reviewed: null, body: '', steps: [] },
  });
  const plan = { change: {}, observed: {}, summary: '', diff: '' };

  it('keeps every record reachable by an id of its own', async () => {
    const has = (backend: string, ...ids: string[]) =>
      part<KnowledgeApi>(backend, { runbooks: async () => answer(backend, ids.map(runbook)) });
    const { data } = await mergeKnowledge([
      has('git', 'disk-full'),
      has('wiki', 'Disk-Full', 'cpu'),
    ]).runbooks(context());
    expect(data.map(({ id }) => id)).toEqual(['disk-full', 'wiki:Disk-Full', 'cpu']);
  });

  it('is added to where one writes', async () => {
    const reads = part<KnowledgeApi>('wiki', { planIncident: failing('internal') });
    const writes = part<KnowledgeApi>('git', { planIncident: async () => plan }, true);
    const incident = {
      title: 't',
      severity: 'high',
      environment: 'e',
      services: [],
      alerts: [],
      summary: '',
    } as const;
    expect(await mergeKnowledge([reads, writes]).planIncident(incident, context())).toBe(plan);
  });
});

describe('change requests of several systems', () => {
  const request: ChangeRequest = {
    ...{ id: 'CHG-1', status: 'approved', requester: 'team-a', approvedBy: 'team-b', services: ['checkout'] },
    ...{ environments: ['production'], window: null, revision: 'r1' },
  };
  const has = (found: ChangeRequest | undefined) => part<ChangesApi>('any', { find: async () => found });
  const down = part<ChangesApi>('down', { find: failing('unavailable') });

  it('count when one has it, or all that have it agree', async () => {
    expect(await mergeChanges([has(undefined), has(request)]).find('CHG-1')).toEqual(request);
    expect(await mergeChanges([down, has(request)]).find('CHG-1')).toEqual(request);
    expect(await mergeChanges([has(request), has({ ...request, revision: 'r2' })]).find('CHG-1')).toEqual(
      request,
    );
    const rejected = { ...request, status: 'rejected' } as const;
    await expect(mergeChanges([has(request), has(rejected)]).find('CHG-1')).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('do not exist only when every system says so', async () => {
    expect(await mergeChanges([has(undefined), has(undefined)]).find('CHG-1')).toBeUndefined();
    await expect(mergeChanges([has(undefined), down]).find('CHG-1')).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

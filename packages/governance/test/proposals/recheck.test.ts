import { describe, expect, it } from 'vitest';
import type { ProposalRecord } from '../../src/model.js';
import { createRoad } from '../../src/pipeline.js';
import { people } from '../approvals/people.js';
import { scaleService, testServer } from '../road/company.js';
import { answered, failed, seedDecision, type TestProcess, testProcess } from '../road/process.js';
import {
  decide,
  execute,
  noting,
  propose,
  proposeNote,
  rebound,
  scaling,
  stored,
  withRecord,
} from './steps.js';

const keys = people();

function world(): TestProcess {
  const made = testProcess();
  made.directory = keys.directory;
  return made;
}

async function approved(at: TestProcess, args = scaling()): Promise<ProposalRecord> {
  return decide(at, await propose(at, args), keys.plain);
}

describe('right before the side effect', () => {
  const stale = async (change: (at: TestProcess, record: ProposalRecord) => unknown) => {
    const at = world();
    const record = await approved(at);
    await change(at, record);
    const error = failed(await execute(at, record.id));
    expect(at.live.applied).toEqual([]);
    expect((await stored(at, record.id)).state).toBe('approved');
    return error;
  };

  it('a changed live state refuses, and the plan is not made anew', async () => {
    const error = await stale((at) => {
      at.live.replicas['staging/payments-api'] = 4;
    });
    expect(error.code).toBe('conflict');
    expect(error.message).toContain('the live system is no longer what the plan was made on');
  });

  it('a changed definition refuses', async () => {
    const at = world();
    const record = await approved(at);
    const actions = [{ ...scaleService, blastRadius: { ...scaleService.blastRadius, replicas: 49 } }];
    const road = createRoad({ ...at.deps, server: { ...testServer, actions } });
    const error = failed(await execute({ ...at, road }, record.id));
    expect(error.message).toContain('the definition of the tool has changed');
  });

  it('a stricter policy refuses, another one that asks no more does not', async () => {
    const error = await stale((at) => {
      at.policy = {
        digest: 'b'.repeat(64),
        decide: (facts) => ({ ...seedDecision(facts), requirements: ['rollback_path_documented'] }),
      };
    });
    expect(error.message).toContain('stricter');
    const at = world();
    const record = await approved(at);
    at.policy = { ...at.policy, digest: 'b'.repeat(64) };
    expect(answered(await execute(at, record.id)).state).toBe('succeeded');
  });

  it('a policy that denies refuses', async () => {
    const error = await stale((at) => {
      at.policy.decide = () => ({ effect: 'deny_by_default', requirements: [], exceptions: [], rules: [] });
    });
    expect(error.code).toBe('denied');
  });

  it.each([
    ['limits', (at: TestProcess) => (at.limits = { ...at.limits, replicas: { max: 4 } }), 'limits'],
    [
      'window',
      (at: TestProcess) =>
        at.store.counters.add('blast/staging/payments-api/replicasAdded', 3, 3.6e6, 4, at.now),
      'used so far',
    ],
    ['owner', (at: TestProcess) => (at.owners = {}), 'has no owner'],
    [
      'switch',
      (at: TestProcess) => at.switches.push({ scope: '*', blocks: 'writes', by: 'x', reason: 'y', at: '' }),
      'switched off',
    ],
    ['audit', (at: TestProcess) => (at.auditFails = true), 'audit log'],
  ])('a changed %s refuses', async (_, change, problem) => {
    expect((await stale(change)).message).toContain(problem);
  });

  it.each([
    ['argument', { arguments: { environment: 'staging', service: 'payments-api', replicas: 6 } }],
    ['target', { target: { environment: 'staging', services: ['orders-api'] } }],
    ['environment', { environment: 'production', environmentClass: 'production' }],
    ['expiry', { expiresAt: '2025-06-01T15:00:00.000Z' }],
    ['tier', { effectiveTier: 2 }],
    ['requester', { reason: 'something nicer' }],
  ] as const)('an edited %s in the store refuses', async (_, change) => {
    const at = world();
    const record = await approved(at);
    const edited = { ...record, binding: { ...record.binding, ...change } };
    const end = await execute(withRecord(at, edited), record.id);
    // Either the approval is no longer for it, or its own digest gives it away.
    expect(end.kind === 'error' || end.kind === 'confirm' || end.structured.state !== 'succeeded').toBe(true);
    expect(at.live.applied).toEqual([]);
  });

  it('a plan swapped under an intact binding refuses', async () => {
    const at = world();
    const record = await approved(at);
    const plan = { ...record.plan, change: { ...record.plan.change, replicas: 12 } };
    expect(failed(await execute(withRecord(at, { ...record, plan }), record.id)).message).toContain(
      'was altered',
    );
  });

  it('arguments that the schema reads differently than they stand refuse', async () => {
    const at = world();
    const record = await proposeNote(at, noting({ environment: 'staging' }));
    const { minutes, ...args } = record.binding.arguments;
    expect(minutes).toBe(0);
    const edited = rebound(record, { arguments: args });
    await decide(at, edited, keys.plain);
    const error = failed(await execute(withRecord(at, edited), record.id));
    expect(error.message).toContain('The arguments are not what was approved');
  });

  it('a cancellation of the proposal while it is being checked wins', async () => {
    const at = world();
    const record = await approved(at);
    const read: typeof at.deps.connector.read = async (...call) => {
      await at.store.proposals.transition(record.id, ['approved'], 'cancelled', '');
      return at.deps.connector.read(...call);
    };
    const road = createRoad({ ...at.deps, connector: { ...at.deps.connector, read } });
    expect(failed(await execute({ ...at, road }, record.id)).code).toBe('conflict');
    expect(at.live.applied).toEqual([]);
    expect((await stored(at, record.id)).state).toBe('cancelled');
  });

  it('a caller who goes while it is being checked gets no change', async () => {
    const at = world();
    const record = await approved(at);
    const controller = new AbortController();
    let checked = false;
    const approvers = {
      load: async () => {
        checked = at.principals.length > 0;
        return at.directory;
      },
    };
    at.principals.length = 0;
    const store: typeof at.deps.store = async () => {
      if (checked) controller.abort();
      return at.store;
    };
    const read: typeof at.deps.connector.read = async (...call) => {
      at.principals.push('planned again');
      return at.deps.connector.read(...call);
    };
    const connector = { ...at.deps.connector, read };
    const road = createRoad({ ...at.deps, approvers, store, connector });
    const error = failed(await execute({ ...at, road }, record.id, { signal: controller.signal }));
    expect(error.message).toContain('nothing was changed');
    expect(at.live.applied).toEqual([]);
    expect((await stored(at, record.id)).state).toBe('approved');
  });

  it('a window that somebody else has just used up refuses', async () => {
    const at = world();
    const record = await approved(at);
    await at.store.counters.add('blast/staging/payments-api/replicasAdded', 4, 3.6e6, 4, at.now);
    const store = { ...at.store, counters: { ...at.store.counters, sum: async () => 0 } };
    const road = createRoad({ ...at.deps, store: async () => store });
    const end = answered(await execute({ ...at, road }, record.id));
    expect(end).toMatchObject({ state: 'failed', outcome: { error: 'limit_exceeded' } });
    expect(at.live.applied).toEqual([]);
  });

  it('another release of the server refuses', async () => {
    const at = world();
    const record = await approved(at);
    const road = createRoad({ ...at.deps, facts: { ...at.deps.facts, version: '0.2.0' } });
    expect(failed(await execute({ ...at, road }, record.id)).message).toContain('0.2.0');
  });
});

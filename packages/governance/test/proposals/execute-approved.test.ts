import { ToolError } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import type { ProposalRecord } from '../../src/model.js';
import { createRoad } from '../../src/pipeline.js';
import { people } from '../approvals/people.js';
import { scaleService } from '../road/company.js';
import { answered, failed, oncall, request, type TestProcess, testProcess } from '../road/process.js';
import { decide, execute, propose, rebound, scaling, stored, withRecord } from './steps.js';

const keys = people();

function world(): TestProcess {
  const made = testProcess();
  made.directory = keys.directory;
  return made;
}

async function approved(at: TestProcess, args = scaling()): Promise<ProposalRecord> {
  return decide(at, await propose(at, args), keys.plain);
}

describe('tier 3 outside production', () => {
  it('waits for one approver, never with an error, then is applied here', async () => {
    const at = world();
    const record = await propose(at, scaling());
    const waiting = answered(await execute(at, record.id));
    expect(waiting.state).toBe('awaiting_approval');
    expect(waiting.next).toContain(`devops-mcp proposals export ${record.id}`);
    expect((await decide(at, record, keys.plain)).state).toBe('approved');
    const done = answered(await execute(at, record.id));
    expect(done).toMatchObject({ state: 'succeeded', outcome: { verified: true } });
    expect(at.live.replicas['staging/payments-api']).toBe(5);
    expect(at.live.applied[0]?.idempotencyKey).toMatch(/^[0-9a-f]{64}$/);
    const intent = at.events.find(({ phase }) => phase === 'intent');
    expect(intent).toMatchObject({
      approval: { status: 'approved', approver: 'approver-four@example.com' },
      auth: { principal: 'cluster:staging:write' },
      bindingDigest: record.bindingDigest,
    });
  });

  it('ends when an approver says no', async () => {
    const at = world();
    const record = await approved(at);
    expect((await decide(at, record, keys.one, 'reject')).state).toBe('rejected');
    expect(failed(await execute(at, record.id)).message).toContain('rejected');
    await expect(decide(at, await stored(at, record.id), keys.two)).rejects.toThrow('rejected');
  });

  it('is applied once by twelve executions at the same moment', async () => {
    const at = world();
    const record = await approved(at);
    const ends = await Promise.all(Array.from({ length: 12 }, () => execute(at, record.id)));
    expect(at.live.applied).toHaveLength(1);
    expect(ends.filter((end) => end.kind === 'answer' && end.structured.state === 'succeeded')).toHaveLength(
      1,
    );
    expect(ends.filter((end) => end.kind === 'error' && end.error.code === 'conflict')).toHaveLength(11);
    expect(at.events.filter(({ phase }) => phase === 'intent')).toHaveLength(1);
  });

  it('does not count an approval twice, late, or from who is allowed no longer', async () => {
    const at = world();
    const record = await approved(at);
    at.directory = people().directory;
    const refused = answered(await execute(at, record.id));
    expect(refused.state).toBe('awaiting_approval');
    expect(refused.text).toContain('not among the allowed signers');
    at.directory = keys.directory;
    at.now = new Date(at.now.getTime() + 29 * 60_000);
    answered(await execute(at, record.id));
    expect(at.live.applied).toHaveLength(1);
    const late = await approved(at);
    at.now = new Date(at.now.getTime() + 31 * 60_000);
    expect(failed(await execute(at, late.id)).message).toContain('expired');
  });

  it('takes no row for an approval', async () => {
    const at = world();
    const record = await propose(at, scaling());
    const row = {
      proposalId: record.id,
      bindingDigest: record.bindingDigest,
      decision: 'approve',
      evidence: {},
    } as const;
    const times = { at: at.now.toISOString(), expiresAt: record.binding.expiresAt };
    for (const kind of ['ssh-signature', 'client-attested', 'account-attested'] as const) {
      for (const approver of ['approver-one@example.com', 'user:default/oncall']) {
        await at.store.approvals.add({ ...row, ...times, approver, kind });
      }
    }
    await at.store.proposals.transition(record.id, ['awaiting_approval'], 'approved', times.at);
    expect(answered(await execute(at, record.id)).text).toContain('Not counted');
    expect(at.live.applied).toEqual([]);
  });
});

describe('what becomes of an execution', () => {
  const end = async (change: (at: TestProcess) => void) => {
    const at = world();
    const record = await approved(at);
    change(at);
    const answer = answered(await execute(at, record.id));
    return { at, record, answer };
  };

  it('a refusal by the backend before anything changed is a failure', async () => {
    const { answer, at } = await end(({ live }) => {
      live.failBefore = new ToolError('conflict', 'the branch moved');
    });
    expect(answer).toMatchObject({ state: 'failed', outcome: { verified: false, error: 'conflict' } });
    expect(at.events.at(-1)).toMatchObject({
      phase: 'result',
      result: { status: 'error', errorCode: 'conflict' },
    });
  });

  it('lost contact before anything was sent is a failure too, when the backend says so', async () => {
    const { answer } = await end(({ live }) => {
      live.failBefore = new ToolError('unavailable', 'no connection', { details: { nothingChanged: true } });
    });
    expect(answer).toMatchObject({ state: 'failed', outcome: { verified: false, error: 'unavailable' } });
  });

  it.each([
    new Error('socket hang up at 10.0.0.1'),
    new ToolError('unavailable', 'lost contact'),
    new ToolError('timeout', 'no answer'),
  ])('an error of unknown effect is ambiguous and refuses every retry: %s', async (error) => {
    const { at, record, answer } = await end(({ live }) => {
      live.failAfter = error;
    });
    expect(answer.state).toBe('ambiguous');
    expect(JSON.stringify(answer)).not.toContain('10.0.0.1');
    at.live.failAfter = undefined;
    expect(failed(await execute(at, record.id)).message).toContain('never retried');
    expect(at.live.applied).toHaveLength(1);
  });

  it('a read-back that shows something else is ambiguous', async () => {
    const { answer } = await end(({ live }) => Object.assign(live, { verifies: false }));
    expect(answer).toMatchObject({ state: 'ambiguous', outcome: { verified: false } });
  });

  it('an intent that cannot be written applies nothing', async () => {
    const at = world();
    const record = await approved(at);
    const durable: typeof at.deps.audit.durable = async (event) => {
      if (event.phase === 'intent') throw new ToolError('unavailable', 'disk full');
      await at.deps.audit.durable(event);
    };
    const road = createRoad({ ...at.deps, audit: { ...at.deps.audit, durable } });
    expect(answered(await execute({ ...at, road }, record.id)).state).toBe('failed');
    expect(at.live.applied).toEqual([]);
  });

  it('a missing write credential applies nothing', async () => {
    const at = world();
    const record = await approved(at);
    const connector = {
      ...at.deps.connector,
      write: () => Promise.reject(new ToolError('denied', 'no write credential')),
    };
    const road = createRoad({ ...at.deps, connector });
    expect(answered(await execute({ ...at, road }, record.id))).toMatchObject({ state: 'failed' });
  });

  it('an execution that never ended is given up as ambiguous', async () => {
    const at = world();
    const record = await approved(at);
    await at.store.proposals.transition(record.id, ['approved'], 'consumed', at.now.toISOString());
    expect(failed(await execute(at, record.id)).message).toContain('being applied');
    at.now = new Date(at.now.getTime() + 16 * 60_000);
    expect(failed(await execute(at, record.id)).message).toContain('never retried');
  });

  it('counts against the window of the owner', async () => {
    const at = world();
    for (const replicas of [5, 7]) {
      const record = await approved(at, scaling({ replicas }));
      expect(answered(await execute(at, record.id)).state).toBe('succeeded');
    }
    await expect(propose(at, scaling({ replicas: 9 }))).rejects.toThrow('used so far');
  });
});

describe('tier 3 in production', () => {
  const inProduction = scaling({ environment: 'production', changeRef: 'CHG-7' });

  it('is never applied here: with two approvals it waits for the executor', async () => {
    const at = world();
    const record = await propose(at, inProduction);
    expect(answered(await execute(at, record.id)).state).toBe('awaiting_approval');
    expect((await decide(at, record, keys.one)).state).toBe('awaiting_approval');
    expect((await decide(at, record, keys.one)).state).toBe('awaiting_approval');
    expect((await decide(at, record, keys.two)).state).toBe('approved');
    const waiting = answered(await execute(at, record.id));
    expect(waiting.state).toBe('awaiting_executor');
    expect(waiting.next).toContain('gitops-executor');
    expect(at.live.applied).toEqual([]);
    expect(at.principals.some((used) => used === 'production:write')).toBe(false);
  });

  it('needs one other person when the requester is proven, and never counts the requester', async () => {
    const at = world();
    const proven = {
      assurance: 'authenticated',
      issuer: 'https://issuer.example.com',
      transport: 'streamable-http',
    } as const;
    for (const [subject, count] of [
      ['user:default/oncall', 1],
      ['approver-one@example.com', 0],
      ['Approver-One@example.com', 0],
    ] as const) {
      const caller = { ...oncall, ...proven, subject };
      const made = await at.road.propose(scaleService, request(inProduction, { caller }));
      const record = await stored(at, String(answered(made).proposalId));
      await decide(at, record, keys.one);
      const { state, text } = answered(await execute(at, record.id, { caller }));
      expect(state).toBe(count === 1 ? 'awaiting_executor' : 'awaiting_approval');
      if (count === 0) expect(text).toContain("requester's own");
    }
  });

  it('does not count whom the requester acts for', async () => {
    const at = world();
    const caller = {
      ...oncall,
      assurance: 'authenticated',
      delegation: ['approver-one@example.com'],
    } as const;
    const made = await at.road.propose(scaleService, request(inProduction, { caller }));
    const record = await stored(at, String(answered(made).proposalId));
    await decide(at, record, keys.one);
    expect(answered(await execute(at, record.id, { caller })).state).toBe('awaiting_approval');
  });

  it('is not applied here when it was made out as local and no executor is configured', async () => {
    const at = world();
    const record = await propose(at, inProduction);
    const local = rebound(record, { executor: 'local' });
    await decide(at, local, keys.one);
    await decide(at, local, keys.two);
    const { deps } = withRecord(at, { ...local, state: 'approved' });
    for (const executors of [[], at.deps.executors]) {
      const road = createRoad({ ...deps, executors });
      const error = failed(await execute({ ...at, road }, record.id));
      expect(error.message).toContain('another executor, or none, is to apply this');
    }
    expect(at.live.applied).toEqual([]);
  });
});

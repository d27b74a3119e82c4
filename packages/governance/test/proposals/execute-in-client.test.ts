import { describe, expect, it } from 'vitest';
import { people } from '../approvals/people.js';
import { answered, failed, oncall, testProcess } from '../road/process.js';
import { asked, confirmed, decide, execute, noting, proposeNote, stored } from './steps.js';

describe('confirming in the client', () => {
  it('asks a person to type the target, then applies once and reads back', async () => {
    const world = testProcess();
    const { id, bindingDigest, rendering } = await proposeNote(world);
    const question = asked(await execute(world, id));
    expect(question.field).toBe('type payments-api to confirm');
    expect(question.message).toContain(rendering.trim());
    expect(question.state).toMatchObject({ proposalId: id, bindingDigest, subject: 'user:default/oncall' });
    const answer = { state: question.state, action: 'accept', text: 'payments-api' } as const;
    const done = answered(await execute(world, id, { confirmation: { available: true, answer } }));
    expect(done).toMatchObject({ state: 'succeeded', outcome: { artifactRef: 'commit-1', verified: true } });
    expect(world.live.applied).toHaveLength(1);
    const order = world.events.map(({ eventType, phase }) => `${eventType} ${phase}`);
    expect(order.slice(-3)).toEqual(['mcp.approval result', 'mcp.execution intent', 'mcp.execution result']);
    expect(answered(await execute(world, id)).state).toBe('succeeded');
    expect(world.live.applied).toHaveLength(1);
  });

  it('records what an auto-answering client says as attested by the client and no more', async () => {
    const world = testProcess();
    const { id } = await proposeNote(world);
    answered(await confirmed(world, id));
    const [approval] = await world.store.approvals.list(id);
    expect(approval).toMatchObject({ kind: 'client-attested', approver: 'user:default/oncall' });
    const event = world.events.find(({ eventType }) => eventType === 'mcp.approval');
    expect(event?.result.detail).toBe('client-attested');
  });

  it('asks again for an answer without a question, of another proposal, person or time', async () => {
    const world = testProcess();
    const [first, second] = [await proposeNote(world), await proposeNote(world, noting({ text: 'other' }))];
    const { state } = asked(await execute(world, first.id));
    const states = [
      { ...state, proposalId: second.id },
      { ...state, bindingDigest: second.bindingDigest },
      { ...state, subject: 'someone@example.com' },
      { ...state, expires: '2025-06-01T11:59:59.000Z' },
      { ...state, expires: 'never' },
    ];
    for (const wrong of states) {
      const answer = { state: wrong, action: 'accept', text: 'payments-api' } as const;
      asked(await execute(world, first.id, { confirmation: { available: true, answer } }));
    }
    const answer = { state, action: 'accept', text: 'payments-api' } as const;
    asked(await execute(world, second.id, { confirmation: { available: true, answer } }));
    expect(world.live.applied).toEqual([]);
  });

  it('uses a question once, whatever was answered', async () => {
    const world = testProcess();
    const { id } = await proposeNote(world);
    const { state } = asked(await execute(world, id));
    const reply = (text: string | null) =>
      execute(world, id, { confirmation: { available: true, answer: { state, action: 'accept', text } } });
    expect(failed(await reply('orders-api')).message).toContain('not the target');
    asked(await reply('payments-api'));
    expect(world.live.applied).toEqual([]);
  });

  it.each([null, '', 'yes', 'Payments-api', 'payments-api orders-api'])(
    'does not take %s for the target',
    async (text) => {
      const world = testProcess();
      const { id } = await proposeNote(world);
      expect(failed(await confirmed(world, id, text)).code).toBe('denied');
      expect(world.live.applied).toEqual([]);
    },
  );

  it('rejects for good when the person declines, and waits when they dismiss', async () => {
    const world = testProcess();
    const { id } = await proposeNote(world);
    expect(failed(await confirmed(world, id, null, 'cancel')).code).toBe('approval_required');
    expect(failed(await confirmed(world, id, null, 'decline')).code).toBe('denied');
    expect((await stored(world, id)).state).toBe('rejected');
    expect(failed(await execute(world, id)).code).toBe('conflict');
  });

  it('refuses a client that cannot ask and names the way out of band, which works', async () => {
    const world = testProcess();
    const { plain, directory } = people();
    world.directory = directory;
    const record = await proposeNote(world, noting({ environment: 'staging' }));
    const error = failed(await execute(world, record.id, { confirmation: { available: false } }));
    expect(error.code).toBe('approval_required');
    expect(error.hint).toContain(`devops-mcp proposals export ${record.id}`);
    await decide(world, record, plain);
    const done = answered(await execute(world, record.id, { confirmation: { available: false } }));
    expect(done.state).toBe('succeeded');
  });

  it('discards an answer that comes after the client gave up', async () => {
    const world = testProcess();
    const { id } = await proposeNote(world);
    const { state } = asked(await execute(world, id));
    const answer = { state, action: 'accept', text: 'payments-api' } as const;
    const gone = AbortSignal.abort();
    failed(await execute(world, id, { signal: gone, confirmation: { available: true, answer } }));
    expect(world.live.applied).toEqual([]);
    expect(await world.store.approvals.list(id)).toEqual([]);
  });

  it('lets nobody else execute', async () => {
    const world = testProcess();
    const { id } = await proposeNote(world);
    for (const caller of [
      { ...oncall, subject: 'x@example.com' },
      { ...oncall, issuer: 'https://issuer.example.com' },
    ]) {
      expect(failed(await execute(world, id, { caller })).code).toBe('not_found');
    }
  });

  it('is void after its time, and the question with it', async () => {
    const world = testProcess();
    const { id } = await proposeNote(world);
    const { state } = asked(await execute(world, id));
    world.now = new Date(world.now.getTime() + 30 * 60_000);
    const answer = { state, action: 'accept', text: 'payments-api' } as const;
    const error = failed(await execute(world, id, { confirmation: { available: true, answer } }));
    expect(error.message).toContain('expired');
    expect((await stored(world, id)).state).toBe('expired');
  });

  it('does not suffice once policy wants more, before or after it was given', async () => {
    const world = testProcess();
    world.directory = people().directory;
    const { id } = await proposeNote(world);
    const { state } = asked(await execute(world, id));
    world.policy.decide = () => ({
      effect: 'require_human_approval',
      requirements: [],
      exceptions: [],
      rules: [],
    });
    const answer = { state, action: 'accept', text: 'payments-api' } as const;
    const waiting = answered(await execute(world, id, { confirmation: { available: true, answer } }));
    expect(waiting.state).toBe('awaiting_approval');
    expect(world.live.applied).toEqual([]);
  });
});

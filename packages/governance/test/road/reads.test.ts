import { describe, expect, it } from 'vitest';
import { getReplicas, replicasResource, scalePrompt } from './company.js';
import { answered, failed, oncall, request, testProcess } from './process.js';

const production = { environment: 'production', service: 'payments-api' };

describe('the road of a read', () => {
  it('gives a checked and redacted answer and one record, without opening the store', async () => {
    const world = testProcess();
    const { road, events } = world;
    const answer = answered(await road.callTool(getReplicas, request(production)));
    expect(answer).toEqual({
      service: 'payments-api',
      replicas: 3,
      note: 'token [redacted]',
      text: 'payments-api: 3 (token [redacted])',
    });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      eventType: 'mcp.tool_invocation',
      phase: 'result',
      result: { status: 'success' },
      environment: 'production',
      owner: 'group:default/team-payments',
      auth: { principal: 'cluster:production:read' },
      decision: { effect: 'allow' },
    });
    expect(world.storesOpened).toBe(0);
  });

  it('refuses unknown arguments, names the valid ones and the closest', async () => {
    const { road } = testProcess();
    const error = failed(await road.callTool(getReplicas, request({ ...production, servce: 'x' })));
    expect(error.code).toBe('invalid_input');
    expect(error.message).toContain('did you mean `service`?');
    expect(error.hint).toBe('Valid arguments: environment, service.');
  });

  it('names the configured environments for one that is unknown', async () => {
    const { road } = testProcess();
    const error = failed(
      await road.callTool(getReplicas, request({ ...production, environment: 'prodution' })),
    );
    expect(error.code).toBe('not_found');
    expect(error.hint).toContain('Did you mean production?');
  });

  it('lets the tool answer for a service that it does not know', async () => {
    const { road } = testProcess();
    const error = failed(await road.callTool(getReplicas, request({ ...production, service: 'payment' })));
    expect(error).toMatchObject({ code: 'not_found', hint: 'Did you mean payments-api?' });
  });

  it('tells nothing of an unknown exception but an id that finds the record', async () => {
    const { road, events } = testProcess();
    const error = failed(await road.callTool(getReplicas, request({ ...production, service: 'broken' })));
    expect(error.code).toBe('internal');
    expect(JSON.stringify(error)).not.toMatch(/hunter2|srv/);
    expect(events[0]?.id).toBe(error.id);
    expect(events[0]?.result.detail).toContain('/srv/app');
  });

  it('records which backends an answer lacks', async () => {
    const { road, events } = testProcess();
    await road.callTool(getReplicas, request({ ...production, service: 'halved' }));
    expect(events[0]?.result).toMatchObject({
      status: 'success',
      detail: 'east: unavailable: it fell silent',
    });
  });

  it('makes wrong output an internal error', async () => {
    const { road } = testProcess();
    const error = failed(await road.callTool(getReplicas, request({ ...production, service: 'wrong' })));
    expect(error.code).toBe('internal');
  });

  it('refuses an answer over the declared size and says how to narrow it', async () => {
    const { road } = testProcess();
    const error = failed(await road.callTool(getReplicas, request({ ...production, service: 'long' })));
    expect(error).toMatchObject({ code: 'limit_exceeded', details: { limit: 300 } });
    expect(error.hint).toContain('Narrow');
  });

  it.each(['slow', 'hanging'])('ends a %s call at its deadline', async (service) => {
    const { road } = testProcess();
    const error = failed(await road.callTool(getReplicas, request({ ...production, service })));
    expect(error).toMatchObject({ code: 'timeout', retryable: true });
  });

  it('aborts the signal of the backend when the caller cancels', async () => {
    const { road } = testProcess();
    const controller = new AbortController();
    const call = road.callTool(
      getReplicas,
      request({ ...production, service: 'slow' }, { signal: controller.signal }),
    );
    setTimeout(() => controller.abort(), 5);
    expect(failed(await call).message).toContain('cancelled');
  });

  it('does nothing while switched off, and records the refusal', async () => {
    const { road, switches, events, live } = testProcess();
    switches.push({
      scope: '*',
      blocks: 'all',
      by: 'lead@example.com',
      reason: 'drill',
      at: '2025-06-01T11:00:00Z',
    });
    live.replicas['production/payments-api'] = 9;
    const error = failed(await road.callTool(getReplicas, request(production)));
    expect(error).toMatchObject({ code: 'switched_off' });
    expect(error.message).toContain('lead@example.com');
    expect(events[0]).toMatchObject({ phase: 'denied', auth: null });
  });

  it('answers a runaway loop with when to come back', async () => {
    const world = testProcess();
    world.limited = true;
    const error = failed(await world.road.callTool(getReplicas, request(production)));
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 7 });
  });

  it('is denied by policy, and by what a read cannot bring', async () => {
    const world = testProcess();
    const none = { requirements: [], exceptions: [], rules: [] };
    world.policy.decide = () => ({ ...none, effect: 'deny_by_default' });
    expect(failed(await world.road.callTool(getReplicas, request(production))).code).toBe('denied');
    world.policy.decide = () => ({ ...none, effect: 'require_human_approval' });
    expect(failed(await world.road.callTool(getReplicas, request(production))).code).toBe(
      'approval_required',
    );
    world.policy.decide = () => ({ ...none, effect: 'allow', requirements: ['approved_change_request'] });
    expect(failed(await world.road.callTool(getReplicas, request(production))).hint).toContain(
      'approved_change_request',
    );
    world.policy.decide = () => ({ ...none, effect: 'allow', requirements: ['owner_scope_check'] });
    answered(await world.road.callTool(getReplicas, request(production)));
    world.members['group:default/team-payments'] = [];
    expect(failed(await world.road.callTool(getReplicas, request(production))).hint).toContain(
      'not a member',
    );
    expect(world.events.filter(({ phase }) => phase === 'denied')).toHaveLength(4);
  });

  it('gives no answer that could not be recorded', async () => {
    const world = testProcess();
    world.auditFails = true;
    expect(failed(await world.road.callTool(getReplicas, request(production))).code).toBe('unavailable');
  });

  it('refuses a caller without a name', async () => {
    const { road } = testProcess();
    const nobody = { ...oncall, subject: '' };
    expect(failed(await road.callTool(getReplicas, request(production, { caller: nobody }))).code).toBe(
      'denied',
    );
  });

  it('records arguments of any shape without failing', async () => {
    const { road, events } = testProcess();
    let nested: unknown = {};
    for (let depth = 0; depth < 20_000; depth += 1) nested = [nested];
    expect(failed(await road.callTool(getReplicas, request({ nested }))).code).toBe('invalid_input');
    await road.callTool(getReplicas, request({ service: 'x'.repeat(50_000) }));
    expect(events.map((event) => event.arguments)).toEqual([
      { notRecorded: 'not JSON, or nested too deeply' },
      { notRecorded: 'too long' },
    ]);
  });
});

describe('resources, prompts and completions travel the same road', () => {
  it('reads a resource as redacted JSON', async () => {
    const { road, events } = testProcess();
    const answer = answered(await road.readResource(replicasResource, production, request({})));
    expect(answer.mimeType).toBe('application/json');
    expect(JSON.parse(answer.text)).toEqual({ replicas: 3, note: 'token [redacted]' });
    expect(events[0]?.eventType).toBe('mcp.resource_read');
  });

  it('lists addresses and completes arguments where no environment is named', async () => {
    const { road } = testProcess();
    expect(answered(await road.listResources(replicasResource, request({}))).resources).toHaveLength(1);
    const argument = { name: 'service', value: 'pay' };
    expect(answered(await road.complete(replicasResource, argument, request({})))).toMatchObject({
      values: ['payments-api'],
      hasMore: false,
    });
    const foreign = { name: 'constructor', value: '' };
    expect(answered(await road.complete(replicasResource, foreign, request({}))).values).toEqual([]);
  });

  it('redacts prompts', async () => {
    const { road } = testProcess();
    const answer = answered(await road.getPrompt(scalePrompt, request({ service: 'payments-api' })));
    expect(answer.messages).toEqual([
      { role: 'user', text: 'Look at payments-api; the token is [redacted]' },
    ]);
  });

  it.each(['callTool', 'readResource', 'getPrompt', 'complete'] as const)(
    '%s obeys the switch',
    async (kind) => {
      const { road, switches } = testProcess();
      switches.push({ scope: '*', blocks: 'all', by: 'x@example.com', reason: 'drill', at: '' });
      const calls = {
        callTool: () => road.callTool(getReplicas, request(production)),
        readResource: () => road.readResource(replicasResource, production, request({})),
        getPrompt: () => road.getPrompt(scalePrompt, request({ service: 'payments-api' })),
        complete: () => road.complete(replicasResource, { name: 'service', value: '' }, request({})),
      };
      expect(failed(await calls[kind]()).code).toBe('switched_off');
    },
  );
});

describe('raw fixtures', () => {
  const limits = { timeoutMs: 100, outputBytes: 1000 };

  it('travel the road, keep typed binary content and lose secrets elsewhere', async () => {
    const { road, events } = testProcess();
    const content = [
      { type: 'image', data: 'hunter2', mimeType: 'image/png' },
      { type: 'text', text: 'hunter2' },
      { type: 'resource', resource: { uri: 'x://', blob: 'hunter2' } },
    ];
    const raw = { kind: 'raw', name: 'fixture', eventType: 'mcp.tool_invocation', limits } as const;
    const answer = await road.callRaw({ ...raw, run: async () => ({ content }) }, request({ any: 1 }));
    expect(answer).toEqual({
      kind: 'raw',
      result: { content: [content[0], { type: 'text', text: '[redacted]' }, content[2]] },
    });
    expect(events).toHaveLength(1);
    const sealed = { resultType: 'input_required', requestState: 'hunter2', inputRequests: {} };
    const asked = await road.callRaw({ ...raw, run: async () => sealed }, request({}));
    expect(asked).toEqual({ kind: 'raw', result: sealed });
  });

  it('fail like everything else', async () => {
    const { road } = testProcess();
    const raw = { kind: 'raw', name: 'fixture', eventType: 'mcp.prompt_get', limits } as const;
    const answer = await road.callRaw(
      { ...raw, run: () => Promise.reject(new Error('hunter2')) },
      request({}),
    );
    expect(answer).toMatchObject({ kind: 'error', error: { code: 'internal' } });
  });
});

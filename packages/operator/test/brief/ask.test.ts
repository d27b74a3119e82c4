import { ToolError } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type OpenServer, openAsker } from '../../src/brief/ask.js';
import { explainCalls } from '../../src/brief/explain-calls.js';
import { makeBrief } from '../../src/brief/make-brief.js';
import type { ToolReply } from '../../src/mcp/server-session.js';

type Answers = Readonly<Record<string, Partial<ToolReply> | Error>>;

function serversThatSay(answers: Answers, down: readonly string[] = []): OpenServer {
  return async (name) => {
    if (down.includes(name))
      throw new ToolError('unavailable', `The ${name} server did not start.`, {
        hint: 'Look at its log.\nmore',
      });
    return {
      name,
      call: async (tool) => {
        const answer = answers[tool] ?? new Error(`Unknown tool ${tool}`);
        if (answer instanceof Error) throw answer;
        return { isError: false, text: '', structured: undefined, ...answer };
      },
      toolNames: async () => Object.keys(answers),
      close: async () => undefined,
    };
  };
}

const shape = z.object({ data: z.object({ count: z.number() }) });
const options = { config: 'devops-mcp.yaml', onProgress: () => undefined };
const question = {
  environment: 'production',
  service: null,
  at: new Date('2026-03-04T12:00:00Z'),
  windowMinutes: 120,
};

describe('asking', () => {
  it('goes on without a server that does not start, and says why', async () => {
    const open = serversThatSay({ t: { structured: { data: { count: 3 } } } }, ['logs']);
    const asker = openAsker({ ...options, servers: ['metrics', 'logs'], open });
    expect(await asker.ask('logs', 't', {}, shape)).toBeUndefined();
    expect(await asker.ask('alerts', 't', {}, shape)).toBeUndefined();
    expect(await asker.ask('metrics', 't', {}, shape)).toEqual({ data: { count: 3 } });
    expect(asker.unreached).toEqual([
      { server: 'logs', reason: 'The logs server did not start. Look at its log.' },
    ]);
    await asker.close();
  });

  it('notes a refusal, a failure, a strange shape and a missing source', async () => {
    const open = serversThatSay({
      refused: { isError: true, text: 'No alerts configured.\nSet a port.' },
      failed: new Error('the process ended'),
      strange: { structured: { data: { count: 'three' } } },
      partly: { structured: { data: { count: 1 }, partial: [{ backend: 'orders.ics', reason: 'is torn' }] } },
    });
    const asker = openAsker({ ...options, servers: ['alerts'], open });
    for (const tool of ['refused', 'failed', 'strange'])
      expect(await asker.ask('alerts', tool, {}, shape)).toBeUndefined();
    expect(await asker.ask('alerts', 'partly', {}, shape)).toBeDefined();
    expect(asker.unreached).toEqual([
      { server: 'alerts refused', reason: 'No alerts configured.' },
      { server: 'alerts failed', reason: 'the process ended' },
      { server: 'alerts strange', reason: 'it answered in a shape that this version does not know' },
      { server: 'alerts partly', reason: 'without orders.ics: is torn' },
    ]);
  });

  it('lets nobody wait for the slowest server', async () => {
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const quick = serversThatSay({ t: { structured: { data: { count: 1 } } } });
    const asker = openAsker({
      ...options,
      servers: ['metrics', 'logs'],
      open: async (name, given) => {
        if (name === 'metrics') await slow;
        return quick(name, given);
      },
    });
    expect(await asker.ask('logs', 't', {}, shape)).toBeDefined();
    release();
    await asker.close();
  });

  it('explains calls by server', async () => {
    const asker = openAsker({ ...options, servers: ['alerts'], open: serversThatSay({ t: {} }) });
    await asker.ask('alerts', 't', {}, shape);
    expect(explainCalls(asker.times)).toEqual([
      '1 calls to 1 servers',
      expect.stringMatching(/^ {2}alerts: started in \d+\.\d\d s; t \d+\.\d\d s$/),
    ]);
  });
});

describe('a brief', () => {
  it('without any server is "not enough data" and names what is missing', async () => {
    const asker = openAsker({
      ...options,
      open: serversThatSay({}, ['metrics', 'logs', 'alerts', 'deployments', 'rollback']),
    });
    const { brief } = await makeBrief(asker, question, () => undefined);
    expect(brief.verdict).toBe('not_enough_data');
    expect(brief.unreachable.map(({ server }) => server).sort()).toEqual([
      'alerts',
      'deployments',
      'logs',
      'metrics',
      'rollback',
    ]);
  });

  it('of alerts alone still names a suspect', async () => {
    const alerts = [
      { name: 'HighErrorRate', service: 'checkout', severity: 'critical', since: '2026-03-04T11:40:00Z' },
    ];
    const open = serversThatSay({ get_active_alerts: { structured: { data: { groups: [{ alerts }] } } } });
    const asker = openAsker({ ...options, servers: ['alerts'], open });
    const { brief } = await makeBrief(asker, question, () => undefined);
    expect(brief).toMatchObject({ verdict: 'fault', onset: '2026-03-04T11:40:00.000Z' });
    expect(brief.suspects.map(({ service }) => service)).toEqual(['checkout']);
    expect(brief.alerts[0]).toMatchObject({ summary: '', value: null, threshold: null });
  });
});

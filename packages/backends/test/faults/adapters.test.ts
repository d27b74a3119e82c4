import { type CallContext, type ErrorCode, ToolError } from '@devops-mcp/contract';
import { canariesShown } from '@devops-mcp/testing/faults';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rejection } from '../http/target.js';
import { type FaultName, faultTable } from './fault-table.js';
import { now, reads, type System } from './subjects.js';

const names = Object.keys(faultTable) as FaultName[];
const callOf = (signal = new AbortController().signal): CallContext => ({
  signal,
  now,
  progress: () => undefined,
});

describe.each(reads)('$name', (subject) => {
  let system: System;
  // A system for each test: what one still asks after its first refusal must not meet the fault of the next.
  beforeEach(async () => {
    system = await subject.system();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await system.close();
  });

  const asked = async (call = callOf()) => subject.ask(await system.open(subject.port), call);
  const refused = async (call?: CallContext): Promise<ToolError> => {
    const error = await rejection(asked(call));
    if (error instanceof ToolError) return error;
    throw error;
  };

  /** Some may still have been on their way to the proxy; none is left that reads. */
  const nothingIsRead = () => vi.waitUntil(() => system.proxy.requests.every(({ hungUp }) => hungUp), 10_000);

  it('answers without a fault', async () => {
    await expect(asked()).resolves.toHaveProperty('data');
    expect(system.proxy.requests.length).toBeGreaterThan(0);
  });

  it.each(names)('%s has the right code and shows nothing of what came', async (name) => {
    const [fault, usual] = faultTable[name];
    system.proxy.play({ fault });
    const error = await refused();
    const code: ErrorCode = subject.codes?.[name] ?? usual;
    expect([error.code, error.message]).toEqual([code, error.message]);
    expect(canariesShown(error)).toEqual([]);
  });

  it('a refused connection is unavailable', async () => {
    const ports = await system.open(subject.port);
    await system.proxy.refuse();
    try {
      const error = await rejection(subject.ask(ports, callOf()));
      expect(error).toMatchObject({ code: 'unavailable' });
    } finally {
      await system.proxy.listenAgain();
    }
  });

  it('a credential that is too weak is named with the right it lacks', async () => {
    system.proxy.play({ fault: { kind: 'status', status: 403 } });
    expect((await refused()).hint).toContain(subject.permission);
  });

  it('a credential that is missing or expired is named with its setting', async () => {
    system.proxy.play({ fault: { kind: 'status', status: 401 } });
    const { code, hint } = await refused();
    expect([code, hint]).toEqual(['denied', expect.stringMatching(/credential/)]);
  });

  it.each(['silence', 'trickle'] as const)('%s ends with a deadline of its own', async (kind) => {
    system.proxy.play({ fault: kind === 'silence' ? { kind } : { kind, everyMs: 50 } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asking = rejection(asked());
    await system.proxy.received(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await asking).toMatchObject({ code: 'timeout' });
    vi.useRealTimers();
    await nothingIsRead();
  });

  it.each([{ kind: 'silence' }, { kind: 'endless' }, { kind: 'trickle', everyMs: 5 }] as const)(
    'stops reading when it is cancelled: $kind',
    async (fault) => {
      system.proxy.play({ fault });
      const caller = new AbortController();
      const reason = new Error('the person has gone');
      const asking = rejection(asked(callOf(caller.signal)));
      await system.proxy.received(1);
      caller.abort(reason);
      expect(await asking).toBe(reason);
      await nothingIsRead();
    },
  );

  it("a reset once is nobody's trouble", async () => {
    system.proxy.play({ nth: 1, fault: { kind: 'reset', when: 'before-head' } });
    await expect(asked()).resolves.toHaveProperty('data');
  });
});

import { describe, expect, it } from 'vitest';
import { createRateLimiter } from '../../src/limits/rate-limiter.js';
import type { Caller } from '../../src/model.js';
import type { CounterTable } from '../../src/store/store.js';

const start = new Date('2026-05-04T12:00:00Z');
const later = (seconds: number) => new Date(start.getTime() + seconds * 1_000);
const caller = (subject = 'user:default/oncall', client = 'editor'): Caller => ({
  subject,
  issuer: 'local',
  assurance: 'asserted',
  client: { name: client, version: '1' },
  model: null,
  delegation: [],
  transport: 'stdio',
  sessionId: 's',
});

function fakeCounters(): CounterTable {
  const added: { key: string; at: number; amount: number }[] = [];
  const sumOf = (key: string, windowMs: number, at: Date) =>
    added
      .filter((one) => one.key === key && one.at > at.getTime() - windowMs)
      .reduce((sum, { amount }) => sum + amount, 0);
  return {
    sum: async (key, windowMs, at) => sumOf(key, windowMs, at),
    async add(key, amount, windowMs, max, at) {
      const sum = sumOf(key, windowMs, at) + amount;
      if (sum > max) return { allowed: false, sum: sum - amount, retryAt: new Date(at.getTime() + windowMs) };
      added.push({ key, at: at.getTime(), amount });
      return { allowed: true, sum, retryAt: null };
    },
  };
}

describe('the rate limiter', () => {
  const perMinute = { 1: 3, 2: 2, 3: 1, 4: 1 };
  const noStore = () => Promise.reject(new Error('reads must not touch the store'));

  it('answers a loop of reads with when to come back, then lets it pass again', async () => {
    const limiter = createRateLimiter(noStore, perMinute);
    const call = (at: Date) => limiter.admit({ caller: caller(), tool: 'search_logs', tier: 1, at });
    for (let index = 0; index < 3; index++) await call(start);
    await expect(call(start)).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 20 });
    await call(later(20));
    await expect(call(later(20))).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('counts persons, clients and tools apart', async () => {
    const limiter = createRateLimiter(noStore, { ...perMinute, 1: 1 });
    await limiter.admit({ caller: caller(), tool: 'search_logs', tier: 1, at: start });
    await limiter.admit({ caller: caller(), tool: 'get_trace', tier: 1, at: start });
    await limiter.admit({ caller: caller('user:default/deputy'), tool: 'search_logs', tier: 1, at: start });
    await limiter.admit({ caller: caller(undefined, 'terminal'), tool: 'search_logs', tier: 1, at: start });
    await expect(
      limiter.admit({ caller: caller(), tool: 'search_logs', tier: 1, at: start }),
    ).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('keeps counting writes across a restart of the process', async () => {
    const counters = fakeCounters();
    const call = (at: Date) =>
      createRateLimiter(async () => counters, perMinute).admit({
        caller: caller(),
        tool: 'propose_scale_service',
        tier: 3,
        at,
      });
    await call(start);
    await expect(call(later(1))).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 60 });
    await call(later(61));
  });

  it('gives nothing for a clock that goes back', async () => {
    const limiter = createRateLimiter(noStore, { ...perMinute, 1: 1 });
    await limiter.admit({ caller: caller(), tool: 'a', tier: 1, at: start });
    await expect(
      limiter.admit({ caller: caller(), tool: 'a', tier: 1, at: later(-3_600) }),
    ).rejects.toMatchObject({ code: 'rate_limited' });
  });
});

import { type RiskTier, ToolError } from '@devops-mcp/contract';
import type { RateLimiter } from '../collaborators.js';
import type { Caller } from '../model.js';
import type { CounterTable } from '../store/store.js';

/** Calls per minute of one person through one client to one tool. */
export const callsPerMinute: Readonly<Record<RiskTier, number>> = { 1: 120, 2: 20, 3: 10, 4: 5 };

const minuteMs = 60_000;
/** Enough for every person, client and tool of a machine; the oldest go first, so memory stays flat. */
const bucketsMax = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Stops runaway loops. Reads are counted in memory by a token bucket, since a read must not wait for
 * a disk; what changes something is counted in the store, so that restarting the process gives
 * nobody a new allowance. Rejects with `rate_limited` and the seconds until the next call may pass.
 */
export function createRateLimiter(
  counters: () => Promise<CounterTable>,
  perMinute = callsPerMinute,
): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    async admit({ caller, tool, tier, at }) {
      const key = keyOf(caller, tool);
      const allowed = perMinute[tier];
      const waitMs =
        tier === 1
          ? takeToken(buckets, key, allowed, at.getTime())
          : await count(await counters(), key, allowed, at);
      if (waitMs <= 0) return;
      throw new ToolError('rate_limited', `${tool} was called more than ${allowed} times within a minute.`, {
        hint: 'If this is a loop, stop it; otherwise wait and ask for more at once.',
        retryAfterSeconds: Math.ceil(waitMs / 1_000),
      });
    },
  };
}

function takeToken(buckets: Map<string, Bucket>, key: string, allowed: number, at: number): number {
  const bucket = buckets.get(key) ?? { tokens: allowed, at };
  // A clock that goes back gives no tokens and takes none.
  bucket.tokens = Math.min(allowed, bucket.tokens + (Math.max(0, at - bucket.at) / minuteMs) * allowed);
  bucket.at = at;
  buckets.delete(key);
  buckets.set(key, bucket);
  const [oldest] = buckets.keys();
  if (buckets.size > bucketsMax && oldest !== undefined) buckets.delete(oldest);
  if (bucket.tokens < 1) return ((1 - bucket.tokens) / allowed) * minuteMs;
  bucket.tokens -= 1;
  return 0;
}

async function count(counters: CounterTable, key: string, allowed: number, at: Date): Promise<number> {
  const { allowed: passes, retryAt } = await counters.add(`rate:${key}`, 1, minuteMs, allowed, at);
  return passes ? 0 : Math.max(1_000, (retryAt?.getTime() ?? at.getTime() + minuteMs) - at.getTime());
}

function keyOf(caller: Caller, tool: string): string {
  return JSON.stringify([caller.issuer, caller.subject, caller.client?.name ?? '', tool]);
}

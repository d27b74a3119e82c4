import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from '@devops-mcp/contract';
import { passes } from './problems.js';
import type { Resilience } from './resilience.js';
import type { TimeLimit } from './time-limit.js';

/**
 * Tries a read again after what may pass by itself, at growing random distances ("full jitter",
 * M. Brooker, Exponential Backoff And Jitter, 2015) and no earlier than the system asks. What cannot
 * be tried again within the caller's limit is thrown at once.
 */
export async function repeated<T>(
  attempt: (number: number) => Promise<T>,
  limit: TimeLimit,
  { attempts, firstWaitMs, longestWaitMs, random }: Resilience,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(number);
    } catch (error) {
      if (limit.signal.aborted || number === attempts || !passes(error)) throw error;
      const askedMs = error instanceof ToolError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
      const waitMs = askedMs + random() * firstWaitMs * 2 ** (number - 1);
      if (askedMs > longestWaitMs || waitMs >= limit.leftMs()) throw error;
      await wait(waitMs, limit.signal);
    }
  }
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw signal.reason;
  }
}

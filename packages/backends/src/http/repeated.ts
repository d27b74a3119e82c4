import { setTimeout as wait } from 'node:timers/promises';
import { ToolError } from '@devops-mcp/contract';

const attempts = 3;
const longestWaitMs = 5_000;

/** Tries a read again after what may pass by itself, at growing random distances or as the system asks. */
export async function repeated<T>(once: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof ToolError) || attempt === attempts) throw error;
      if (error.code !== 'unavailable' && error.code !== 'rate_limited') throw error;
      const askedMs = (error.retryAfterSeconds ?? 0) * 1000;
      if (askedMs > longestWaitMs) throw error;
      await wait(askedMs + Math.random() * 100 * 2 ** attempt, undefined, { signal });
    }
  }
}

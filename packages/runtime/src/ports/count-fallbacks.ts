import type { Store } from '@devops-mcp/governance';
import type { FallbackCounter } from './fallback.js';

const windowMs = 3_600_000;
const unlimited = Number.MAX_SAFE_INTEGER;

/**
 * Counts in the shared store, so that every process that reads through the same port counts together:
 * the share of questions that a fallback answers is a budget of reliability.
 */
export function countFallbacks(store: () => Promise<Store>, clock: () => Date): FallbackCounter {
  return async ({ port, environment, fell }) => {
    const { counters } = await store();
    const at = clock();
    const add = (what: string) =>
      counters.add(`fallback ${what} ${environment} ${port}`, 1, windowMs, unlimited, at);
    const asked = await add('asked');
    if (!fell) return undefined;
    return { asked: asked.sum, fell: (await add('used')).sum };
  };
}

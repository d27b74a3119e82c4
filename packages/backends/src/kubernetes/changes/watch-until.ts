import { setTimeout as wait } from 'node:timers/promises';
import type { CallContext, ReportProgress } from '@devops-mcp/contract';
import { afterWrite } from './lost-contact.js';

/** How long and how often a change is watched after it was made. */
export interface WatchTimes {
  /** Between two looks at most; the first follow faster. */
  readonly everyMs: number;
  /** Below the action's own deadline, so that there is an outcome and not a timeout. */
  readonly longestMs: number;
  /** So many looks in a row may show broken pods and no progress before the rollout counts as stalled. */
  readonly patience: number;
}

/** Ten minutes are a Deployment's own default for a rollout without progress (progressDeadlineSeconds). */
export const watchTimes: WatchTimes = { everyMs: 1_500, longestMs: 600_000, patience: 20 };

/** So many looks in a row may fail before contact counts as lost. */
const mostFailures = 8;

export interface Look {
  readonly done: number;
  readonly total: number;
  /** Present when it is over: null for well, else why not. */
  readonly end?: string | null;
  /** Pods are broken, which may pass. */
  readonly trouble?: string | null;
}

/**
 * Looks until it is over, the time is up, or nothing moves any more. Only reads; a look that fails is
 * tried again. Rejects as of lost contact, whatever the failure's code: the change has been made.
 */
export async function watchUntil<L extends Look>(
  look: () => Promise<L>,
  report: ReportProgress,
  times: WatchTimes,
  { signal }: CallContext,
): Promise<L & { readonly stalled: string | null }> {
  const until = performance.now() + times.longestMs;
  let failures = 0;
  let troubled = 0;
  let furthest = -1;
  let distance = Math.min(times.everyMs, 100);
  for (;;) {
    const seen = await look().catch((error: unknown) => error);
    if (!isLook<L>(seen)) {
      failures += 1;
      if (signal.aborted || failures >= mostFailures) throw afterWrite(seen);
    } else {
      failures = 0;
      report(seen.done, seen.total);
      if (seen.end !== undefined) return { ...seen, stalled: null };
      troubled = seen.trouble && seen.done <= furthest ? troubled + 1 : 0;
      furthest = Math.max(furthest, seen.done);
      if (troubled >= times.patience) return { ...seen, stalled: seen.trouble ?? null };
      if (performance.now() >= until) return { ...seen, stalled: null };
    }
    distance = Math.min(times.everyMs, distance * 1.5);
    await wait(distance, undefined, { signal }).catch((error: unknown) => {
      throw afterWrite(error);
    });
  }
}

function isLook<L extends Look>(seen: unknown): seen is L {
  return typeof seen === 'object' && seen !== null && 'done' in seen && 'total' in seen;
}

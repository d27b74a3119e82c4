import { orAborted } from './time-limit.js';

/** Bounds how much of one system this process asks at once. */
export interface Slots {
  /** Resolves with the function that frees the slot; rejects with the signal's reason, or at once when too many wait. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function slots(parallel: number, longestQueue: number, overflow: () => Error): Slots {
  const queue: (() => void)[] = [];
  let taken = 0;
  const free = () => {
    const next = queue.shift();
    if (next) next();
    else taken -= 1;
  };
  return {
    take: async (signal) => {
      signal.throwIfAborted();
      if (taken < parallel) {
        taken += 1;
        return once(free);
      }
      if (queue.length >= longestQueue) throw overflow();
      await queued(queue, signal, free);
      return once(free);
    },
  };
}

async function queued(queue: (() => void)[], signal: AbortSignal, free: () => void): Promise<void> {
  let turn = (): void => undefined;
  const mine = new Promise<void>((resolve) => {
    turn = resolve;
  });
  queue.push(turn);
  try {
    await orAborted(mine, signal);
  } catch (reason) {
    const place = queue.indexOf(turn);
    if (place >= 0) queue.splice(place, 1);
    // It was given a slot in the moment it was cancelled.
    else free();
    throw reason;
  }
}

function once(free: () => void): () => void {
  let freed = false;
  return () => {
    if (!freed) free();
    freed = true;
  };
}

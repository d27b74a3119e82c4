/** How a client treats its system; the numbers and why are in docs/decisions/0129. */
export interface Resilience {
  /** Of a read, the first one included. */
  readonly attempts: number;
  /** The longest random wait before the second attempt; it doubles for each further one. */
  readonly firstWaitMs: number;
  /** A `Retry-After` above it is left to the caller. */
  readonly longestWaitMs: number;
  /** Exchanges at once; a stream is one until it ends. */
  readonly parallel: number;
  /** Calls that wait for one of those. */
  readonly longestQueue: number;
  /** Calls in a row that found the system unwell, after which it is left alone. */
  readonly failuresToOpen: number;
  readonly openMs: number;
  readonly random: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export const usualResilience: Resilience = {
  attempts: 3,
  firstWaitMs: 200,
  longestWaitMs: 5_000,
  parallel: 8,
  longestQueue: 64,
  failuresToOpen: 5,
  openMs: 10_000,
  random: Math.random,
  now: Date.now,
};

/** Counts calls under way, so that closing can wait for their records. */
export interface InFlight {
  track<T>(call: Promise<T>): Promise<T>;
  /** Resolves when none of those under way is left, or after `longestMs`. */
  settled(longestMs: number): Promise<void>;
}

export function createInFlight(): InFlight {
  const calls = new Set<Promise<unknown>>();
  return {
    track(call) {
      calls.add(call);
      const done = () => calls.delete(call);
      call.then(done, done);
      return call;
    },
    async settled(longestMs) {
      if (calls.size === 0) return;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, longestMs);
      });
      await Promise.race([Promise.allSettled([...calls]), late]);
      clearTimeout(timer);
    },
  };
}

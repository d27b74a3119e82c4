const keptMs = 60_000;
const mostEntries = 500;

/** Keeps what was found out for a minute; what failed is not kept, nor what `keep` refuses. */
export interface TimedCache {
  get<T>(key: string, find: () => Promise<T>, keep?: (value: T) => boolean): Promise<T>;
}

export function timedCache(clock: () => Date): TimedCache {
  const entries = new Map<string, { readonly until: number; readonly value: unknown }>();
  return {
    async get<T>(key: string, find: () => Promise<T>, keep: (value: T) => boolean = () => true): Promise<T> {
      const now = clock().getTime();
      const entry = entries.get(key);
      // What stands under a key was put there by the same question, which has one type of answer.
      if (entry !== undefined && entry.until > now) return entry.value as T;
      const value = await find();
      if (!keep(value)) return value;
      entries.delete(key);
      const [oldest] = entries.keys();
      if (entries.size >= mostEntries && oldest !== undefined) entries.delete(oldest);
      entries.set(key, { until: now + keptMs, value });
      return value;
    },
  };
}

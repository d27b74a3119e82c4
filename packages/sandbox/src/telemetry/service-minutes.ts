import { bucketOf, durationBounds } from './encode-metrics.js';

/** What alert rules look at: requests, errors and durations of each service by minute. */
export interface ServiceMinutes {
  add(service: string, atUs: number, status: number, durationUs: number): void;
  /** Sums over the minutes from `fromMinute` up to and including `toMinute`, counted from the start. */
  window(service: string, fromMinute: number, toMinute: number): MinuteWindow;
  readonly minutes: number;
}

export interface MinuteWindow {
  readonly requests: number;
  /** Answers of 500 and above. */
  readonly errors: number;
  /** Seconds, from a histogram by linear interpolation; null without requests. */
  readonly p95: number | null;
}

interface Minute {
  requests: number;
  errors: number;
  readonly buckets: number[];
}

export function createServiceMinutes(startMs: number, nowMs: number): ServiceMinutes {
  const minutes = Math.ceil((nowMs - startMs) / 60_000);
  const byService = new Map<string, (Minute | undefined)[]>();
  return {
    minutes,
    add(service, atUs, status, durationUs) {
      const number = Math.floor((atUs / 1_000 - startMs) / 60_000);
      if (number < 0 || number >= minutes) return;
      let list = byService.get(service);
      if (list === undefined) {
        list = new Array<Minute | undefined>(minutes);
        byService.set(service, list);
      }
      let minute = list[number];
      if (minute === undefined) {
        minute = { requests: 0, errors: 0, buckets: new Array<number>(durationBounds.length + 1).fill(0) };
        list[number] = minute;
      }
      minute.requests += 1;
      if (status >= 500) minute.errors += 1;
      const bucket = bucketOf(durationUs / 1_000_000);
      minute.buckets[bucket] = (minute.buckets[bucket] ?? 0) + 1;
    },
    window(service, fromMinute, toMinute) {
      const list = byService.get(service) ?? [];
      const buckets = new Array<number>(durationBounds.length + 1).fill(0);
      let requests = 0;
      let errors = 0;
      for (let number = Math.max(0, fromMinute); number <= toMinute; number += 1) {
        const minute = list[number];
        if (minute === undefined) continue;
        requests += minute.requests;
        errors += minute.errors;
        minute.buckets.forEach((count, index) => {
          buckets[index] = (buckets[index] ?? 0) + count;
        });
      }
      return { requests, errors, p95: quantile(buckets, requests, 0.95) };
    },
  };
}

/** As Prometheus' histogram_quantile: linear within the bucket, the last bound for what lies beyond it. */
function quantile(buckets: readonly number[], total: number, share: number): number | null {
  if (total === 0) return null;
  const rank = share * total;
  let seen = 0;
  for (const [index, count] of buckets.entries()) {
    if (seen + count < rank) {
      seen += count;
      continue;
    }
    const low = index === 0 ? 0 : (durationBounds[index - 1] ?? 0);
    const high = durationBounds[index];
    if (high === undefined) return low;
    return count === 0 ? high : low + ((high - low) * (rank - seen)) / count;
  }
  return null;
}

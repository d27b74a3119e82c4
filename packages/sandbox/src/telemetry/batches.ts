import type { Pod } from '../scenario/pods.js';
import { resourceOf, scopeOf } from './encode.js';

/** Log records or spans that wait to be exported, by instance. */
export interface Batches {
  add(pod: Pod, atUs: number, record: string): void;
  /** Everything up to that time as one export request; undefined when there is nothing. */
  take(untilUs: number): string | undefined;
  readonly taken: () => number;
}

interface Waiting {
  readonly pod: Pod;
  records: { readonly atUs: number; readonly record: string }[];
}

/** Records of an instance leave in order of time; those of requests still under way wait. */
export function createBatches(signal: 'logs' | 'traces'): Batches {
  const byPod = new Map<Pod, Waiting>();
  const resources = new Map<Pod, string>();
  let taken = 0;
  const [outer, scopes, list] =
    signal === 'logs'
      ? ['resourceLogs', 'scopeLogs', 'logRecords']
      : ['resourceSpans', 'scopeSpans', 'spans'];

  function blockOf(pod: Pod, records: readonly { readonly record: string }[]): string {
    let resource = resources.get(pod);
    if (resource === undefined) {
      resource = `{"resource":${resourceOf(pod)},"${scopes}":[{"scope":${scopeOf(pod)},"${list}":[`;
      resources.set(pod, resource);
    }
    let block = resource;
    for (let i = 0; i < records.length; i += 1) block += (i === 0 ? '' : ',') + (records[i]?.record ?? '');
    return `${block}]}]}`;
  }

  return {
    add(pod, atUs, record) {
      const waiting = byPod.get(pod);
      if (waiting === undefined) byPod.set(pod, { pod, records: [{ atUs, record }] });
      else waiting.records.push({ atUs, record });
    },
    take(untilUs) {
      const blocks: string[] = [];
      for (const waiting of byPod.values()) {
        const ready = waiting.records.filter((entry) => entry.atUs < untilUs);
        if (ready.length === 0) continue;
        waiting.records = waiting.records.filter((entry) => entry.atUs >= untilUs);
        ready.sort((a, b) => a.atUs - b.atUs);
        taken += ready.length;
        blocks.push(blockOf(waiting.pod, ready));
      }
      return blocks.length === 0 ? undefined : `{"${outer}":[${blocks.join(',')}]}`;
    },
    taken: () => taken,
  };
}

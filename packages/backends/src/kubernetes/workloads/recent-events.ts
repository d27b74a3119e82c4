import type { CallContext } from '@devops-mcp/contract';
import type { WorkloadStatus } from '@devops-mcp/domain';
import type { KubeClient } from '../connection/kube-client.js';
import { event, type KubeEvent } from '../model/objects.js';
import { readSome } from '../model/read-objects.js';
import { date } from './pod-health.js';

type Event = WorkloadStatus['events'][number];

export interface Subject {
  readonly kind: string;
  readonly name: string;
}

const mostPerSubject = 100;
const mostEvents = 20;
const longestMessage = 1_000;

/** The events of one object that the cluster still keeps. */
export async function eventsOf(
  client: KubeClient,
  namespace: string,
  { kind, name }: Subject,
  context: CallContext,
): Promise<readonly KubeEvent[]> {
  const path = `/api/v1/namespaces/${namespace}/events`;
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  return (await readSome(client, path, event, { fieldSelector, most: mostPerSubject }, context)).items;
}

/** Newest first, warnings of the same moment before others. Alike are events of one reason whose messages differ only in the name of what they are about. */
export function mergeEvents(events: readonly KubeEvent[]): readonly Event[] {
  const merged = new Map<string, { event: Event; objects: Set<string> }>();
  for (const one of events) {
    const shown = shownEvent(one);
    const key = `${shown.reason} ${shape(one)}`;
    const known = merged.get(key);
    if (known === undefined) {
      merged.set(key, { event: shown, objects: new Set([shown.object ?? '']) });
      continue;
    }
    const newest = shown.time > known.event.time ? shown : known.event;
    known.event = { ...newest, count: known.event.count + shown.count };
    known.objects.add(shown.object ?? '');
  }
  return [...merged.values()]
    .map(({ event: shown, objects }) =>
      objects.size > 1 ? { ...shown, object: `${shown.object} and ${objects.size - 1} more` } : shown,
    )
    .toSorted(
      (a, b) =>
        b.time.getTime() - a.time.getTime() || Number(b.warning ?? false) - Number(a.warning ?? false),
    )
    .slice(0, mostEvents);
}

function shownEvent(one: KubeEvent): Event {
  const { involvedObject, series } = one;
  const time =
    series?.lastObservedTime ??
    one.lastTimestamp ??
    one.eventTime ??
    one.firstTimestamp ??
    one.metadata.creationTimestamp;
  return {
    time: date(time) ?? new Date(0),
    reason: one.reason ?? '',
    message: (one.message ?? '').slice(0, longestMessage),
    count: series?.count ?? one.count ?? 1,
    object: `${involvedObject.kind ?? ''}/${involvedObject.name ?? ''}`,
    warning: one.type === 'Warning',
  };
}

function shape({ message, involvedObject }: KubeEvent): string {
  const name = involvedObject.name ?? '';
  const text = (message ?? '').slice(0, longestMessage);
  const anonymous = name === '' ? text : text.replaceAll(name, '*');
  // Names that controllers make end in letters of this alphabet (apimachinery, util/rand).
  return anonymous
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*')
    .replaceAll(/(-[bcdfghjklmnpqrstvwxz2456789]{4,10})+\b/g, '*')
    .replaceAll(/\d+/g, '0');
}

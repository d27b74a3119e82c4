import type { ServiceMapping } from '@devops-mcp/contract';
import type { Alert, AlertTransition, Window } from '@devops-mcp/domain';
import {
  instanceOf,
  measuredValue,
  runbookUrlOf,
  serviceOf,
  severityOf,
  summaryOf,
  thresholdOf,
} from '../alert-model/read-facts.js';
import type { Notification } from './parse-webhook.js';

const keptSamples = 20;
/** Changes of the value below this share of its size are noise. */
const steadyShare = 0.05;

interface Sample {
  readonly value: number;
  readonly receivedAt: Date | null;
}

/** One firing of an alert, from its start to its end. */
export interface Episode {
  readonly start: Date;
  end: Date | null;
  readonly samples: Sample[];
  readonly receivers: Set<string>;
  readonly senders: Set<string>;
  /** Of the newest notification. */
  latest: Notification;
  /** The catalog's name; looked up once, since a long log has many episodes of few alerts. */
  readonly service: string | null;
}

/** What the log says, by fingerprint; pure memory. */
export interface AlertIndex {
  add(notification: Notification): void;
  clear(): void;
  activeAt(at: Date): readonly Alert[];
  transitions(window: Window): readonly AlertTransition[];
  /** Labels of the alert, whether it fires or not. */
  find(fingerprint: string): { readonly name: string; readonly service: string | null } | undefined;
  readonly episodes: number;
}

export function createAlertIndex(services: ServiceMapping): AlertIndex {
  const byFingerprint = new Map<string, Episode[]>();
  return {
    add(notification) {
      const known = byFingerprint.get(notification.fingerprint);
      if (known?.[0]) addTo(known, notification, known[0].service);
      else {
        const service = serviceOf(notification.labels, services);
        byFingerprint.set(notification.fingerprint, [newEpisode(notification, service)]);
      }
    },
    clear: () => byFingerprint.clear(),
    activeAt(at) {
      const found: Alert[] = [];
      for (const episodes of byFingerprint.values()) {
        const episode = episodes.findLast(({ start, end }) => start <= at && (end === null || end > at));
        if (episode) found.push(asAlert(episode, at));
      }
      return found.toSorted((a, b) => a.since.getTime() - b.since.getTime() || compare(a, b));
    },
    transitions(window) {
      const found = [...byFingerprint.values()].flat().flatMap((episode) => changes(episode));
      return found
        .filter(({ time }) => time >= window.start && time < window.end)
        .toSorted((a, b) => a.time.getTime() - b.time.getTime() || compare(a, b));
    },
    find(fingerprint) {
      const episode = byFingerprint.get(fingerprint)?.at(-1);
      if (!episode) return undefined;
      return { name: nameOf(episode), service: episode.service };
    },
    get episodes() {
      return [...byFingerprint.values()].reduce((sum, episodes) => sum + episodes.length, 0);
    },
  };
}

function addTo(episodes: Episode[], notification: Notification, service: string | null): void {
  const start = notification.startsAt.getTime();
  let place = episodes.findIndex((episode) => episode.start.getTime() >= start);
  if (place < 0) place = episodes.length;
  const same = episodes[place];
  if (same?.start.getTime() === start) update(same, notification);
  else episodes.splice(place, 0, newEpisode(notification, service));
  // An alert that stopped and fired again within a group interval is never reported as resolved:
  // the new start is the latest time at which the one before can have ended.
  for (const at of [place - 1, place]) {
    const [earlier, next] = [episodes[at], episodes[at + 1]];
    if (earlier && next && (earlier.end === null || earlier.end > next.start)) earlier.end = next.start;
  }
}

function newEpisode(notification: Notification, service: string | null): Episode {
  const episode: Episode = {
    start: notification.startsAt,
    end: null,
    samples: [],
    receivers: new Set(),
    senders: new Set(),
    latest: notification,
    service,
  };
  update(episode, notification);
  return episode;
}

function update(episode: Episode, notification: Notification): void {
  episode.latest = notification;
  // The last word of Alertmanager counts: the same start firing again means that it never ended.
  episode.end = notification.endsAt;
  if (notification.receiver) episode.receivers.add(notification.receiver);
  if (notification.sender) episode.senders.add(notification.sender);
  if (notification.status === 'resolved') return;
  const { value } = measuredValue(notification.annotations);
  if (value === null) return;
  episode.samples.push({ value, receivedAt: notification.receivedAt });
  if (episode.samples.length > keptSamples) episode.samples.shift();
}

function asAlert(episode: Episode, at: Date): Alert {
  const { labels, annotations, fingerprint, generatorUrl } = episode.latest;
  const name = nameOf(episode);
  const { severity, raw } = severityOf(labels);
  const samples = episode.samples.filter(({ receivedAt }) => receivedAt === null || receivedAt <= at);
  return {
    fingerprint,
    name,
    service: episode.service,
    instance: instanceOf(labels),
    severity,
    rawSeverity: raw,
    state: 'firing',
    since: episode.start,
    resolved: null,
    value: samples.at(-1)?.value ?? measuredValue(annotations).value,
    ...thresholdOf(annotations, generatorUrl),
    trend: trendOf(samples),
    unit: annotations.unit ?? measuredValue(annotations).unit,
    summary: summaryOf(annotations, name),
    labels,
    receivers: [...episode.receivers].sort(),
    runbookUrl: runbookUrlOf(annotations),
    silencedBy: [],
    acknowledgedBy: null,
    seenIn: [...episode.senders].sort(),
  };
}

function changes(episode: Episode): readonly AlertTransition[] {
  const { labels, fingerprint, annotations } = episode.latest;
  const shared = {
    fingerprint,
    name: nameOf(episode),
    service: episode.service,
    severity: severityOf(labels).severity,
    receivers: [...episode.receivers].sort(),
  };
  const first = episode.samples[0]?.value ?? measuredValue(annotations).value;
  const last = episode.samples.at(-1)?.value ?? first;
  const firing: AlertTransition = { ...shared, state: 'firing', time: episode.start, value: first };
  if (episode.end === null) return [firing];
  return [firing, { ...shared, state: 'resolved', time: episode.end, value: last }];
}

function trendOf(samples: readonly Sample[]): NonNullable<Alert['trend']> | null {
  const [first, last] = [samples[0]?.value, samples.at(-1)?.value];
  if (first === undefined || last === undefined || samples.length < 2) return null;
  const size = Math.max(Math.abs(first), Math.abs(last));
  if (Math.abs(last - first) <= steadyShare * size) return 'steady';
  return last > first ? 'rising' : 'falling';
}

function nameOf(episode: Episode): string {
  return episode.latest.labels.alertname ?? 'unnamed';
}

function compare(a: { fingerprint: string }, b: { fingerprint: string }): number {
  return a.fingerprint < b.fingerprint ? -1 : a.fingerprint > b.fingerprint ? 1 : 0;
}

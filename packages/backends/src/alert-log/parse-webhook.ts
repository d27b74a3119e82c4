import { z } from 'zod';
import { labelFingerprint } from '../alert-model/label-fingerprint.js';

/** One alert of one notification, as far as it is read. */
export interface Notification {
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: Date;
  /** Null while it fires. */
  readonly endsAt: Date | null;
  readonly generatorUrl: string | null;
  readonly receiver: string;
  /** The Alertmanager that sent it. */
  readonly sender: string;
  /** When the line was written, for writers that add `receivedAt`; Alertmanager's payload has no such field. */
  readonly receivedAt: Date | null;
}

export interface WebhookPayload {
  readonly notifications: readonly Notification[];
  /** Alerts that Alertmanager itself left out of the payload (`max_alerts`). */
  readonly truncatedAlerts: number;
  /** Alerts of this payload without usable labels or times. */
  readonly unusable: number;
}

const maxAlerts = 10_000;
const maxText = 4096;
// Vendors add fields and types; whatever is not text is shown as text rather than refused.
const texts = z
  .record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value).slice(0, maxText)),
  )
  .catch({});
const text = z.string().max(maxText).catch('');

const alertShape = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts.default({}),
  startsAt: z.string().max(64),
  endsAt: z.string().max(64).optional(),
  generatorURL: text.optional(),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{1,32}$/i)
    .optional()
    .catch(undefined),
});

const payloadShape = z.object({
  version: z.string().optional(),
  receiver: text.default(''),
  alerts: z.array(z.unknown()).max(maxAlerts),
  externalURL: text.default(''),
  truncatedAlerts: z.number().int().nonnegative().catch(0).default(0),
  receivedAt: z.string().max(64).optional().catch(undefined),
});

/**
 * Reads one line of Alertmanager's webhook payload, version "4"
 * (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config).
 * Undefined when the line is no such payload.
 */
export function parseWebhook(line: string): WebhookPayload | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const payload = payloadShape.safeParse(json);
  if (!payload.success) return undefined;
  const receivedAt = readTime(payload.data.receivedAt);
  const notifications: Notification[] = [];
  let unusable = 0;
  for (const item of payload.data.alerts) {
    const notification = readAlert(item, payload.data.receiver, payload.data.externalURL, receivedAt);
    if (notification) notifications.push(notification);
    else unusable += 1;
  }
  return { notifications, truncatedAlerts: payload.data.truncatedAlerts, unusable };
}

function readAlert(
  item: unknown,
  receiver: string,
  sender: string,
  receivedAt: Date | null,
): Notification | undefined {
  const alert = alertShape.safeParse(item);
  if (!alert.success) return undefined;
  const { labels, annotations, status, fingerprint, generatorURL } = alert.data;
  const startsAt = readTime(alert.data.startsAt);
  if (!startsAt || Object.keys(labels).length === 0) return undefined;
  const ended = readTime(alert.data.endsAt);
  return {
    fingerprint: fingerprint?.toLowerCase() ?? labelFingerprint(labels),
    status,
    labels,
    annotations,
    startsAt,
    // A resolved alert without an end would fire for ever; its own start is the least it can mean.
    endsAt: status === 'resolved' ? (ended ?? receivedAt ?? startsAt) : null,
    generatorUrl: generatorURL === undefined || generatorURL === '' ? null : generatorURL,
    receiver,
    sender,
    receivedAt,
  };
}

/** Undefined and Go's zero time (`0001-01-01T00:00:00Z`) mean that there is none. */
function readTime(value: string | undefined): Date | null {
  if (value === undefined || value.startsWith('0001-')) return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time;
}

import { type BackendContext, type CallContext, type PartialFailure, ToolError } from '@devops-mcp/contract';
import type { Alert, Silence } from '@devops-mcp/domain';
import { silenceMatches } from '../alert-model/matchers.js';
import { asSilence } from '../alert-model/silence-shape.js';
import type { AlertHistory } from './alert-history.js';
import type { AlertmanagerClient } from './alertmanager-client.js';
import type { AlertmanagerConfig } from './alertmanager-config.js';
import { type AlertReading, liveAlert, pastAlert } from './live-alerts.js';

export interface AlertmanagerSide {
  readonly context: BackendContext<AlertmanagerConfig>;
  readonly client: AlertmanagerClient;
  readonly history: AlertHistory | undefined;
}

/** Alerts, oldest first, and what could not be read of them. */
export interface Reading {
  readonly alerts: readonly Alert[];
  readonly hints: readonly string[];
}

/** `wanted` may narrow what is fetched; what is given may still lie outside it. */
export async function firingNow(
  { context, client }: AlertmanagerSide,
  wanted: Silence['matchers'],
  call: CallContext,
): Promise<Reading> {
  // Only equality with a value means the same in the filter of a list as in a silence.
  const { match = {} } = context.config;
  const sent = wanted.filter(
    ({ name, isRegex, isEqual, value }) => isEqual && !isRegex && value !== '' && match[name] !== value,
  );
  const filter = [...filterOf(match), ...sent];
  const { items, unusable } = await client.alerts(filter, call);
  const alerts = items
    .map((item) => liveAlert(item, readingOf(context)))
    .toSorted((a, b) => a.since.getTime() - b.since.getTime() || (a.fingerprint < b.fingerprint ? -1 : 1));
  return { alerts, hints: unusable > 0 ? [`${unusable} alerts could not be read.`] : [] };
}

/**
 * `query` is undefined where there is no history: then only what still fires is known. Where there is
 * one, an Alertmanager that cannot be reached takes what it would add, and no more.
 */
export async function firingThen(
  side: AlertmanagerSide,
  at: Date,
  call: CallContext,
): Promise<Reading & { readonly query: string | undefined; readonly partial: readonly PartialFailure[] }> {
  const [{ now, silenced, partial }, then] = await Promise.all([
    presentOf(side, call),
    side.history?.firingAt(at, call),
  ]);
  // The value and the inhibitions are those of now; the rest holds for the whole firing.
  const still = new Map<string, Alert>();
  for (const alert of now.alerts) {
    if (alert.since <= at) still.set(alert.fingerprint, { ...alert, value: null, inhibitedBy: [] });
  }
  const known = then
    ? then.items.map((item) => still.get(item.fingerprint) ?? pastAlert(item, readingOf(side.context)))
    : [...still.values()];
  const current = silenced.silences.filter(({ startsAt, endsAt }) => startsAt <= at && at < endsAt);
  const alerts = known.map((alert) => ({
    ...alert,
    silencedBy: current
      .filter(({ matchers }) => silenceMatches(matchers, alert.labels) === true)
      .map(({ id }) => id),
  }));
  return {
    alerts: alerts.toSorted((a, b) => a.since.getTime() - b.since.getTime()),
    hints: [...now.hints, ...silenced.hints, ...(then?.hints ?? [])],
    query: then?.query,
    partial,
  };
}

async function presentOf(side: AlertmanagerSide, call: CallContext) {
  try {
    const [now, silenced] = await Promise.all([firingNow(side, [], call), silencesOf(side.client, call)]);
    return { now, silenced, partial: [] };
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'unavailable' || !side.history) throw error;
    const reason = `Summaries, receivers and silences are missing. ${error.message}`;
    return {
      now: { alerts: [], hints: [] },
      silenced: { silences: [], hints: [] },
      partial: [{ backend: 'alertmanager', reason }],
    };
  }
}

export async function silencesOf(
  client: AlertmanagerClient,
  call: CallContext,
): Promise<{ readonly silences: readonly Silence[]; readonly hints: readonly string[] }> {
  const { items, unusable } = await client.silences(call);
  return {
    silences: items.map(asSilence).toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime()),
    hints: unusable > 0 ? [`${unusable} silences could not be read.`] : [],
  };
}

export function readingOf({ services, config }: BackendContext<AlertmanagerConfig>): AlertReading {
  return { services, names: config.labels, seenIn: new URL(config.address).host };
}

export function filterOf(match: Readonly<Record<string, string>>): Silence['matchers'] {
  return Object.entries(match).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
}

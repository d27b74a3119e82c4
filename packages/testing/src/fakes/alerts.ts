import { type JsonObject, ToolError } from '@devops-mcp/contract';
import type {
  Acknowledgement,
  Alert,
  AlertsApi,
  AlertsWriteApi,
  AlertTransition,
  Silence,
} from '@devops-mcp/domain';
import { applyOnce } from './apply-once.js';
import { fakeAnswer } from './fake-answer.js';

export interface FakeAlertsData {
  readonly alerts?: readonly Alert[];
  readonly transitions?: readonly AlertTransition[];
  readonly silences?: readonly Silence[];
  readonly acknowledgements?: readonly Acknowledgement[];
}

export interface FakeAlerts extends AlertsApi, AlertsWriteApi {
  /** Everything that was applied, in order. */
  readonly applied: readonly JsonObject[];
}

/** Alerts in memory; applying a change records it and nothing else. */
export function fakeAlerts(data: FakeAlertsData): FakeAlerts {
  const alerts = data.alerts ?? [];
  return {
    ...applyOnce((change, place) => ({
      summary: 'Applied',
      artifactRef: `${String(change.kind)}-${place}`,
      observed: {},
    })),
    async active({ service, at }) {
      return from(
        alerts.filter((alert) => (service === undefined || alert.service === service) && firesAt(alert, at)),
      );
    },
    async transitions({ service, name, window }) {
      return from(
        (data.transitions ?? []).filter(
          (t) =>
            (service === undefined || t.service === service) &&
            (name === undefined || t.name === name) &&
            t.time >= window.start &&
            t.time < window.end,
        ),
      );
    },
    async acknowledgements({ service, window }) {
      return from(
        (data.acknowledgements ?? []).filter(
          (one) =>
            (service === undefined || one.service === service) &&
            one.time >= window.start &&
            one.time < window.end,
        ),
      );
    },
    async silences({ activeAt }) {
      const silences = data.silences ?? [];
      return from(
        silences.filter((s) => activeAt === undefined || (s.startsAt <= activeAt && activeAt < s.endsAt)),
      );
    },
    async planAcknowledge({ fingerprint, note }) {
      const alert = alerts.find((a) => a.fingerprint === fingerprint);
      if (!alert) throw new ToolError('not_found', `There is no alert ${fingerprint}.`);
      return { ...plan({ kind: 'acknowledge', fingerprint, note }, `Acknowledge ${alert.name}`), alert };
    },
    async planSilence({ matchers, minutes, comment }) {
      const hidden = alerts.filter(
        (alert) => alert.state === 'firing' && matchers.every((m) => matches(alert, m)),
      );
      const change = { kind: 'silence', matchers: matchers.map((m) => ({ ...m })), minutes, comment };
      return { ...plan(change, `Silence ${hidden.length} alerts for ${minutes} minutes`), alerts: hidden };
    },
  };
}

function firesAt(alert: Alert, at: Date | undefined): boolean {
  if (at === undefined) return alert.state === 'firing';
  return alert.since <= at && (alert.resolved === null || at < alert.resolved);
}

function matches(alert: Alert, matcher: Silence['matchers'][number]): boolean {
  const value = alert.labels[matcher.name] ?? '';
  const equal = matcher.isRegex ? new RegExp(`^(?:${matcher.value})$`).test(value) : value === matcher.value;
  return equal === matcher.isEqual;
}

function plan(change: JsonObject, summary: string) {
  return { change, observed: {}, summary, diff: JSON.stringify(change, null, 2) };
}

function from<T>(data: T) {
  return fakeAnswer('fake-alerts', data);
}

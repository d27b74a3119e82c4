import {
  type ActionOutcome,
  type ActionPlan,
  type CallContext,
  definePort,
  type JsonObject,
  type Severity,
} from '@devops-mcp/contract';
import type { Answer, Window } from './answer.js';
import { mergeAlerts } from './merging/alerts.js';

export interface Alert {
  /** Stable over time for the same labels. */
  readonly fingerprint: string;
  readonly name: string;
  readonly service: string | null;
  readonly instance: string | null;
  readonly severity: Severity;
  readonly rawSeverity: string | null;
  readonly state: 'firing' | 'resolved';
  readonly since: Date;
  readonly resolved: Date | null;
  readonly value: number | null;
  readonly threshold: number | null;
  /** How the rule compares the value with the threshold. */
  readonly comparison?: '>' | '>=' | '<' | '<=' | '==' | '!=' | null;
  /** Over the values that were notified in this episode; null with fewer than two. */
  readonly trend?: 'rising' | 'falling' | 'steady' | null;
  readonly unit: string | null;
  readonly summary: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly string[];
  readonly runbookUrl: string | null;
  readonly silencedBy: readonly string[];
  /** Fingerprints of the alerts that keep this one from being notified. */
  readonly inhibitedBy?: readonly string[];
  readonly acknowledgedBy: string | null;
  readonly seenIn: readonly string[];
}

export interface AlertTransition {
  readonly fingerprint: string;
  readonly name: string;
  readonly service: string | null;
  readonly severity: Severity;
  readonly state: 'firing' | 'resolved';
  readonly time: Date;
  readonly value: number | null;
  /** Who was notified, as the alert system names its receivers. */
  readonly receivers?: readonly string[];
}

/** Somebody took an alert; it counts until that firing of the alert ends. */
export interface Acknowledgement {
  readonly fingerprint: string;
  readonly name: string;
  readonly service: string | null;
  readonly time: Date;
  readonly by: string;
  readonly note: string;
}

export interface Silence {
  readonly id: string;
  readonly matchers: readonly {
    readonly name: string;
    readonly value: string;
    readonly isRegex: boolean;
    readonly isEqual: boolean;
  }[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdBy: string;
  readonly comment: string;
  /** The backend that keeps it, where several stand behind the port. */
  readonly system?: string;
}

/** A change of the alert system, bound to what it was planned on. */
export type AlertChangePlan = Pick<
  ActionPlan<JsonObject>,
  'change' | 'observed' | 'summary' | 'diff' | 'warnings'
>;

export interface AlertsApi {
  active(
    query: { readonly service?: string; readonly at?: Date },
    context: CallContext,
  ): Promise<Answer<readonly Alert[]>>;
  /** Oldest first. */
  transitions(
    query: { readonly service?: string; readonly name?: string; readonly window: Window },
    context: CallContext,
  ): Promise<Answer<readonly AlertTransition[]>>;
  /** Oldest first. Absent where the system keeps no acknowledgements. */
  acknowledgements?(
    query: { readonly service?: string; readonly window: Window },
    context: CallContext,
  ): Promise<Answer<readonly Acknowledgement[]>>;
  silences(query: { readonly activeAt?: Date }, context: CallContext): Promise<Answer<readonly Silence[]>>;
  /** Rejects with `unsupported` where the system keeps no acknowledgements. */
  planAcknowledge(
    query: { readonly fingerprint: string; readonly note: string },
    context: CallContext,
  ): Promise<AlertChangePlan & { readonly alert: Alert }>;
  /** `alerts` are those that would be hidden now. */
  planSilence(
    query: { readonly matchers: Silence['matchers']; readonly minutes: number; readonly comment: string },
    context: CallContext,
  ): Promise<AlertChangePlan & { readonly alerts: readonly Alert[] }>;
}

export interface AlertsWriteApi {
  /** Idempotent by key. Rejects with `conflict` when what the change was planned on no longer holds. */
  applyChange(
    command: { readonly change: JsonObject; readonly idempotencyKey: string; readonly by: string },
    context: CallContext,
  ): Promise<ActionOutcome>;
}

export const alertsPort = definePort<AlertsApi, AlertsWriteApi>()(
  'alerts',
  'Alerts, their history and silences',
  mergeAlerts,
);

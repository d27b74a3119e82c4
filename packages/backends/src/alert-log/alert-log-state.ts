import { dirname, join } from 'node:path';
import { type BackendContext, type CallContext, ToolError } from '@devops-mcp/contract';
import type { Acknowledgement, Alert, Silence } from '@devops-mcp/domain';
import { silenceMatches } from '../alert-model/matchers.js';
import { asSilence, type SilenceRecord } from '../alert-model/silence-shape.js';
import { type AlertIndex, createAlertIndex } from './alert-index.js';
import type { AlertLogConfig } from './alert-log-config.js';
import { type AcknowledgementRecord, parseAcknowledgement, parseSilence } from './alert-records.js';
import { type FollowState, followLines } from './follow-lines.js';
import { parseWebhook } from './parse-webhook.js';
import { openRecordLog, type RecordLog } from './record-log.js';

const maxLineBytes = 8 * 1024 * 1024;
const maxLogBytes = 256 * 1024 * 1024;

/** The log and its two companions as they are now. */
export interface AlertLogView {
  readonly index: AlertIndex;
  readonly silences: readonly Silence[];
  readonly acknowledgements: readonly AcknowledgementRecord[];
  readonly hints: readonly string[];
  /** The index with silences and acknowledgements applied. */
  activeAt(at: Date): readonly Alert[];
  acknowledged(): readonly Acknowledgement[];
}

export interface AlertLogState {
  look(context: Pick<CallContext, 'signal' | 'now'>): Promise<AlertLogView>;
  readonly silenceLog: RecordLog<SilenceRecord>;
  readonly acknowledgementLog: RecordLog<AcknowledgementRecord>;
}

export function openAlertLogState(context: BackendContext<AlertLogConfig>): AlertLogState {
  const path = context.resolvePath(context.config.path);
  const companions = context.config.write ? context.resolvePath(context.config.write.path) : dirname(path);
  const silenceLog = openRecordLog(join(companions, 'silences.ndjson'), parseSilence);
  const acknowledgementLog = openRecordLog(join(companions, 'acknowledgements.ndjson'), parseAcknowledgement);
  const index = createAlertIndex(context.services);
  const counts = { truncatedAlerts: 0, unusable: 0 };
  const wanted = Object.entries(context.config.match ?? {});
  const follower = followLines({
    path,
    maxLineBytes,
    maxBytes: maxLogBytes,
    reset: () => {
      index.clear();
      counts.truncatedAlerts = 0;
      counts.unusable = 0;
    },
    accept: (line) => {
      const payload = parseWebhook(line);
      if (!payload) return false;
      counts.truncatedAlerts += payload.truncatedAlerts;
      counts.unusable += payload.unusable;
      for (const notification of payload.notifications) {
        if (wanted.every(([label, value]) => notification.labels[label] === value)) index.add(notification);
      }
      return true;
    },
  });

  return {
    silenceLog,
    acknowledgementLog,
    async look({ signal, now }) {
      const state = await follower.catchUp(signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw unreadable(context.config.path, error);
      });
      const silenced = await silenceLog.read(signal);
      const acknowledged = await acknowledgementLog.read(signal);
      const silences = silenced.records.map(asSilence);
      const hints = [
        ...hintsOf(state, counts, index.activeAt(now).length > 0, now),
        ...companionHints(silences, silenced.garbageLines + acknowledged.garbageLines),
      ];
      return viewOf(index, silences, acknowledged.records, hints);
    },
  };
}

function viewOf(
  index: AlertIndex,
  silences: readonly Silence[],
  acknowledgements: readonly AcknowledgementRecord[],
  hints: readonly string[],
): AlertLogView {
  return {
    index,
    silences,
    acknowledgements,
    hints,
    activeAt(at) {
      const current = silences.filter(({ startsAt, endsAt }) => startsAt <= at && at < endsAt);
      return index.activeAt(at).map((alert) => ({
        ...alert,
        silencedBy: current
          .filter(({ matchers }) => silenceMatches(matchers, alert.labels) === true)
          .map(({ id }) => id),
        acknowledgedBy: acknowledgedBy(alert, acknowledgements, at),
      }));
    },
    acknowledged() {
      const entries = acknowledgements.map((record) => ({
        fingerprint: record.fingerprint,
        name: index.find(record.fingerprint)?.name ?? 'unknown alert',
        service: index.find(record.fingerprint)?.service ?? null,
        time: record.startsAt,
        by: record.createdBy,
        note: record.comment,
      }));
      return entries.toSorted((a, b) => a.time.getTime() - b.time.getTime());
    },
  };
}

function acknowledgedBy(
  alert: Alert,
  acknowledgements: readonly AcknowledgementRecord[],
  at: Date,
): string | null {
  const record = acknowledgements.findLast(
    ({ fingerprint, alertStartsAt, startsAt, status }) =>
      fingerprint === alert.fingerprint &&
      alertStartsAt.getTime() === alert.since.getTime() &&
      startsAt <= at &&
      status.state !== 'expired',
  );
  return record?.createdBy ?? null;
}

function hintsOf(
  state: FollowState,
  counts: { readonly truncatedAlerts: number; readonly unusable: number },
  firing: boolean,
  now: Date,
): readonly string[] {
  const hints: string[] = [];
  if (state.garbageLines > 0)
    hints.push(`${state.garbageLines} of ${state.lines} lines of the alert log could not be read.`);
  if (counts.unusable > 0) hints.push(`${counts.unusable} alerts had no usable labels or times.`);
  if (state.tornTail) hints.push('The last line of the alert log is still being written.');
  if (state.skippedBytes > 0) hints.push('Only the newest part of the alert log was read.');
  if (counts.truncatedAlerts > 0)
    hints.push(`Alertmanager left ${counts.truncatedAlerts} alerts out of its notifications (max_alerts).`);
  const quietHours = state.lastWrite ? (now.getTime() - state.lastWrite.getTime()) / 3_600_000 : 0;
  // Alertmanager repeats a firing alert every four hours unless it is told otherwise.
  if (firing && quietHours > 12)
    hints.push(
      `Nothing was written to the alert log for ${Math.floor(quietHours)} h: what fires may be over.`,
    );
  return hints;
}

function companionHints(silences: readonly Silence[], garbageLines: number): readonly string[] {
  const unclear = silences.filter(({ matchers }) => silenceMatches(matchers, {}) === undefined).length;
  return [
    ...(garbageLines > 0 ? [`${garbageLines} lines of silences or acknowledgements could not be read.`] : []),
    ...(unclear > 0
      ? [`${unclear} silences use regular expressions that are not supported here and were not applied.`]
      : []),
  ];
}

function unreadable(path: string, cause: unknown): ToolError {
  return new ToolError('unavailable', `The alert log ${path} cannot be read.`, {
    hint: 'Check the path of the alerts port in the configuration, and that the webhook receiver writes there.',
    cause,
  });
}

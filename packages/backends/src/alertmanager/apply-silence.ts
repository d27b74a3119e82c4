import { createHash } from 'node:crypto';
import { type ActionOutcome, type CallContext, type JsonObject, ToolError } from '@devops-mcp/contract';
import type { AlertsWriteApi } from '@devops-mcp/domain';
import { showMatcher } from '../alert-model/matchers.js';
import {
  hiddenBy,
  hidesAsPlanned,
  type SilenceChange,
  silenceChange,
  stalePlan,
} from '../alert-model/plan-silence.js';
import type { SilenceRecord } from '../alert-model/silence-shape.js';
import type { AlertmanagerClient, Listed } from './alertmanager-client.js';
import { type AlertmanagerSide, firingNow } from './firing-alerts.js';

const minuteMs = 60_000;

/** Makes silences, one for each key: the key's mark in the comment is how the silence is found again. */
export function writeSilences(
  side: AlertmanagerSide,
  writer: Pick<AlertmanagerClient, 'createSilence'>,
): AlertsWriteApi {
  const underway = new Map<string, Promise<ActionOutcome>>();
  return {
    applyChange({ change, idempotencyKey, by }, call) {
      const mark = markOf(idempotencyKey);
      // Alertmanager knows no keys: two attempts at the same moment would each find nothing.
      const before = underway.get(mark);
      if (before) return before;
      const outcome = applySilence(side, writer, { change, mark, by }, call).finally(() =>
        underway.delete(mark),
      );
      underway.set(mark, outcome);
      return outcome;
    },
  };
}

async function applySilence(
  side: AlertmanagerSide,
  writer: Pick<AlertmanagerClient, 'createSilence'>,
  command: { readonly change: JsonObject; readonly mark: string; readonly by: string },
  call: CallContext,
): Promise<ActionOutcome> {
  const parsed = silenceChange.safeParse(command.change);
  if (!parsed.success) {
    throw new ToolError('invalid_input', 'This is no silence of Alertmanager.', { cause: parsed.error });
  }
  const change = parsed.data;
  const before = await side.client.silences(call);
  let id = before.items.find(({ comment }) => comment.endsWith(command.mark))?.id;
  if (id === undefined) {
    const firing = await firingNow(side, change.matchers, call);
    if (!hidesAsPlanned(change, hiddenBy(firing.alerts, change.matchers))) {
      throw stalePlan('The alerts that this silence hides have changed.');
    }
    const { matchers, minutes } = change;
    const startsAt = startOf(side, before);
    const endsAt = new Date(startsAt.getTime() + minutes * minuteMs);
    const comment = `${change.comment} ${command.mark}`.trim();
    id = await writer.createSilence({ matchers, startsAt, endsAt, createdBy: command.by, comment }, call);
  }
  return readBack(side, change, id, call);
}

/** A start in the future of Alertmanager's clock would be pending, so the earlier clock counts. */
function startOf({ context }: AlertmanagerSide, { serverTime }: Listed<unknown>): Date {
  const own = context.clock();
  return serverTime !== undefined && serverTime < own ? serverTime : own;
}

/** Verified when the silence is active as planned and each planned alert that still fires names it. */
async function readBack(
  side: AlertmanagerSide,
  change: SilenceChange,
  id: string,
  call: CallContext,
): Promise<ActionOutcome> {
  const made = (await side.client.silences(call)).items.find((silence) => silence.id === id);
  const { alerts } = await firingNow(side, change.matchers, call);
  const open = alerts.filter(
    ({ fingerprint, silencedBy }) => change.hides.includes(fingerprint) && !silencedBy.includes(id),
  );
  const shown = change.matchers.map(showMatcher).join(', ');
  const active = made?.status.state === 'active';
  const until = made?.endsAt.toISOString() ?? 'unknown';
  return {
    summary: active
      ? `Silence ${id} hides {${shown}} until ${until}; "amtool silence expire ${id}" ends it earlier`
      : `Silence ${id} for {${shown}} is ${made?.status.state ?? 'not there'}`,
    artifactRef: `silence:${id}`,
    observed: { id, endsAt: made?.endsAt.toISOString() ?? null, hides: [...change.hides] },
    verified: active && isAsPlanned(made, change) && open.length === 0,
  };
}

/** Alertmanager moves a start that has passed to the moment at which it takes the silence. */
function isAsPlanned(made: SilenceRecord, change: SilenceChange): boolean {
  const lengthMs = made.endsAt.getTime() - made.startsAt.getTime();
  const planned = change.minutes * minuteMs;
  const matchersOf = (silence: Pick<SilenceRecord, 'matchers'>) =>
    silence.matchers.map(showMatcher).sort().join();
  return lengthMs <= planned && lengthMs > planned - minuteMs && matchersOf(made) === matchersOf(change);
}

function markOf(key: string): string {
  return `[devops-mcp ${createHash('sha256').update(`alertmanager\0${key}`).digest('hex').slice(0, 32)}]`;
}

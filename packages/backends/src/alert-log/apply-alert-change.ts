import { createHash } from 'node:crypto';
import { type ActionOutcome, type CallContext, type JsonObject, ToolError } from '@devops-mcp/contract';
import type { z } from 'zod';
import { showMatcher } from '../alert-model/matchers.js';
import { hiddenBy, hidesAsPlanned, stalePlan } from '../alert-model/plan-silence.js';
import type { AlertLogState } from './alert-log-state.js';
import { acknowledgementJson, silenceJson } from './alert-records.js';
import { alertChange } from './plan-alert-change.js';

type Change = z.output<typeof alertChange>;

export interface AlertCommand {
  readonly change: JsonObject;
  readonly idempotencyKey: string;
  readonly by: string;
}

/** Appends the record that the change describes, once for each key, and reads it back. */
export async function applyAlertChange(
  state: AlertLogState,
  clock: () => Date,
  command: AlertCommand,
  context: CallContext,
): Promise<ActionOutcome> {
  const parsed = alertChange.safeParse(command.change);
  if (!parsed.success) {
    throw new ToolError('invalid_input', 'This is no change of the alert log.', { cause: parsed.error });
  }
  const id = idOf(command.idempotencyKey);
  return parsed.data.kind === 'silence'
    ? applySilence(state, clock, parsed.data, id, command.by, context)
    : applyAcknowledgement(state, clock, parsed.data, id, command.by, context);
}

async function applySilence(
  state: AlertLogState,
  clock: () => Date,
  change: Extract<Change, { kind: 'silence' }>,
  id: string,
  by: string,
  context: CallContext,
): Promise<ActionOutcome> {
  const before = await state.look(context);
  if (!before.silences.some((silence) => silence.id === id)) {
    const hides = hiddenBy(before.activeAt(context.now), change.matchers);
    if (!hidesAsPlanned(change, hides)) throw stalePlan('The alerts that this silence hides have changed.');
    const startsAt = clock();
    const endsAt = new Date(startsAt.getTime() + change.minutes * 60_000);
    const { matchers, comment } = change;
    await state.silenceLog.append(
      silenceJson({ id, matchers, startsAt, endsAt, createdBy: by, comment }, startsAt),
    );
  }
  const after = await state.look(context);
  const made = after.silences.find((silence) => silence.id === id);
  const shown = change.matchers.map(showMatcher).join(', ');
  const verified =
    made !== undefined &&
    made.matchers.map(showMatcher).join(', ') === shown &&
    made.endsAt.getTime() - made.startsAt.getTime() === change.minutes * 60_000;
  return {
    summary: `Silence ${id} hides {${shown}} until ${made?.endsAt.toISOString() ?? 'unknown'}`,
    artifactRef: `silence:${id}`,
    observed: { id, endsAt: made?.endsAt.toISOString() ?? null, hides: [...change.hides] },
    verified,
  };
}

async function applyAcknowledgement(
  state: AlertLogState,
  clock: () => Date,
  change: Extract<Change, { kind: 'acknowledge' }>,
  id: string,
  by: string,
  context: CallContext,
): Promise<ActionOutcome> {
  const before = await state.look(context);
  if (!before.acknowledgements.some((record) => record.id === id)) {
    const alert = before
      .activeAt(context.now)
      .find(
        ({ fingerprint, since }) =>
          fingerprint === change.fingerprint && since.toISOString() === change.alertStartsAt,
      );
    if (!alert) throw stalePlan('This firing of the alert is over.');
    const facts = {
      id,
      fingerprint: alert.fingerprint,
      alertStartsAt: alert.since,
      labels: alert.labels,
      by,
      note: change.note,
      at: clock(),
    };
    await state.acknowledgementLog.append(acknowledgementJson(facts));
  }
  const after = await state.look(context);
  const made = after.acknowledgements.find((record) => record.id === id);
  const name = after.index.find(change.fingerprint)?.name ?? change.fingerprint;
  return {
    summary: `${name} is acknowledged by ${made?.createdBy ?? 'nobody'}`,
    artifactRef: `acknowledgement:${id}`,
    observed: { fingerprint: change.fingerprint, acknowledgedBy: made?.createdBy ?? null },
    verified: made?.fingerprint === change.fingerprint,
  };
}

/** The key as a UUID (version 8, our own scheme), so that every attempt makes the same record. */
function idOf(key: string): string {
  const hex = createHash('sha256').update(`alert-log\0${key}`).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

import { type ErrorCode, partialFailure, type ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import type { RoadAnswer } from '../model.js';
import { asToolError, describeCause, publicError } from './answers.js';
import { eventOf, type Produced, type Trip } from './trip.js';

/** Writes the result record of a call that got its answer. A call that changes something wrote its own. */
export async function arrive(trip: Trip, produced: Produced): Promise<void> {
  if (trip.recorded) return;
  const status = produced.kind === 'confirm' ? 'pending' : 'success';
  const detail = produced.kind === 'answer' ? whatWasMissing(produced.structured) : null;
  await trip.deps.audit.grouped(eventOf(trip, 'result', { status, ...(detail === null ? {} : { detail }) }));
}

const partialAnswer = z.object({ partial: z.array(partialFailure).optional() });

/** Backends that did not answer and those that stood in for them: what reliability budgets count. */
function whatWasMissing(structured: unknown): string | null {
  const { partial } = partialAnswer.safeParse(structured).data ?? {};
  if (partial === undefined || partial.length === 0) return null;
  return partial.map(({ backend, reason }) => `${backend}: ${reason}`).join('; ');
}

const refusals: ReadonlySet<ErrorCode> = new Set([
  'denied',
  'switched_off',
  'rate_limited',
  'approval_required',
]);
/** Also refusals when a change was wanted: too much at once, or planned on what no longer holds. */
const refusalsOfChanges: ReadonlySet<ErrorCode> = new Set(['limit_exceeded', 'conflict']);

/** Records why a call ended without an answer and makes the error that its caller sees. */
export async function turnBack(trip: Trip, thrown: unknown): Promise<Extract<RoadAnswer, { kind: 'error' }>> {
  let error = asToolError(thrown, trip.id);
  const refused = refusals.has(error.code) || (trip.tier > 1 && refusalsOfChanges.has(error.code));
  try {
    if (!trip.recorded) await record(trip, error, refused);
  } catch (unrecorded) {
    // A refusal stands whether or not it could be written; other outcomes are not told unrecorded.
    if (!refused) error = asToolError(unrecorded, trip.id);
  }
  return { kind: 'error', error: publicError(error, trip.id, trip.deps.redactor) };
}

async function record(trip: Trip, error: ToolError, refused: boolean): Promise<void> {
  const { audit } = trip.deps;
  const detail = [error.message, describeCause(error)].filter((part) => part !== null).join(' <- ');
  const result = { errorCode: error.code, detail };
  if (refused) await audit.durable(eventOf(trip, 'denied', { status: 'denied', ...result }));
  else await audit.grouped(eventOf(trip, 'result', { status: 'error', ...result }));
}

import { type CallContext, type PartialFailure, type PortPart, ToolError } from '@devops-mcp/contract';
import type { Answer } from '../answer.js';
import { type FailedPart, tellingError } from './telling-error.js';

/** What one of several backends answered. */
export interface AnsweredPart<T> {
  readonly backend: string;
  readonly writes: boolean;
  readonly answer: Answer<T>;
}

export interface AskedParts<T> {
  /** In order of configuration; never empty. */
  readonly answered: readonly AnsweredPart<T>[];
  readonly partial: readonly PartialFailure[];
}

/**
 * Asks every part at the same time. A part that fails is named in `partial`, one that cannot answer such
 * a question or does not know the name is left out. Rejects when no part answers: with `not_found`
 * only when all that could answer say so.
 */
export async function askAll<Read, T>(
  parts: readonly PortPart<Read>[],
  context: CallContext,
  ask: (api: Read, part: PortPart<Read>) => Promise<Answer<T>>,
): Promise<AskedParts<T>> {
  const answered: AnsweredPart<T>[] = [];
  const failed: FailedPart[] = [];
  // An async function, so that a part that throws at once is a part that fails.
  const outcomes = await Promise.allSettled(parts.map(async (part) => ask(part.api, part)));
  for (const [place, outcome] of outcomes.entries()) {
    const { backend = '', writes = false } = parts[place] ?? {};
    if (outcome.status === 'fulfilled') answered.push({ backend, writes, answer: outcome.value });
    else failed.push({ backend, reason: outcome.reason });
  }
  if (context.signal.aborted && failed[0]) throw failed[0].reason;
  if (answered.length === 0) throw tellingError(failed);
  return {
    answered,
    partial: [...failed.flatMap(partialOf), ...answered.flatMap(partialOfAnswer)],
  };
}

/**
 * Asks one part after the other until one answers, for questions of which only one backend can know,
 * such as a revision. What failed on the way is in `partial`.
 */
export async function askFirst<Read, T>(
  parts: readonly PortPart<Read>[],
  context: CallContext,
  ask: (api: Read) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const failed: FailedPart[] = [];
  for (const { backend, api } of parts) {
    try {
      const answer = await ask(api);
      const partial = [...failed.flatMap(partialOf), ...(answer.partial ?? [])];
      return {
        ...answer,
        source: { ...answer.source, backend },
        ...(partial.length > 0 ? { partial } : {}),
      };
    } catch (reason) {
      if (context.signal.aborted) throw reason;
      failed.push({ backend, reason });
    }
  }
  throw tellingError(failed);
}

/**
 * Plans a change: with the part that writes, since no other could apply it. Where none writes, with
 * the first that can plan such a change and knows what it is about.
 */
export async function planWith<Read, T>(
  parts: readonly PortPart<Read>[],
  plan: (api: Read) => Promise<T>,
): Promise<T> {
  const writer = parts.find(({ writes }) => writes);
  if (writer) return plan(writer.api);
  const failed: FailedPart[] = [];
  for (const { backend, api } of parts) {
    try {
      return await plan(api);
    } catch (reason) {
      if (!passesOn(reason)) throw reason;
      failed.push({ backend, reason });
    }
  }
  throw tellingError(failed);
}

/** Identities, such as revisions and fingerprints, are those of the part in which changes are made. */
export function writerFirst<P extends { readonly writes: boolean }>(parts: readonly P[]): readonly P[] {
  return parts.toSorted((a, b) => Number(b.writes) - Number(a.writes));
}

function passesOn(reason: unknown): boolean {
  return reason instanceof ToolError && (reason.code === 'unsupported' || reason.code === 'not_found');
}

function partialOf({ backend, reason }: FailedPart): readonly PartialFailure[] {
  if (passesOn(reason)) return [];
  // The message of a ToolError is ours by its contract; anything else may be upstream text.
  const why =
    reason instanceof ToolError ? `${reason.code}: ${reason.message}` : 'internal: it failed unexpectedly';
  return [{ backend, reason: why }];
}

function partialOfAnswer({ backend, answer }: AnsweredPart<unknown>): readonly PartialFailure[] {
  return (answer.partial ?? []).map(({ reason }) => ({ backend, reason }));
}

import { type ErrorCode, ToolError } from '@devops-mcp/contract';

export interface FailedPart {
  readonly backend: string;
  readonly reason: unknown;
}

/**
 * Of several failures the one that says most: what the caller or an administrator can change comes
 * before what passes by itself, and an unknown name counts only when nothing else went wrong.
 */
const order: readonly ErrorCode[] = [
  'invalid_input',
  'denied',
  'approval_required',
  'switched_off',
  'conflict',
  'limit_exceeded',
  'rate_limited',
  'timeout',
  'unavailable',
  'internal',
  'not_found',
  'unsupported',
];
const mostKnown = 10;
const mostOthers = 5;

/** One error for a question that no part answered; what the others said stands in its hint. */
export function tellingError(failed: readonly FailedPart[]): unknown {
  const [chosen, ...others] = failed.toSorted((a, b) => rankOf(a.reason) - rankOf(b.reason));
  if (!chosen) return new ToolError('unsupported', 'No backend is configured behind this port.');
  const { reason } = chosen;
  if (others.length === 0 || !(reason instanceof ToolError)) return reason;
  const known = knownNames(failed);
  const named = reason.code === 'not_found' || reason.code === 'unsupported';
  const { retryAfterSeconds } = reason;
  return new ToolError(reason.code, named ? reason.message : `${chosen.backend}: ${reason.message}`, {
    hint: [reason.hint, named ? undefined : alsoFailed(others)].filter(Boolean).join(' '),
    cause: causeOf(failed),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    details: { ...reason.details, ...(known.length > 0 ? { known } : {}) },
  });
}

function rankOf(reason: unknown): number {
  return order.indexOf(reason instanceof ToolError ? reason.code : 'internal');
}

function knownNames(failed: readonly FailedPart[]): readonly string[] {
  const names = failed.flatMap(({ reason }) => {
    const known = reason instanceof ToolError ? reason.details?.known : undefined;
    return Array.isArray(known) ? known.filter((name) => typeof name === 'string') : [];
  });
  return [...new Set(names)].slice(0, mostKnown);
}

function alsoFailed(others: readonly FailedPart[]): string | undefined {
  const shown = others
    .filter(({ reason }) => !(reason instanceof ToolError && reason.code === 'unsupported'))
    .slice(0, mostOthers)
    .map(({ backend, reason }) => `${backend} (${reason instanceof ToolError ? reason.code : 'internal'})`);
  return shown.length > 0 ? `No answer either from ${shown.join(', ')}.` : undefined;
}

/** Causes reach the audit record alone, where each is read with the backend that it came from. */
function causeOf(failed: readonly FailedPart[]): Error {
  const texts = failed.map(({ backend, reason }) => {
    const { cause } = reason instanceof Error ? reason : {};
    return `${backend}: ${cause instanceof Error ? cause.message : reason instanceof Error ? reason.message : 'failed'}`;
  });
  return new Error(texts.join('; '));
}

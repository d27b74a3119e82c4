import { createHash } from 'node:crypto';
import { ToolError } from '@devops-mcp/contract';

/** Tells which change was made last; written in the same request as the change. */
export const markAnnotation = 'devops-mcp/change';
export const restartAnnotation = 'kubectl.kubernetes.io/restartedAt';
/** What `kubectl rollout history` shows beside a revision. */
export const causeAnnotation = 'kubernetes.io/change-cause';

/** The mark of one attempt: a digest, so that nobody learns the key from the cluster. */
export function markOf(idempotencyKey: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9:._-]{7,199}$/.test(idempotencyKey))
    throw new ToolError('invalid_input', 'The idempotency key must be 8 to 200 letters, digits or : . _ -');
  return createHash('sha256').update(`devops-mcp/change/v1\n${idempotencyKey}`).digest('hex').slice(0, 32);
}

/** RFC 3339 to the second as kubectl writes it, and later than the value before, so that it differs. */
export function restartTime(now: Date, before: string | null): string {
  const earlier = Date.parse(before ?? '');
  const time = Number.isNaN(earlier) ? now.getTime() : Math.max(now.getTime(), earlier + 1_000);
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

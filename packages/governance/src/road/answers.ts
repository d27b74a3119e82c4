import { type Json, type JsonObject, ToolError } from '@devops-mcp/contract';
import type { z } from 'zod';
import type { Redactor } from '../collaborators.js';
import type { PublicError } from '../model.js';

/**
 * Output as the tool's schema allows it: keys that the schema does not name are gone.
 * @throws ToolError `internal` when the tool broke its own promise.
 */
export function checkedOutput<S extends z.ZodType>(schema: S, output: unknown): z.output<S> {
  const parsed = schema.safeParse(output);
  if (parsed.success) return parsed.data;
  throw new ToolError('internal', 'The tool made an answer that breaks its own output schema.', {
    cause: parsed.error,
  });
}

/** @throws ToolError `limit_exceeded` for an answer over the declared size. */
export function bounded<A extends { readonly structured: JsonObject; readonly text: string }>(
  answer: A,
  outputBytes: number,
): A {
  refuseTooLong(Buffer.byteLength(JSON.stringify(answer.structured)), outputBytes);
  refuseTooLong(Buffer.byteLength(answer.text), outputBytes);
  return answer;
}

/** @throws ToolError `limit_exceeded` */
export function refuseTooLong(size: number, outputBytes: number): void {
  if (size <= outputBytes) return;
  throw new ToolError('limit_exceeded', `The answer has ${size} bytes; the limit is ${outputBytes}.`, {
    hint: 'Narrow the question: one service, a shorter period, or fewer rows.',
    details: { bytes: size, limit: outputBytes },
  });
}

/** Whatever was thrown, as an error of ours; what is not a `ToolError` is told to nobody but the log. */
export function asToolError(thrown: unknown, id: string): ToolError {
  if (thrown instanceof ToolError && thrown.code !== 'internal') return thrown;
  const message = thrown instanceof ToolError ? thrown.message : 'Something unexpected went wrong.';
  return new ToolError('internal', message, {
    hint: `Tell the owner of the server; the audit record ${id} holds the cause.`,
    cause: thrown instanceof ToolError ? thrown.cause : thrown,
  });
}

/** The error as a caller sees it: redacted and without cause. */
export function publicError(error: ToolError, id: string, redactor: Redactor): PublicError {
  const { code, retryable, hint, retryAfterSeconds, details } = error;
  return {
    code,
    message: redactor.text(error.message).slice(0, 2000),
    hint: hint === undefined ? null : redactor.text(hint).slice(0, 4000),
    retryable,
    retryAfterSeconds: retryAfterSeconds ?? null,
    // Boundary: details are declared as facts for programs, which are JSON.
    details: details === undefined ? null : redactor.json(details as JsonObject),
    id,
  };
}

/** The chain of causes in one line, for the audit record alone. */
export function describeCause(error: unknown): string | null {
  const parts: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; depth < 5 && cause !== undefined; depth += 1) {
    parts.push(cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return parts.length === 0 ? null : parts.join(' <- ').slice(0, 2000);
}

/** Typed binary content and the sealed request state hold no readable text and are left as they are. */
export function redactRaw(value: unknown, redactor: Redactor, depth = 0): unknown {
  if (depth > 32) throw new ToolError('internal', 'The result is nested too deeply.');
  if (typeof value === 'string') return redactor.text(value);
  if (Array.isArray(value)) return value.map((item) => redactRaw(item, redactor, depth + 1));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redactEntry(value, key, item, redactor, depth)]),
  );
}

function redactEntry(owner: object, key: string, item: unknown, redactor: Redactor, depth: number): unknown {
  if (typeof item !== 'string') return redactRaw(item, redactor, depth + 1);
  const { type, resultType } = owner as { type?: unknown; resultType?: unknown };
  const binary = key === 'blob' || (key === 'data' && (type === 'image' || type === 'audio'));
  const sealed = key === 'requestState' && resultType === 'input_required';
  if (binary || sealed) return item;
  const cleaned: Record<string, Json> = redactor.json({ [key]: item });
  return cleaned[key];
}

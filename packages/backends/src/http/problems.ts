import { ToolError } from '@devops-mcp/contract';
import type { Outcome } from './circuit.js';

/** What a system answered instead of what was asked for. It reaches the audit record, and no caller. */
export class UpstreamProblem extends Error {
  override readonly name = 'UpstreamProblem';
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`HTTP ${status}: ${body.slice(0, 2_000)}`);
    this.status = status;
    this.body = body;
  }
}

/** Why there was no answer: never connected, not trusted, cut off, or not in time. */
export type Interruption = 'not-connected' | 'unknown-host' | 'untrusted' | 'cut-off' | 'late';

export class ConnectionProblem extends Error {
  override readonly name = 'ConnectionProblem';
  readonly kind: Interruption;

  constructor(kind: Interruption, cause?: unknown) {
    super(`the connection was ${kind}`, { cause });
    this.kind = kind;
  }
}

/** The problem behind an error of the client, for adapters that know more of its body. */
export function problemOf(error: unknown): UpstreamProblem | undefined {
  return error instanceof ToolError && error.cause instanceof UpstreamProblem ? error.cause : undefined;
}

/** True for what may pass by itself, so that a read is worth another attempt. */
export function passes(error: unknown): boolean {
  const kind = interruptionOf(error);
  if (kind !== undefined) return kind === 'not-connected' || kind === 'cut-off';
  return [429, 502, 503].includes(problemOf(error)?.status ?? 0);
}

/** What an error says of the system: that it is unwell, that it answers, or, where it was not asked, nothing. */
export function outcomeOf(error: unknown): Outcome {
  const kind = interruptionOf(error);
  if (kind !== undefined) return kind === 'untrusted' ? 'answered' : 'unwell';
  const status = problemOf(error)?.status;
  if (status !== undefined) return [502, 503, 504].includes(status) ? 'unwell' : 'answered';
  return wasUnreadable(error) ? 'answered' : 'cancelled';
}

/** False only where the request certainly changed nothing. */
export function mayHaveArrived(error: unknown): boolean {
  const kind = interruptionOf(error);
  if (kind !== undefined) return kind === 'cut-off' || kind === 'late';
  const status = problemOf(error)?.status;
  return status === undefined ? wasUnreadable(error) : status >= 500;
}

/** An answer came, but not one that can be read. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

function wasUnreadable(error: unknown): boolean {
  return error instanceof ToolError && error.cause instanceof Unreadable;
}

function interruptionOf(error: unknown): Interruption | undefined {
  return error instanceof ToolError && error.cause instanceof ConnectionProblem
    ? error.cause.kind
    : undefined;
}

/** The closed list of ways a call can fail; each says whether the same call may succeed later. */
export const errorCodes = {
  invalid_input: { retryable: false },
  not_found: { retryable: false },
  denied: { retryable: false },
  approval_required: { retryable: false },
  conflict: { retryable: false },
  limit_exceeded: { retryable: false },
  rate_limited: { retryable: true },
  unavailable: { retryable: true },
  timeout: { retryable: true },
  unsupported: { retryable: false },
  switched_off: { retryable: false },
  internal: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type ErrorCode = keyof typeof errorCodes;

export interface ToolErrorOptions {
  /** What to try next, in one sentence. */
  readonly hint?: string;
  /** What the vendor said: reaches the audit record, redacted, and never the caller. */
  readonly cause?: unknown;
  /** Seconds after which a retry makes sense. */
  readonly retryAfterSeconds?: number;
  /** Facts a program may need beside the message; must hold nothing from upstream text. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error that crosses the boundary to a caller. The message is ours, never upstream text. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: ToolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}

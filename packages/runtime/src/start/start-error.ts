import { ToolError } from '@devops-mcp/contract';

/**
 * A reason not to start: one line for standard error that says what is wrong and what to do.
 * `usage` is a wrong command line (exit code 2), `start` everything else (exit code 1).
 */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly kind: 'usage' | 'start';

  constructor(
    message: string,
    options: { readonly kind?: 'usage' | 'start'; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = options.kind ?? 'start';
  }

  get exitCode(): 1 | 2 {
    return this.kind === 'usage' ? 2 : 1;
  }
}

/** A StartError with the message and hint of an error of ours; `otherwise` for any other error. */
export function startErrorFrom(cause: unknown, otherwise: string): StartError {
  if (cause instanceof StartError) return cause;
  if (!(cause instanceof ToolError)) return new StartError(otherwise, { cause });
  return new StartError(cause.hint === undefined ? cause.message : `${cause.message} ${cause.hint}`, {
    cause,
  });
}

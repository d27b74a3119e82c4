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

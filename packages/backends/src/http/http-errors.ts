import type { IncomingHttpHeaders } from 'node:http';
import { ToolError } from '@devops-mcp/contract';
import type { HttpRequest, HttpTarget } from './http-client.js';
import { ConnectionProblem, mayHaveArrived, Unreadable, UpstreamProblem } from './problems.js';

export { problemOf, UpstreamProblem } from './problems.js';

const longestRetryAfterSeconds = 86_400;

/** Maps a status that is neither 2xx nor 3xx to the closed codes. */
export function refusedAnswer(
  target: HttpTarget,
  request: HttpRequest,
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
): ToolError {
  const { system } = target;
  const cause = new UpstreamProblem(status, body);
  const retryAfterSeconds = retryAfter(headers['retry-after']);
  const again = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  switch (status) {
    case 401:
      return new ToolError(
        'denied',
        `${system} did not accept the credential: it is missing, wrong or expired.`,
        { hint: hintOf401(target, request), cause },
      );
    case 403:
      return new ToolError('denied', `${system} refused this to the configured credential.`, {
        hint: `The credential needs ${request.needs ?? 'the right to read what this tool asks for'}.`,
        cause,
      });
    case 404:
    case 410:
      return new ToolError('not_found', `${system} knows nothing at this address.`, {
        hint: `Check the address of ${system} in the configuration, a path prefix included.`,
        cause,
      });
    case 407:
      return new ToolError('denied', `The proxy did not let the request to ${system} through.`, {
        hint: 'Check network.proxy in the configuration.',
        cause,
      });
    case 409:
    case 412:
      return new ToolError('conflict', `${system} has changed meanwhile and refused the change.`, {
        hint: 'Look at the present state and plan again.',
        cause,
      });
    case 429:
      return new ToolError('rate_limited', `${system} takes no more requests for now.`, {
        hint: 'Ask again later, and for less.',
        ...again,
        cause,
      });
  }
  if (status < 500) {
    return new ToolError('internal', `${system} did not accept the request (${status}).`, { cause });
  }
  return new ToolError('unavailable', `${system} failed to answer (${status}).`, {
    hint: `Check whether ${system} is well.`,
    ...again,
    cause,
  });
}

function hintOf401({ system, credentialSetting }: HttpTarget, { needs }: HttpRequest): string {
  const where = `Check ${credentialSetting ?? `the credential of ${system} in the configuration`}.`;
  return needs === undefined ? where : `${where} It needs ${needs}.`;
}

/** The system answered, but not in a way that can be read. */
export function brokenAnswer(target: HttpTarget, what: string, cause?: unknown): ToolError {
  return new ToolError('unavailable', `${target.system} gave ${what}.`, {
    hint: `Check that ${target.address.host} is ${target.system} and not something before it.`,
    cause: new Unreadable(what, { cause }),
  });
}

/** Nothing of the request goes where a `Location` points: neither the credential nor the question. */
export function redirected(target: HttpTarget, status: number): ToolError {
  return brokenAnswer(target, `a redirect (${status}), which is never followed`);
}

/** The answer began and then the connection ended. */
export function brokenOff(target: HttpTarget, cause: unknown): ToolError {
  return new ToolError('unavailable', `${target.system} broke off in the middle of its answer.`, {
    hint: `Try again; if it stays so, check whether ${target.system} or something before it is well.`,
    cause: new ConnectionProblem('cut-off', cause),
  });
}

export function tooLate(target: HttpTarget, timeoutMs: number): ToolError {
  return new ToolError('timeout', `${target.system} did not answer within ${timeoutMs / 1000} s.`, {
    hint: 'Ask for a shorter period, or try again later.',
    cause: new ConnectionProblem('late'),
  });
}

export function tooLarge(target: HttpTarget, maxBytes: number): ToolError {
  const size = maxBytes < 1_048_576 ? `${maxBytes} bytes` : `${Math.round(maxBytes / 1_048_576)} MiB`;
  return new ToolError(
    'limit_exceeded',
    `${target.system} answered with more than ${size}; reading was stopped.`,
    { hint: 'Ask for less: one service, or a shorter period.', cause: new Unreadable('too large') },
  );
}

export function tooMany({ system }: HttpTarget): ToolError {
  return new ToolError('rate_limited', `Too many requests to ${system} wait in this process already.`, {
    hint: 'Ask again when the calls before have been answered, and for fewer services at once.',
    retryAfterSeconds: 1,
  });
}

export function leftAlone({ system }: HttpTarget, failures: number, forMs: number): ToolError {
  return new ToolError(
    'unavailable',
    `${system} failed ${failures} times in a row and is not asked for a moment.`,
    { hint: `Check whether ${system} is well.`, retryAfterSeconds: Math.max(1, Math.ceil(forMs / 1000)) },
  );
}

/** Says of a write that failed after it was sent that nobody knows, since repeating it would be a second write. */
export function ofWrite(error: unknown): unknown {
  if (!(error instanceof ToolError) || !mayHaveArrived(error)) return error;
  return new ToolError(error.code, error.message, {
    hint: 'Whether the change was made is not known: look at the present state before asking for it again.',
    details: { ...error.details, outcome: 'unknown' },
    cause: error.cause,
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  });
}

/** Seconds from a number or an HTTP date (RFC 9110, 10.2.3), a day at most. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\d{1,10}$/.test(value) ? Number(value) : (httpDate(value) - Date.now()) / 1000;
  if (!Number.isFinite(seconds)) return undefined;
  return Math.min(longestRetryAfterSeconds, Math.max(0, Math.ceil(seconds)));
}

function httpDate(value: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
}

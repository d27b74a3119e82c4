import type { IncomingHttpHeaders } from 'node:http';
import { ToolError } from '@devops-mcp/contract';
import type { HttpRequest, HttpTarget } from './http-client.js';

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

/** The problem behind an error of the client, for adapters that know more of its body. */
export function problemOf(error: unknown): UpstreamProblem | undefined {
  return error instanceof ToolError && error.cause instanceof UpstreamProblem ? error.cause : undefined;
}

/** Maps a status that is not 2xx to the closed codes. */
export function refusedAnswer(
  target: HttpTarget,
  request: HttpRequest,
  status: number,
  headers: IncomingHttpHeaders,
  body: string,
): ToolError {
  const { system } = target;
  const cause = new UpstreamProblem(status, body);
  if (status === 401) {
    return new ToolError(
      'denied',
      `${system} did not accept the credential: it is missing, wrong or expired.`,
      {
        hint: `Check ${target.credentialSetting ?? `the credential of ${system} in the configuration`}.`,
        cause,
      },
    );
  }
  if (status === 403) {
    const needs = request.needs ?? 'the right to read what this tool asks for';
    return new ToolError('denied', `${system} refused this to the configured credential.`, {
      hint: `The credential needs ${needs}.`,
      cause,
    });
  }
  if (status === 404 || status === 410) {
    return new ToolError('not_found', `${system} knows nothing at this address.`, {
      hint: `Check the address of ${system} in the configuration, a path prefix included.`,
      cause,
    });
  }
  if (status === 407) {
    return new ToolError('denied', `The proxy did not let the request to ${system} through.`, {
      hint: 'Check network.proxy in the configuration.',
      cause,
    });
  }
  if (status === 409 || status === 412) {
    return new ToolError('conflict', `${system} has changed meanwhile and refused the change.`, {
      hint: 'Look at the present state and plan again.',
      cause,
    });
  }
  const retryAfterSeconds = retryAfter(headers['retry-after']);
  const again = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  if (status === 429) {
    return new ToolError('rate_limited', `${system} takes no more requests for now.`, { ...again, cause });
  }
  if (status >= 500) {
    return new ToolError('unavailable', `${system} failed to answer (${status}).`, {
      hint: `Check whether ${system} is well.`,
      ...again,
      cause,
    });
  }
  return new ToolError('internal', `${system} did not accept the request (${status}).`, { cause });
}

/** Resets, refused connections, unknown hosts, certificates that nobody vouches for. */
export function failedConnection(target: HttpTarget, cause: unknown): ToolError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code)) {
    return new ToolError('unavailable', `The certificate of ${target.system} is not trusted here.`, {
      hint: 'Name its authority in network.caFile, or the caFile of this backend.',
      cause,
    });
  }
  return new ToolError('unavailable', `${target.system} cannot be reached at ${target.address.host}.`, {
    hint: 'Check the address, the network and network.proxy in the configuration.',
    cause,
  });
}

/** The system answered, but not in a way that can be read. */
export function brokenAnswer(target: HttpTarget, what: string, cause?: unknown): ToolError {
  return new ToolError('unavailable', `${target.system} gave ${what}.`, {
    hint: `Check that ${target.address.host} is ${target.system} and not something before it.`,
    cause,
  });
}

export function tooLate(target: HttpTarget, timeoutMs: number): ToolError {
  return new ToolError('timeout', `${target.system} did not answer within ${timeoutMs / 1000} s.`, {
    hint: 'Ask for a shorter period, or try again later.',
  });
}

export function tooLarge(target: HttpTarget, maxBytes: number): ToolError {
  return new ToolError(
    'limit_exceeded',
    `${target.system} answered with more than ${Math.round(maxBytes / 1024 / 1024)} MiB; reading was stopped.`,
    { hint: 'Ask for less: one service, or a shorter period.' },
  );
}

/** Seconds from a number or an HTTP date (RFC 9110, 10.2.3). */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

import type { IncomingHttpHeaders } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import type { NetworkSettings } from '@devops-mcp/contract';
import { checkAddress } from './address.js';
import { agentsFor } from './agent.js';
import { callsOf, onlyReads } from './calls.js';
import { brokenAnswer } from './http-errors.js';
import { readAll, readChunks } from './read-body.js';
import { type Resilience, usualResilience } from './resilience.js';

/** What a backend says of its system once, so that every error names it and says what to do. */
export interface HttpTarget {
  /** The product's name as it stands in messages: `Prometheus`. */
  readonly system: string;
  /** Requests go below this address; a path in it is kept. */
  readonly address: URL;
  readonly network: NetworkSettings;
  /** Private authorities and client certificates of this system alone (PEM). */
  readonly tls?: Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'passphrase'> & {
    readonly servername?: string;
    readonly rejectUnauthorized?: boolean;
  };
  /** Asked before each request, so that a token that was renewed is used. Never logged, never in an error. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /** Where the credential is configured, for hints: `environments.production.ports.metrics.credential`. */
  readonly credentialSetting?: string;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the target's address, with a leading `/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The caller's; when it aborts, reading stops and its reason is thrown. */
  readonly signal: AbortSignal;
  /** Default 15 s for everything: credential, connection, answer, and what is tried again. */
  readonly timeoutMs?: number;
  /** Default 16 MiB after decompression. */
  readonly maxBytes?: number;
  /** True where a `POST` only reads, so that it may be repeated; `GET` always may. */
  readonly reads?: boolean;
  /** What the credential lacks when this is refused with 403: `the role monitoring.viewer`. */
  readonly needs?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/**
 * One system over HTTP. Every method rejects with a ToolError whose message holds no upstream text:
 * 401 and 403 `denied`, 404 and 410 `not_found`, 409 and 412 `conflict`, 429 `rate_limited`, other 4xx `internal`,
 * 5xx and broken answers `unavailable`, a missed deadline `timeout`, too many bytes `limit_exceeded`.
 * What the system said is the error's `cause`. Reads are tried again after a lost connection, 429, 502
 * and 503, within the same deadline; writes never, and one that may have arrived says so in
 * `details.outcome`. When the caller aborts, its reason is thrown as it is. Too many calls at once are
 * `rate_limited`; a system that failed several times in a row is left alone for a while (`unavailable`).
 */
export interface HttpClient {
  /** Parsed JSON; rejects with `unavailable` when the body is no JSON. Callers check its shape. */
  json(request: HttpRequest): Promise<{ readonly body: unknown } & HttpAnswer>;
  /** Chunks of the decompressed body as they come; `timeoutMs` is then the longest silence. */
  stream(request: HttpRequest): Promise<{ readonly chunks: AsyncIterable<Buffer> } & HttpAnswer>;
  /** Ends what is under way; nothing can be asked afterwards. */
  close(): void;
}

/** Throws `invalid_input` when address, `network` or certificates cannot be used as they are configured. */
export function openHttp(target: HttpTarget, given: Partial<Resilience> = {}): HttpClient {
  checkAddress(target);
  const resilience = { ...usualResilience, ...given };
  const calls = callsOf(target, agentsFor(target, resilience.parallel), resilience);
  return {
    json: (request) =>
      calls.ask(request, async ({ answer, limit, free }) => {
        try {
          const text = (await readAll(target, request, answer, limit)).toString('utf8');
          const body = parse(target, request, answer.status, text);
          limit.end();
          return { body, status: answer.status, headers: answer.headers };
        } finally {
          free();
        }
      }),
    stream: (request) =>
      calls.ask(request, async ({ answer, limit, free }) => {
        const ended = () => {
          free();
          limit.end();
        };
        const chunks = readChunks(target, request, answer, limit, ended);
        return { chunks, status: answer.status, headers: answer.headers };
      }),
    close: calls.close,
  };
}

/** An empty body, which writes may be answered with, is undefined. */
function parse(target: HttpTarget, request: HttpRequest, status: number, text: string): unknown {
  if (text === '') {
    if (status === 200 && onlyReads(request)) throw brokenAnswer(target, 'an empty answer');
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw brokenAnswer(target, 'an answer that is not JSON', cause);
  }
}

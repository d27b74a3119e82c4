import type { IncomingHttpHeaders } from 'node:http';
import type { SecureContextOptions } from 'node:tls';
import type { NetworkSettings } from '@devops-mcp/contract';
import { agentFor } from './agent.js';
import { exchange } from './exchange.js';
import { brokenAnswer } from './http-errors.js';
import { readAll, readChunks } from './read-body.js';
import { repeated } from './repeated.js';

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
  /** Default 15 s for the whole answer. */
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
 * What the system said is the error's `cause`. Reads are tried again after a reset, 429 and 503
 * within the deadline; writes never.
 */
export interface HttpClient {
  /** Parsed JSON; rejects with `unavailable` when the body is no JSON. Callers check its shape. */
  json(request: HttpRequest): Promise<{ readonly body: unknown } & HttpAnswer>;
  /** Chunks of the decompressed body as they come; `timeoutMs` is then the longest silence. */
  stream(request: HttpRequest): Promise<{ readonly chunks: AsyncIterable<Buffer> } & HttpAnswer>;
  close(): void;
}

export function openHttp(target: HttpTarget): HttpClient {
  const agent = agentFor(target);
  const mayRepeat = ({ method = 'GET', reads }: HttpRequest) => method === 'GET' || reads === true;
  const ask = <T>(request: HttpRequest, once: () => Promise<T>) =>
    mayRepeat(request) ? repeated(once, request.signal) : once();
  return {
    json: (request) =>
      ask(request, async () => {
        const answer = await exchange(target, agent, request);
        const text = (await readAll(target, request, answer)).toString('utf8');
        return { body: parse(target, text), status: answer.status, headers: answer.headers };
      }),
    stream: (request) =>
      ask(request, async () => {
        const answer = await exchange(target, agent, request);
        return {
          chunks: readChunks(target, request, answer),
          status: answer.status,
          headers: answer.headers,
        };
      }),
    close: () => agent.destroy(),
  };
}

/** An empty body, which writes may be answered with, is undefined. */
function parse(target: HttpTarget, text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw brokenAnswer(target, 'an answer that is not JSON', cause);
  }
}

import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { JsonAnswer } from './answer-request.js';
import { protobufReview } from './protobuf-review.js';
import { ApiStatus, failure } from './status.js';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly token: string | undefined;
  readonly contentType: string;
  readonly accept: string;
  readonly userAgent: string;
  readonly bodyBytes: number;
  /** Parsed; undefined for no body, and the text itself where it is no JSON. */
  readonly body: unknown;
}

/** Either an answer, or what happens on a connection that stays open. */
export type HttpAnswer = JsonAnswer | { stream(response: ServerResponse): void };

export interface Listening {
  readonly address: string;
  close(): Promise<void>;
}

/** The API server compresses answers above this size for clients that ask. */
const compressedFrom = 128 * 1_024;
const largestBody = 3 * 1_024 * 1_024;

export async function listen(
  answer: (request: HttpRequest) => HttpAnswer,
  tls: { cert: string; key: string } | undefined,
): Promise<Listening> {
  const listener: RequestListener = (request, response) => {
    handle(request, response, answer).catch((error: unknown) => {
      // The other side is gone, or the fake itself is wrong; a test sees the latter as an answer.
      if (!response.headersSent) send(response, refusal(error), false).catch(() => response.destroy());
      else response.destroy();
    });
  };
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    address: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: HttpRequest) => HttpAnswer,
): Promise<void> {
  const body = await bodyOf(request);
  const { headers } = request;
  const given: HttpRequest = {
    ...{ method: request.method ?? 'GET', url: new URL(request.url ?? '/', 'http://fake') },
    ...{
      token: /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1],
      contentType: headers['content-type'] ?? '',
    },
    ...{ accept: headers.accept ?? '', userAgent: headers['user-agent'] ?? '' },
    ...{ bodyBytes: body.length, body: parsed(body) },
  };
  const result = answered(given, answer);
  if ('stream' in result) result.stream(response);
  else await send(response, result, String(headers['accept-encoding'] ?? '').includes('gzip'));
}

function answered(request: HttpRequest, answer: (request: HttpRequest) => HttpAnswer): HttpAnswer {
  try {
    return answer(request);
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): JsonAnswer & { headers?: Readonly<Record<string, string>> } {
  if (error instanceof ApiStatus) {
    const { status, headers } = error;
    return { code: status.code ?? 500, text: JSON.stringify(status), type: 'application/json', headers };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 500,
    text: JSON.stringify(failure(500, 'InternalError', `the fake cluster failed: ${message}`)),
    type: 'application/json',
  };
}

async function send(
  response: ServerResponse,
  answer: JsonAnswer & { headers?: Readonly<Record<string, string>> },
  gzipped: boolean,
): Promise<void> {
  const compress = gzipped && answer.text.length > compressedFrom;
  const body = compress ? await promisify(gzip)(answer.text, { level: 1 }) : Buffer.from(answer.text);
  response.writeHead(answer.code, {
    ...{ 'content-type': answer.type, 'cache-control': 'no-cache, private', 'content-length': body.length },
    ...(compress ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
    ...answer.headers,
  });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > largestBody)
      throw new ApiStatus(
        failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${largestBody}`),
      );
  }
  return Buffer.concat(chunks);
}

function parsed(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const review = protobufReview(body);
  if (review !== undefined) return review;
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

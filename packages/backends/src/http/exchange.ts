import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { addressOf } from './address.js';
import { failedConnection } from './connection-errors.js';
import type { HttpRequest, HttpTarget } from './http-client.js';
import { brokenAnswer, redirected, refusedAnswer } from './http-errors.js';
import { headersOf } from './request-headers.js';
import { orAborted, type TimeLimit } from './time-limit.js';

const largestErrorBytes = 64 * 1024;
const longestErrorMs = 2_000;

/** An answer whose status is 2xx and whose body has yet to be read. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  /** Ends the exchange: nothing more is read, and a connection with an unread rest is closed. */
  stop(): void;
}

/** Sends the request once and waits for the head of the answer. Rejects as `HttpClient` says. */
export async function exchange(
  target: HttpTarget,
  agent: http.Agent,
  request: HttpRequest,
  limit: TimeLimit,
): Promise<OpenAnswer> {
  const url = addressOf(target, request);
  const headers = await orAborted(headersOf(target, request), limit.signal);
  limit.signal.throwIfAborted();
  const { message, stop } = await sent(target, agent, request, { url, headers }, limit.signal);
  const status = message.statusCode ?? 0;
  if (status >= 200 && status < 300) {
    const problem = unreadable(message);
    if (problem === undefined) return { status, headers: message.headers, body: unzipped(message), stop };
    stop();
    throw brokenAnswer(target, problem);
  }
  const text = await beginning(unzipped(message), stop);
  limit.signal.throwIfAborted();
  if (status < 400) throw redirected(target, status);
  throw refusedAnswer(target, request, status, message.headers, text);
}

function sent(
  target: HttpTarget,
  agent: http.Agent,
  { method = 'GET', body }: HttpRequest,
  { url, headers }: { readonly url: URL; readonly headers: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<{ readonly message: IncomingMessage; readonly stop: () => void }> {
  return new Promise((resolve, reject) => {
    // `hangUp` reaches the agent, which may still be asking a proxy for the connection.
    const options = { method, headers, agent, hangUp: signal };
    const outgoing = (url.protocol === 'https:' ? https : http).request(url, options);
    const stop = () => outgoing.destroy();
    // Said here too: a request without a connection yet says nothing when it is destroyed.
    const aborted = () => {
      reject(signal.reason);
      stop();
    };
    signal.addEventListener('abort', aborted, { once: true });
    outgoing.once('close', () => {
      signal.removeEventListener('abort', aborted);
      reject(failedConnection(target, Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    });
    // More than one may come, and one without a listener would end the process.
    outgoing.on('error', (error) => reject(failedConnection(target, error)));
    outgoing.once('response', (message) => resolve({ message, stop }));
    outgoing.end(body);
  });
}

/** What can be told from the head alone, before a byte of the body is read. */
function unreadable({ headers }: IncomingMessage): string | undefined {
  if (!['', 'identity', 'gzip', 'x-gzip'].includes(encodingOf(headers))) {
    return 'an answer in an encoding that was not asked for';
  }
  const type = headers['content-type']?.toLowerCase() ?? '';
  return type.startsWith('text/html') ? 'a web page instead of data, perhaps to sign in' : undefined;
}

function unzipped(message: IncomingMessage): Readable {
  if (!encodingOf(message.headers).endsWith('gzip')) return message;
  // Errors of either end destroy the other; who reads the result is told.
  return pipeline(message, createGunzip(), () => undefined);
}

function encodingOf(headers: IncomingHttpHeaders): string {
  return headers['content-encoding']?.trim().toLowerCase() ?? '';
}

/** The first part of what was said instead of an answer; whatever happens, the status is known. */
async function beginning(body: Readable, stop: () => void): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(stop, longestErrorMs);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > largestErrorBytes) break;
    }
  } catch {
    // Cut off in the middle: what came is enough.
  } finally {
    clearTimeout(timer);
    stop();
  }
  return Buffer.concat(chunks).subarray(0, largestErrorBytes).toString('utf8');
}

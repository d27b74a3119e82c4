import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HttpRequest, HttpTarget } from './http-client.js';
import { brokenAnswer, failedConnection, refusedAnswer, tooLate } from './http-errors.js';

const defaultTimeoutMs = 15_000;
const largestErrorBytes = 64 * 1024;

/** An answer whose status is 2xx and whose body has yet to be read. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  readonly timeoutMs: number;
  /** Epoch ms after which the whole answer is too late. */
  readonly deadline: number;
  /** Ends the exchange: nothing more is read. */
  stop(): void;
}

/** Sends the request and waits for the head of the answer. Rejects as `HttpClient` says. */
export async function exchange(
  target: HttpTarget,
  agent: http.Agent,
  request: HttpRequest,
): Promise<OpenAnswer> {
  request.signal.throwIfAborted();
  const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
  const deadline = Date.now() + timeoutMs;
  const headers = await headersOf(target, request);
  const { message, stop } = await sent(target, agent, request, headers, timeoutMs);
  const status = message.statusCode ?? 0;
  const answer = {
    ...{ status, headers: message.headers, timeoutMs, deadline, stop },
    body: unzipped(message),
  };
  if (status >= 200 && status < 300) return answer;
  const text = await start(answer);
  stop();
  if (status < 400) throw brokenAnswer(target, `a redirect (${status}), which is never followed`);
  throw refusedAnswer(target, request, status, message.headers, text);
}

function sent(
  target: HttpTarget,
  agent: http.Agent,
  request: HttpRequest,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<{ message: http.IncomingMessage; stop: () => void }> {
  const { method = 'GET', signal, body } = request;
  const url = addressOf(target, request);
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === 'https:' ? https : http).request(url, { method, headers, agent });
    const aborted = () => outgoing.destroy();
    const timer = setTimeout(() => {
      reject(tooLate(target, timeoutMs));
      outgoing.destroy();
    }, timeoutMs);
    signal.addEventListener('abort', aborted, { once: true });
    outgoing.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    });
    outgoing.once('error', (error) =>
      reject(signal.aborted ? signal.reason : failedConnection(target, error)),
    );
    outgoing.once('response', (message) => {
      clearTimeout(timer);
      resolve({ message, stop: () => outgoing.destroy() });
    });
    outgoing.end(body);
  });
}

async function headersOf(
  target: HttpTarget,
  { headers, body }: HttpRequest,
): Promise<Readonly<Record<string, string>>> {
  return {
    accept: 'application/json',
    'accept-encoding': 'gzip',
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...(await target.headers?.()),
    ...headers,
  };
}

function addressOf({ address }: HttpTarget, { path, query = {} }: HttpRequest): URL {
  const url = new URL(address);
  url.pathname = `${address.pathname.replace(/\/$/, '')}${path}`;
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
  }
  return url;
}

function unzipped(message: http.IncomingMessage): Readable {
  if (message.headers['content-encoding'] !== 'gzip') return message;
  const unzip = createGunzip();
  message.once('error', (error) => unzip.destroy(error));
  return message.pipe(unzip);
}

/** The first part of what was said instead of an answer; whatever happens, the status is known. */
async function start({ body, stop, timeoutMs }: OpenAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(stop, Math.min(timeoutMs, 2_000));
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
  }
  return Buffer.concat(chunks).subarray(0, largestErrorBytes).toString('utf8');
}

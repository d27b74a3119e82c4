import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { canary, canaryLine } from './canary.js';
import type { Fault, MalformedBody } from './fault.js';

const someBytes = 1_000;
const bombBytes = 16 * 1024 * 1024;
const sixteenKiB = Buffer.alloc(16 * 1024, 'x');

/** Headers that every fault carries, so that a leak from any of them is seen. */
const poisoned = { 'x-upstream-note': canaryLine, 'www-authenticate': `Bearer realm="${canaryLine}"` };

/** Faults that hand the request on, which is the proxy's own to do. */
type HandedOn = Extract<Fault, { kind: 'latency' | 'lost-answer' }>;

/** Answers as the fault says. */
export function playFault(fault: Exclude<Fault, HandedOn>, response: ServerResponse): void {
  if (fault.kind === 'reset') reset(response, fault.when);
  else if (fault.kind === 'truncated') truncate(response, fault.framing);
  else if (fault.kind === 'malformed') malform(response, fault.body);
  else if (fault.kind === 'status') refuse(response, fault);
  else if (fault.kind === 'trickle') trickle(response, fault.everyMs);
  else if (fault.kind === 'endless') endless(response);
  else if (fault.kind === 'redirect') {
    response.writeHead(fault.status ?? 302, { ...poisoned, location: fault.to }).end(canaryLine);
  } else if (fault.kind === 'huge-headers') {
    response.writeHead(200, { ...poisoned, 'x-filler': 'x'.repeat(fault.bytes) }).end('{}');
  }
}

/** A TCP reset; below TLS, which Node cannot reset, an end without the alert that TLS wants. */
export function cut(socket: Socket | null): void {
  if (socket === null) return;
  if ('encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}

/** Resolves after a while, or when the client has gone. */
export function passed(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function reset(response: ServerResponse, when: 'before-head' | 'in-body'): void {
  if (when === 'before-head') {
    cut(response.socket);
    return;
  }
  response.writeHead(200, { ...poisoned, 'content-type': 'application/json', 'content-length': someBytes });
  response.write(`{"note":"${canaryLine}`, () => cut(response.socket));
}

function truncate(response: ServerResponse, framing: 'content-length' | 'chunked'): void {
  const length = framing === 'content-length' ? { 'content-length': someBytes } : {};
  response.writeHead(200, { ...poisoned, ...length, 'content-type': 'application/json' });
  // The write is flushed and the connection ended in good order: only the framing shows that more was due.
  response.write(`{"note":"${canaryLine}`, () => response.socket?.end());
}

function refuse(response: ServerResponse, fault: Extract<Fault, { kind: 'status' }>): void {
  const asked = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
  response.writeHead(fault.status, canaryLine, { ...poisoned, ...asked, 'content-type': 'application/json' });
  response.end(fault.body ?? errorBody());
}

function malform(response: ServerResponse, body: MalformedBody): void {
  const { headers, content } = malformed[body]();
  response.writeHead(200, { ...poisoned, 'content-type': 'application/json', ...headers }).end(content);
}

/** Made on use: a bomb takes memory. */
const malformed: Readonly<
  Record<MalformedBody, () => { headers?: OutgoingHttpHeaders; content?: string | Buffer }>
> = {
  text: () => ({ content: `oops: ${canaryLine}` }),
  'wrong-shape': () => ({ content: JSON.stringify([{ [canary.secret]: canary.order }, 7, null]) }),
  'login-page': () => ({
    headers: { 'content-type': 'text/html; charset=utf-8' },
    content: `<!doctype html><title>Sign in</title><p>${canaryLine}</p>`,
  }),
  empty: () => ({ headers: { 'content-length': 0 } }),
  'false-gzip': () => ({ headers: { 'content-encoding': 'gzip' }, content: canaryLine }),
  'unknown-encoding': () => ({ headers: { 'content-encoding': 'br' }, content: canaryLine }),
  'gzip-bomb': () => ({ headers: { 'content-encoding': 'gzip' }, content: bomb() }),
};

/** Kept once made, since packing takes longer than some deadlines of tests. */
let packed: Buffer | undefined;

function bomb(): Buffer {
  packed ??= gzipSync(Buffer.concat([Buffer.from('"'), Buffer.alloc(bombBytes, 'x'), Buffer.from('"')]));
  return packed;
}

function trickle(response: ServerResponse, everyMs: number): void {
  response.writeHead(200, { ...poisoned, 'content-type': 'application/json' });
  response.write('"');
  const timer = setInterval(() => response.write('x'), everyMs);
  response.once('close', () => clearInterval(timer));
}

function endless(response: ServerResponse): void {
  response.writeHead(200, { ...poisoned, 'content-type': 'application/json' });
  const pour = () => {
    while (!response.destroyed && response.write(sixteenKiB));
  };
  response.on('drain', pour);
  response.write('"');
  pour();
}

function errorBody(): string {
  return JSON.stringify({
    status: 'error',
    kind: 'Status',
    message: canaryLine,
    error: canaryLine,
    errorType: canary.secret,
  });
}

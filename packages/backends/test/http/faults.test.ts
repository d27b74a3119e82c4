import { ToolError } from '@devops-mcp/contract';
import { canariesShown, canary, type Fault, startFaultProxy } from '@devops-mcp/testing/faults';
import { describe, expect, it } from 'vitest';
import { type HttpRequest, openHttp } from '../../src/http/http-client.js';
import { problemOf } from '../../src/http/http-errors.js';
import { serverBehindProxy } from './server-behind-proxy.js';
import { atOnce, goodServer, rejection, targetAt } from './target.js';

const never = new AbortController().signal;
const manyCalls = { ...atOnce, failuresToOpen: 1_000 };
const behind = serverBehindProxy();

const client = (settings = manyCalls) => openHttp(targetAt(behind.proxy.url), settings);
const read = (facts: Partial<HttpRequest> = {}): HttpRequest => ({ path: '/api', signal: never, ...facts });
const change = (facts: Partial<HttpRequest> = {}): HttpRequest =>
  read({ method: 'POST', body: '{"replicas":4}', ...facts });

async function refusal(request: HttpRequest): Promise<ToolError> {
  const error = await rejection(client().json(request));
  expect(error).toBeInstanceOf(ToolError);
  if (!(error instanceof ToolError)) throw error;
  return error;
}

/** Each fault, the code it has to give, and how often a read and a write are sent. */
const table: readonly [name: string, fault: Fault, code: string, reads: number][] = [
  ['a reset before the head', { kind: 'reset', when: 'before-head' }, 'unavailable', 3],
  ['a reset in the body', { kind: 'reset', when: 'in-body' }, 'unavailable', 3],
  ['a body shorter than announced', { kind: 'truncated', framing: 'content-length' }, 'unavailable', 3],
  ['chunks without an end', { kind: 'truncated', framing: 'chunked' }, 'unavailable', 3],
  ['text instead of JSON', { kind: 'malformed', body: 'text' }, 'unavailable', 1],
  ['a login page with 200', { kind: 'malformed', body: 'login-page' }, 'unavailable', 1],
  ['gzip that is none', { kind: 'malformed', body: 'false-gzip' }, 'unavailable', 1],
  ['an encoding nobody asked for', { kind: 'malformed', body: 'unknown-encoding' }, 'unavailable', 1],
  ['a gzip bomb', { kind: 'malformed', body: 'gzip-bomb' }, 'limit_exceeded', 1],
  ['an endless body', { kind: 'endless' }, 'limit_exceeded', 1],
  ['a trickle', { kind: 'trickle', everyMs: 20 }, 'timeout', 1],
  ['silence', { kind: 'silence' }, 'timeout', 1],
  ['an answer after the deadline', { kind: 'latency', ms: 60_000 }, 'timeout', 1],
  ['huge headers', { kind: 'huge-headers', bytes: 40_000 }, 'unavailable', 1],
  ['a redirect', { kind: 'redirect', to: 'http://127.0.0.1:9/elsewhere' }, 'unavailable', 1],
  ['400', { kind: 'status', status: 400 }, 'internal', 1],
  ['401', { kind: 'status', status: 401 }, 'denied', 1],
  ['403', { kind: 'status', status: 403 }, 'denied', 1],
  ['404', { kind: 'status', status: 404 }, 'not_found', 1],
  ['407 of something before the system', { kind: 'status', status: 407 }, 'denied', 1],
  ['409', { kind: 'status', status: 409 }, 'conflict', 1],
  ['410', { kind: 'status', status: 410 }, 'not_found', 1],
  ['412', { kind: 'status', status: 412 }, 'conflict', 1],
  ['422', { kind: 'status', status: 422 }, 'internal', 1],
  ['429', { kind: 'status', status: 429 }, 'rate_limited', 3],
  ['500', { kind: 'status', status: 500 }, 'unavailable', 1],
  ['502', { kind: 'status', status: 502 }, 'unavailable', 3],
  ['503', { kind: 'status', status: 503 }, 'unavailable', 3],
  ['504', { kind: 'status', status: 504 }, 'unavailable', 1],
];
/** Short where the deadline is what ends it, ample where it must not be. */
const limitsFor = (code: string) => ({ timeoutMs: code === 'timeout' ? 1_000 : 20_000, maxBytes: 200_000 });

describe.each(table)('%s', (name, fault, code, sent) => {
  const limits = limitsFor(code);

  it(`is ${code} for a read, sent ${sent} times at most`, async () => {
    behind.proxy.play({ fault });
    const error = await refusal(read(limits));
    expect(error.code).toBe(code);
    expect(canariesShown(error)).toEqual([]);
    expect(error.message).toContain(/407/.test(name) ? 'proxy' : 'Prometheus');
    expect(behind.proxy.requests).toHaveLength(sent);
  });

  it('is never repeated for a write', async () => {
    behind.proxy.play({ fault });
    const error = await refusal(change(limits));
    expect(error.code).toBe(code);
    expect(canariesShown(error)).toEqual([]);
    expect(behind.proxy.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"replicas":4}'],
    ]);
  });
});

it('keeps what the system said as the cause, for the audit record alone', async () => {
  behind.proxy.play({ fault: { kind: 'status', status: 500 } });
  const error = await refusal(read());
  expect(problemOf(error)?.status).toBe(500);
  expect(problemOf(error)?.body).toContain(canary.order);
});

it('bounds the text of an error that never ends', async () => {
  behind.proxy.play({ fault: { kind: 'status', status: 500, body: 'x'.repeat(3_000_000) } });
  expect(problemOf(await refusal(read()))?.body).toHaveLength(64 * 1024);
});

describe('a refused connection', () => {
  it('is unavailable and names the address', async () => {
    await behind.proxy.refuse();
    try {
      const error = await refusal(read());
      expect(error.code).toBe('unavailable');
      expect(error.message).toBe(`Prometheus cannot be reached at 127.0.0.1:${behind.proxy.port}.`);
    } finally {
      await behind.proxy.listenAgain();
    }
  });
});

describe('an empty answer', () => {
  it('is unavailable for a read', async () => {
    behind.proxy.play({ fault: { kind: 'malformed', body: 'empty' } });
    expect((await refusal(read())).code).toBe('unavailable');
  });

  it('is an answer for a write', async () => {
    behind.proxy.play({ fault: { kind: 'malformed', body: 'empty' } });
    expect((await client().json(change())).body).toBeUndefined();
  });
});

describe('a redirect', () => {
  it('takes neither question nor credential elsewhere', async () => {
    const elsewhere = await startFaultProxy({ target: behind.server.url });
    try {
      behind.proxy.play({ fault: { kind: 'redirect', to: `${elsewhere.url}/api`, status: 307 } });
      const withToken = openHttp(
        targetAt(behind.proxy.url, { headers: () => ({ authorization: 'Bearer t' }) }),
      );
      await rejection(withToken.json(read()));
      await rejection(withToken.json(change()));
      expect(behind.proxy.requests.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer t',
        'Bearer t',
      ]);
      expect(elsewhere.connections).toBe(0);
    } finally {
      await elsewhere.close();
    }
  });
});

describe('reads are bounded', () => {
  it('stops an endless body after maxBytes', async () => {
    behind.proxy.play({ fault: { kind: 'endless' } });
    const limits = limitsFor('limit_exceeded');
    await refusal(read(limits));
    await behind.proxy.hungUp(1);
    // What was under way in socket buffers is beyond the client.
    expect(behind.proxy.requests[0]?.bytesSent).toBeLessThan(limits.maxBytes + 16_000_000);
  });

  it('does not begin a body that is announced as too long', async () => {
    const large = await goodServer('x'.repeat(40_000_000));
    const before = await startFaultProxy({ target: large.url });
    try {
      const error = await rejection(openHttp(targetAt(before.url)).json(read({ maxBytes: 30_000_000 })));
      expect(error).toMatchObject({ code: 'limit_exceeded', message: expect.stringContaining('29 MiB') });
      await before.hungUp(1);
      // What fits into the buffers of sockets, and not what the bound would let through.
      expect(before.requests[0]?.bytesSent).toBeLessThan(20_000_000);
    } finally {
      await before.close();
      await large.close();
    }
  });
});

describe('a write whose answer was lost', () => {
  it.each([
    [{ kind: 'reset', when: 'before-head' }],
    [{ kind: 'truncated', framing: 'chunked' }],
    [{ kind: 'status', status: 502 }],
    [{ kind: 'silence' }],
    [{ kind: 'malformed', body: 'login-page' }],
  ] as readonly [Fault][])('says that the outcome is not known: %j', async (fault) => {
    behind.proxy.play({ fault });
    const error = await refusal(change({ timeoutMs: 300 }));
    expect(error.details).toEqual({ outcome: 'unknown' });
    expect(error.hint).toContain('Whether the change was made is not known');
  });

  it.each([[409], [403], [429]])('and one that was refused with %i does not', async (status) => {
    behind.proxy.play({ fault: { kind: 'status', status } });
    expect((await refusal(change())).details).toBeUndefined();
  });
});

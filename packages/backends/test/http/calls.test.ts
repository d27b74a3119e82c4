import { createServer } from 'node:http';
import { ToolError } from '@devops-mcp/contract';
import { startFaultProxy } from '@devops-mcp/testing/faults';
import { describe, expect, it, vi } from 'vitest';
import { type HttpRequest, openHttp } from '../../src/http/http-client.js';
import { serverBehindProxy } from './server-behind-proxy.js';
import { atOnce, read, rejection, targetAt } from './target.js';

const behind = serverBehindProxy();

const change = (facts: Partial<HttpRequest> = {}) => read({ method: 'PATCH', body: '{}', ...facts });
const open = (facts: Parameters<typeof openHttp>[1] = {}) =>
  openHttp(targetAt(behind.proxy.url), { ...atOnce, ...facts });

describe('a caller that cancels', () => {
  const reason = new Error('the person has gone');

  it.each([
    ['while waiting for the head', { kind: 'silence' }],
    ['in the middle of the body', { kind: 'trickle', everyMs: 5 }],
    ['while a body pours in', { kind: 'endless' }],
  ] as const)('%s is given its own reason, and the connection ends', async (_, fault) => {
    behind.proxy.play({ fault });
    const caller = new AbortController();
    const asked = rejection(open().json(read({ signal: caller.signal, maxBytes: 1e12 })));
    await behind.proxy.received(1);
    caller.abort(reason);
    expect(await asked).toBe(reason);
    await behind.proxy.hungUp(1);
    expect(behind.proxy.requests).toHaveLength(1);
  });

  it('before anything was asked sends nothing', async () => {
    expect(await rejection(open().json(read({ signal: AbortSignal.abort(reason) })))).toBe(reason);
    expect(behind.proxy.requests).toHaveLength(0);
  });

  it('while a repeat is waited for is not kept waiting', async () => {
    behind.proxy.play({ fault: { kind: 'status', status: 429, retryAfter: '4' } });
    const caller = new AbortController();
    const asked = rejection(open().json(read({ signal: caller.signal })));
    await behind.proxy.received(1);
    caller.abort(reason);
    expect(await asked).toBe(reason);
    expect(behind.proxy.requests).toHaveLength(1);
  });

  it('while its error is being read is given its own reason', async () => {
    // Says 500 and never comes to the end of why.
    const slow = createServer((_, response) => void response.writeHead(500).write('because'));
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const before = await startFaultProxy({
      target: `http://127.0.0.1:${Reflect.get(slow.address() ?? {}, 'port')}`,
    });
    const caller = new AbortController();
    const asked = rejection(openHttp(targetAt(before.url)).json(read({ signal: caller.signal })));
    await vi.waitUntil(() => (before.requests[0]?.bytesSent ?? 0) > 0);
    // The head has left the proxy; a moment later the client has it, and waits for the rest.
    await new Promise((resolve) => setTimeout(resolve, 100));
    caller.abort(reason);
    expect(await asked).toBe(reason);
    await before.close();
    slow.closeAllConnections();
    slow.close();
  });

  it('while waiting for a slot leaves the queue', async () => {
    behind.proxy.play({ path: '/slow', fault: { kind: 'silence' } });
    const http = open({ parallel: 1, longestQueue: 1 });
    const first = new AbortController();
    const busy = rejection(http.json(read({ path: '/slow', signal: first.signal })));
    await behind.proxy.received(1);
    const second = new AbortController();
    const queued = rejection(http.json(read({ signal: second.signal })));
    second.abort(reason);
    expect(await queued).toBe(reason);
    const third = http.json(read());
    first.abort(reason);
    await busy;
    expect((await third).body).toEqual({ status: 'success' });
    expect(behind.proxy.requests.map(({ path }) => path)).toEqual(['/slow', '/api']);
  });

  it('leaves no listener on the signal of the caller', async () => {
    const caller = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = caller.signal;
    caller.signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      listeners += 1;
      return addEventListener.apply(caller.signal, given);
    };
    caller.signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      return removeEventListener.apply(caller.signal, given);
    };
    const http = open();
    await http.json(read({ signal: caller.signal }));
    const { chunks } = await http.stream(read({ signal: caller.signal }));
    for await (const _ of chunks);
    behind.proxy.play({ fault: { kind: 'status', status: 500 } });
    await rejection(http.json(read({ signal: caller.signal })));
    expect(listeners).toBe(0);
  });
});

describe('reads are tried again', () => {
  it('after a reset, and answer then', async () => {
    behind.proxy.play({ nth: [1, 2], fault: { kind: 'reset', when: 'before-head' } });
    expect((await open().json(read())).body).toEqual({ status: 'success' });
    expect(behind.proxy.requests).toHaveLength(3);
  });

  it('as POST, when it is said to read only', async () => {
    behind.proxy.play({ nth: 1, fault: { kind: 'status', status: 503 } });
    await open().json(read({ method: 'POST', body: '{}', reads: true }));
    expect(behind.proxy.requests.map(({ method, fault }) => [method, fault])).toEqual([
      ['POST', 'status'],
      ['POST', 'none'],
    ]);
  });

  it('no sooner than the system asks: a wait beyond the deadline is left to the caller', async () => {
    behind.proxy.play({ fault: { kind: 'status', status: 429, retryAfter: '3' } });
    const error = await rejection(open().json(read({ timeoutMs: 1_000 })));
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 3 });
    expect(behind.proxy.requests).toHaveLength(1);
  });

  it('not after a wait that is longer than five seconds', async () => {
    behind.proxy.play({ fault: { kind: 'status', status: 503, retryAfter: '6' } });
    const error = await rejection(open().json(read({ timeoutMs: 600_000 })));
    expect(error).toMatchObject({ code: 'unavailable', retryAfterSeconds: 6 });
    expect(behind.proxy.requests).toHaveLength(1);
  });

  it('after a date too', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    behind.proxy.play({ fault: { kind: 'status', status: 503, retryAfter: inAnHour } });
    const error = await rejection(open().json(read()));
    expect(error).toBeInstanceOf(ToolError);
    expect(Math.round(Number(Reflect.get(Object(error), 'retryAfterSeconds')) / 60)).toBe(60);
  });

  it.each([
    ['999999999', 86_400],
    ['soon: canary', undefined],
    ['-5', undefined],
  ])('and %j is taken for what it is worth', async (retryAfter, seconds) => {
    behind.proxy.play({ fault: { kind: 'status', status: 429, retryAfter } });
    const error = await rejection(open({ attempts: 1 }).json(read()));
    expect(Reflect.get(Object(error), 'retryAfterSeconds')).toBe(seconds);
  });

  it('within the deadline of the call as a whole', async () => {
    // Each attempt alone stays within the deadline, three of them do not.
    behind.proxy.play(
      { nth: 1, fault: { kind: 'status', status: 503, retryAfter: '1' } },
      { fault: { kind: 'silence' } },
    );
    const error = await rejection(open().json(read({ timeoutMs: 2_500 })));
    expect(error).toMatchObject({ code: 'timeout', message: 'Prometheus did not answer within 2.5 s.' });
    expect(behind.proxy.requests.map(({ fault }) => fault)).toEqual(['status', 'silence']);
  });
});

describe('connections', () => {
  it('are kept between reads', async () => {
    const http = open();
    const before = behind.proxy.connections;
    await http.json(read());
    await http.json(read());
    for await (const _ of (await http.stream(read())).chunks);
    await http.json(read());
    expect(behind.proxy.connections - before).toBe(1);
    http.close();
  });

  it('that were reset while they were kept cost a read nothing', async () => {
    const http = open();
    await Promise.all([http.json(read()), http.json(read()), http.json(read())]);
    behind.proxy.resetIdle();
    expect((await http.json(read())).body).toEqual({ status: 'success' });
    http.close();
  });

  it('are never kept ones for a write, which could not tell whether it arrived', async () => {
    const http = open();
    await http.json(read());
    const before = behind.proxy.connections;
    await http.json(change());
    expect(behind.proxy.connections - before).toBe(1);
    http.close();
  });

  it('end with the client, and what is under way with them', async () => {
    behind.proxy.play({ fault: { kind: 'silence' } });
    const http = open();
    const asked = rejection(http.json(read()));
    await behind.proxy.received(1);
    http.close();
    expect(await asked).toMatchObject({ code: 'unavailable' });
    await behind.proxy.hungUp(1);
    expect(await rejection(http.json(read()))).toMatchObject({ code: 'unavailable' });
    expect(behind.proxy.requests).toHaveLength(1);
  });
});

describe('streams', () => {
  it('may take longer than the limit as long as something comes', async () => {
    behind.proxy.play({ fault: { kind: 'trickle', everyMs: 20 } });
    const { chunks } = await open().stream(read({ timeoutMs: 1_000 }));
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > 80) break;
    }
    await behind.proxy.hungUp(1);
    expect(bytes).toBeGreaterThan(80);
  });

  it('do not count the time their reader takes as silence', async () => {
    const { chunks } = await open().stream(read({ timeoutMs: 1_000 }));
    const seen: string[] = [];
    for await (const chunk of chunks) {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      seen.push(chunk.toString());
    }
    expect(seen.join('')).toBe('{"status":"success"}');
  });

  it('end with the limit when nobody reads them, and make room', async () => {
    behind.proxy.play({ nth: 1, fault: { kind: 'endless' } });
    const http = open({ parallel: 1 });
    await http.stream(read({ timeoutMs: 1_000 }));
    expect((await http.json(read())).body).toEqual({ status: 'success' });
    await behind.proxy.hungUp(1);
  });

  it('that break off are unavailable, and hold no upstream text', async () => {
    behind.proxy.play({ fault: { kind: 'reset', when: 'in-body' } });
    const { chunks } = await open().stream(read());
    const all = async () => {
      for await (const _ of chunks);
    };
    expect(await rejection(all())).toMatchObject({
      code: 'unavailable',
      message: 'Prometheus broke off in the middle of its answer.',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { openHttp } from '../../src/http/http-client.js';
import { serverBehindProxy } from './server-behind-proxy.js';
import { atOnce, read, rejection, targetAt } from './target.js';

const behind = serverBehindProxy();

const open = (facts: Parameters<typeof openHttp>[1] = {}) =>
  openHttp(targetAt(behind.proxy.url), { ...atOnce, ...facts });

describe('many calls at once', () => {
  it('wait for a slot, and those that find the queue full are rate_limited', async () => {
    behind.proxy.play({ nth: [1, 2], fault: { kind: 'silence' } });
    const http = open({ parallel: 2, longestQueue: 1 });
    const caller = new AbortController();
    const busy = [1, 2].map(() => rejection(http.json(read({ signal: caller.signal }))));
    await behind.proxy.received(2);
    const queued = http.json(read());
    expect(await rejection(http.json(read()))).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 });
    caller.abort();
    await Promise.all(busy);
    expect((await queued).body).toEqual({ status: 'success' });
    expect(behind.proxy.requests).toHaveLength(3);
  });
});

describe('a system that keeps failing', () => {
  const failing = { attempts: 1, failuresToOpen: 3 };

  it('is left alone after calls in a row that failed, and probed by one call later', async () => {
    let now = 0;
    const http = open({ ...failing, openMs: 10_000, now: () => now });
    behind.proxy.play({ fault: { kind: 'status', status: 503 } });
    for (let call = 0; call < 3; call += 1) await rejection(http.json(read()));
    expect(await rejection(http.json(read()))).toMatchObject({
      code: 'unavailable',
      message: 'Prometheus failed 3 times in a row and is not asked for a moment.',
      retryAfterSeconds: 10,
    });
    expect(behind.proxy.requests).toHaveLength(3);

    now = 10_000;
    const probes = await Promise.all([rejection(http.json(read())), rejection(http.json(read()))]);
    expect(behind.proxy.requests).toHaveLength(4);
    expect(probes.map((error) => Reflect.get(Object(error), 'message'))).toEqual([
      'Prometheus failed to answer (503).',
      'Prometheus failed 3 times in a row and is not asked for a moment.',
    ]);

    now = 20_000;
    behind.proxy.play();
    await http.json(read());
    await http.json(read());
    expect(behind.proxy.requests).toHaveLength(6);
  });

  it.each([
    ['an answer between them', { kind: 'status', status: 404 }],
    ['a refusal', { kind: 'status', status: 403 }],
    ['too many requests', { kind: 'status', status: 429 }],
    ['a web page', { kind: 'malformed', body: 'login-page' }],
  ] as const)('is not one that gives %s', async (_, fault) => {
    behind.proxy.play({ nth: [1, 2, 4, 5], fault: { kind: 'status', status: 503 } }, { fault });
    const http = open(failing);
    for (let call = 0; call < 5; call += 1) await rejection(http.json(read()));
    await rejection(http.json(read()));
    expect(behind.proxy.requests).toHaveLength(6);
  });

  it('is probed again when the caller of a probe cancels, which tells nothing', async () => {
    let now = 0;
    const http = open({ attempts: 1, failuresToOpen: 2, now: () => now });
    behind.proxy.play(
      { path: '/slow', fault: { kind: 'silence' } },
      { nth: [1, 2, 3], fault: { kind: 'status', status: 503 } },
    );
    await rejection(http.json(read()));
    await rejection(http.json(read()));
    now = 1e9;
    const caller = new AbortController();
    const probe = rejection(http.json(read({ path: '/slow', signal: caller.signal })));
    await behind.proxy.received(3);
    caller.abort();
    await probe;
    await rejection(http.json(read()));
    // That was the probe: one failure is enough.
    expect(await rejection(http.json(read()))).toMatchObject({ retryAfterSeconds: 10 });
    expect(behind.proxy.requests).toHaveLength(4);
  });

  it.each([
    ['gives no answer in time', { kind: 'silence' }],
    ['drops connections', { kind: 'reset', when: 'before-head' }],
    ['has something before it that waits in vain', { kind: 'status', status: 504 }],
  ] as const)('is one that %s', async (_, fault) => {
    behind.proxy.play({ fault });
    const http = open(failing);
    for (let call = 0; call < 3; call += 1) await rejection(http.json(read({ timeoutMs: 500 })));
    expect(await rejection(http.json(read()))).toMatchObject({ retryAfterSeconds: 10 });
    expect(behind.proxy.requests).toHaveLength(3);
  });

  it('is known to one client, since another may have another way to it', async () => {
    behind.proxy.play({ nth: 1, fault: { kind: 'status', status: 503 } });
    await rejection(open({ attempts: 1, failuresToOpen: 1 }).json(read()));
    expect((await open().json(read())).body).toEqual({ status: 'success' });
  });
});

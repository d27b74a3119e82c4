import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConnectProxy,
  type ConnectProxySettings,
  canariesShown,
  createAuthority,
  type FaultProxy,
  startConnectProxy,
  startFaultProxy,
} from '@devops-mcp/testing/faults';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { closedAfterEach, goodServer, read, rejection } from './target.js';

const name = 'prometheus.internal.example.com';
const authority = createAuthority('Private authority');
let folder: string;
let caFile: string;
let server: Awaited<ReturnType<typeof goodServer>>;
let plain: FaultProxy;
let encrypted: FaultProxy;
const { client, open } = closedAfterEach();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-'));
  caFile = join(folder, 'authority.pem');
  await writeFile(caFile, authority.certificate);
  server = await goodServer();
  plain = await startFaultProxy({ target: server.url });
  encrypted = await startFaultProxy({ target: server.url, tls: authority.issue([name, '127.0.0.1']) });
});
afterAll(async () => {
  await Promise.all([plain.close(), encrypted.close(), server.close()]);
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  for (const one of [plain, encrypted]) {
    one.play();
    one.forget();
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function connectProxy(facts: ConnectProxySettings = {}): Promise<ConnectProxy> {
  const proxy = await startConnectProxy({ hosts: { [name]: encrypted.port }, ...facts });
  open.push(proxy);
  return proxy;
}

/** The same proxy with user and password in its address. */
function withUser(proxy: ConnectProxy, user: string): string {
  return proxy.url.replace('://', `://${user}@`);
}

describe('a proxy', () => {
  it('carries HTTPS by name, which nobody but the proxy resolves', async () => {
    const proxy = await connectProxy();
    const http = client(`https://${name}`, { proxy: proxy.url, caFile });
    expect((await http.json(read())).body).toEqual({ status: 'success' });
    expect(proxy.targets).toEqual([`${name}:443`]);
    expect(encrypted.requests[0]?.headers.host).toBe(name);
  });

  it('carries plain HTTP in a tunnel too, so that it sees no path and no credential', async () => {
    const proxy = await connectProxy({ hosts: { [name]: plain.port } });
    const headers = () => ({ authorization: 'Bearer t' });
    await client(`http://${name}:9090`, { proxy: proxy.url }, { headers }).json(read());
    expect(proxy.targets).toEqual([`${name}:9090`]);
    expect(proxy.plainRequests).toBe(0);
    expect(plain.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('keeps its tunnel for the next read', async () => {
    const proxy = await connectProxy();
    const http = client(`https://${name}`, { proxy: proxy.url, caFile });
    await http.json(read());
    await http.json(read());
    expect(proxy.targets).toHaveLength(1);
  });

  it('does not lower what is asked of the certificate behind it', async () => {
    const proxy = await connectProxy({
      hosts: { [name]: encrypted.port, 'other.example.com': encrypted.port },
    });
    expect(await rejection(client(`https://${name}`, { proxy: proxy.url }).json(read()))).toMatchObject({
      message: 'The certificate of Prometheus is not trusted here.',
    });
    const other = client('https://other.example.com', { proxy: proxy.url, caFile });
    expect(await rejection(other.json(read()))).toMatchObject({
      message: 'The certificate of Prometheus is not for other.example.com.',
    });
    expect(encrypted.requests).toHaveLength(0);
  });

  it('is itself reached over TLS, and then needs a certificate that is trusted', async () => {
    const proxy = await connectProxy({ tls: authority.issue('127.0.0.1') });
    const address = `https://${name}`;
    expect((await client(address, { proxy: proxy.url, caFile }).json(read())).status).toBe(200);
    const own = { tls: { ca: authority.certificate } };
    expect(await rejection(client(address, { proxy: proxy.url }, own).json(read()))).toMatchObject({
      code: 'unavailable',
      message: 'The certificate of the proxy is not trusted here.',
      hint: 'Name its authority in network.caFile.',
    });
    expect(proxy.targets).toHaveLength(1);
  });

  it('is given user and password of its address, with what was escaped in them', async () => {
    const proxy = await connectProxy({ auth: { user: 'suite', password: 'p@ss:1' } });
    const network = { proxy: withUser(proxy, 'suite:p%40ss%3A1'), caFile };
    expect((await client(`https://${name}`, network).json(read())).status).toBe(200);
  });

  it.each([
    ['without credentials', ''],
    ['with wrong ones', 'suite:canary-s3cr3t-8d1f27'],
  ])('that wants credentials denies a client %s', async (_, user) => {
    const proxy = await connectProxy({ auth: { user: 'suite', password: 'right' } });
    const network = { proxy: user === '' ? proxy.url : withUser(proxy, user), caFile };
    const error = await rejection(client(`https://${name}`, network).json(read()));
    expect(error).toMatchObject({
      code: 'denied',
      message: 'The proxy on the way to Prometheus did not accept the credential for it.',
      hint: 'Check the user and password in network.proxy.',
    });
    expect(canariesShown(error)).toEqual([]);
  });

  it.each([
    [403, 'denied', 'The proxy does not open connections to Prometheus.'],
    [405, 'denied', 'The proxy does not open connections to Prometheus.'],
    [502, 'unavailable', 'The proxy could not reach Prometheus (502).'],
    [503, 'unavailable', 'The proxy could not reach Prometheus (503).'],
  ])('that answers %i gives %s', async (answer, code, message) => {
    const proxy = await connectProxy({ answer });
    const error = await rejection(client(`https://${name}`, { proxy: proxy.url, caFile }).json(read()));
    expect(error).toMatchObject({ code, message, hint: expect.stringContaining('network.noProxy') });
    expect(canariesShown(error)).toEqual([]);
  });

  it('that says nothing is a timeout, and is not kept waiting', async () => {
    const proxy = await connectProxy({ answer: 'nothing' });
    const http = client(`https://${name}`, { proxy: proxy.url, caFile });
    expect(await rejection(http.json(read({ timeoutMs: 1_000 })))).toMatchObject({ code: 'timeout' });
    await proxy.abandoned(1);
  });

  it('that says nothing is left when the caller cancels', async () => {
    const proxy = await connectProxy({ answer: 'nothing' });
    const caller = new AbortController();
    const reason = new Error('gone');
    const http = client(`https://${name}`, { proxy: proxy.url, caFile });
    const asked = rejection(http.json(read({ signal: caller.signal })));
    await vi.waitUntil(() => proxy.targets.length === 1);
    caller.abort(reason);
    expect(await asked).toBe(reason);
    await proxy.abandoned(1);
  });

  it('that is not there is unavailable, and its password is not shown', async () => {
    const gone = await startConnectProxy();
    await gone.close();
    const network = { proxy: withUser(gone, 'suite:canary-s3cr3t-8d1f27') };
    const error = await rejection(client(`https://${name}`, network).json(read()));
    expect(error).toMatchObject({ code: 'unavailable', message: 'The proxy cannot be reached.' });
    expect(canariesShown(error)).toEqual([]);
  });

  it.each(['socks5://proxy.example.com', 'http://u:%E0%A4%A@proxy.example.com'])(
    'that cannot be one stops at once: %s',
    (proxy) => {
      expect(() => client(`https://${name}`, { proxy })).toThrow(
        'network.proxy is not the address of an HTTP proxy.',
      );
    },
  );

  it('is left out for what noProxy names and for loopback', async () => {
    const proxy = await connectProxy();
    await client(encrypted.url, { proxy: proxy.url, caFile }).json(read());
    const named = client(`https://${name}`, { proxy: proxy.url, caFile, noProxy: ['internal.example.com'] });
    // Only the proxy knows this name, and it is not asked; how long a resolver takes to say so differs.
    await rejection(named.json(read({ timeoutMs: 2_000 })));
    expect(proxy.targets).toEqual([]);
  });

  it('of the environment is not read: one file decides', async () => {
    const proxy = await connectProxy();
    for (const variable of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'ALL_PROXY']) {
      vi.stubEnv(variable, proxy.url);
    }
    await client(encrypted.url, { caFile }).json(read());
    await rejection(client(`https://${name}`, { caFile }).json(read({ timeoutMs: 2_000 })));
    expect(proxy.targets).toEqual([]);

    vi.stubEnv('NO_PROXY', '*');
    await client(`https://${name}`, { proxy: proxy.url, caFile }).json(read());
    expect(proxy.targets).toEqual([`${name}:443`]);
  });

  it('is asked once for a write', async () => {
    const proxy = await connectProxy();
    encrypted.play({ fault: { kind: 'reset', when: 'before-head' } });
    const http = client(`https://${name}`, { proxy: proxy.url, caFile });
    await rejection(http.json(read({ method: 'POST', body: '{}' })));
    expect([proxy.targets.length, encrypted.requests.length]).toEqual([1, 1]);
  });
});

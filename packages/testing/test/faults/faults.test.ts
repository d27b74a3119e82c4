import { createPrivateKey, X509Certificate } from 'node:crypto';
import http from 'node:http';
import { ToolError } from '@devops-mcp/contract';
import { afterEach, describe, expect, it } from 'vitest';
import {
  canariesShown,
  canary,
  createAuthority,
  type FaultRule,
  startConnectProxy,
  startFaultProxy,
} from '../../src/faults/index.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function proxyBefore(...rules: FaultRule[]) {
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(201, { 'x-made-by': 'server' }).end(`${request.method} ${request.url} ${body}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  const proxy = await startFaultProxy({
    target: `http://127.0.0.1:${Reflect.get(server.address() ?? {}, 'port')}`,
    rules,
  });
  open.push(proxy);
  return proxy;
}

describe('the fault proxy', () => {
  it('hands on what no rule matches, as it is', async () => {
    const proxy = await proxyBefore({ path: '/other', fault: { kind: 'silence' } });
    const answer = await fetch(`${proxy.url}/a?b=%2F`, { method: 'PUT', body: 'c' });
    expect([answer.status, answer.headers.get('x-made-by'), await answer.text()]).toEqual([
      201,
      'server',
      'PUT /a?b=%2F c',
    ]);
    expect(proxy.requests).toMatchObject([{ method: 'PUT', path: '/a?b=%2F', body: 'c', fault: 'none' }]);
  });

  it('plays the first rule that matches, and counts for each', async () => {
    const proxy = await proxyBefore(
      { method: 'POST', nth: [2, 3], fault: { kind: 'status', status: 409 } },
      { path: /^\/b\?/, fault: { kind: 'status', status: 404, retryAfter: '7' } },
    );
    const statuses = [];
    for (const path of ['/a', '/a', '/b?c', '/a']) {
      statuses.push((await fetch(`${proxy.url}${path}`, { method: 'POST' })).status);
    }
    const other = await fetch(`${proxy.url}/b?c`);
    expect(statuses).toEqual([201, 409, 409, 201]);
    expect([other.status, other.headers.get('retry-after')]).toEqual([404, '7']);
    expect(await other.text()).toContain(canary.order);
  });

  it('tells a client that hung up from a connection that the fault ended', async () => {
    const proxy = await proxyBefore(
      { path: '/trickle', fault: { kind: 'trickle', everyMs: 5 } },
      { path: '/reset', fault: { kind: 'reset', when: 'in-body' } },
      { path: '/short', fault: { kind: 'truncated', framing: 'content-length' } },
    );
    for (const path of ['/reset', '/short']) {
      await expect(fetch(`${proxy.url}${path}`).then((answer) => answer.text())).rejects.toThrow();
    }
    const leaving = new AbortController();
    await fetch(`${proxy.url}/trickle`, { signal: leaving.signal });
    leaving.abort();
    await proxy.hungUp(1);
    expect(proxy.requests.map(({ path, hungUp }) => [path, hungUp])).toEqual([
      ['/reset', false],
      ['/short', false],
      ['/trickle', true],
    ]);
  });

  it('refuses connections and takes them again at the same address', async () => {
    const proxy = await proxyBefore();
    await proxy.refuse();
    await expect(fetch(proxy.url)).rejects.toThrow();
    await proxy.listenAgain();
    expect((await fetch(proxy.url)).status).toBe(201);
  });
});

describe('the canary', () => {
  it('is found wherever a caller could see it', () => {
    const found = [canary.secret];
    expect(canariesShown(new Error(`x ${canary.secret} y`))).toEqual(found);
    expect(canariesShown(new ToolError('internal', 'm', { hint: canary.secret }))).toEqual(found);
    expect(canariesShown(new ToolError('internal', 'm', { details: { a: [canary.secret] } }))).toEqual(found);
  });

  it('is not looked for in the cause', () => {
    expect(canariesShown(new ToolError('internal', 'm', { cause: new Error(canary.secret) }))).toEqual([]);
  });
});

describe('the authority', () => {
  it('issues what it vouches for, and another does not', () => {
    const authority = createAuthority('One');
    const leaf = new X509Certificate(authority.issue(['a.example.com', '127.0.0.1']).certificate);
    const root = new X509Certificate(authority.certificate);
    expect(root.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.subjectAltName).toBe('DNS:a.example.com, IP Address:127.0.0.1');
    expect(leaf.checkIssued(root) && leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.verify(new X509Certificate(createAuthority('One').certificate).publicKey)).toBe(false);
  });

  it('issues keys that belong to their certificates', () => {
    const { certificate, key } = createAuthority().issue('127.0.0.1');
    expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).toBe(true);
  });
});

describe('the CONNECT proxy', () => {
  it('answers nothing but CONNECT', async () => {
    const proxy = await startConnectProxy();
    open.push(proxy);
    expect((await fetch(`${proxy.url}/x`)).status).toBe(405);
    expect([proxy.plainRequests, proxy.targets]).toEqual([1, []]);
  });
});

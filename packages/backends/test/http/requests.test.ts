import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { ToolError } from '@devops-mcp/contract';
import { canariesShown, canary } from '@devops-mcp/testing/faults';
import { describe, expect, it } from 'vitest';
import { openHttp } from '../../src/http/http-client.js';
import { serverBehindProxy } from './server-behind-proxy.js';
import { read, rejection, targetAt } from './target.js';

const behind = serverBehindProxy();

describe('addresses', () => {
  it('keep the path of the target and take the query of the request', async () => {
    const http = openHttp(targetAt(`${behind.proxy.url}/prefix/?tenant=a`));
    await http.json(read({ query: { match: ['{job="a"}', 'b&c'], limit: 5, left: undefined } }));
    expect(behind.proxy.requests[0]?.path).toBe(
      '/prefix/api?tenant=a&match=%7Bjob%3D%22a%22%7D&match=b%26c&limit=5',
    );
  });

  it.each(['/api/../secrets', '/api/%2e%2E/secrets', '/api/..\\secrets', '/.', 'api', '//../x'])(
    'never leave what the target names: %s',
    async (path) => {
      const error = await rejection(openHttp(targetAt(behind.proxy.url)).json(read({ path })));
      expect(error).toMatchObject({ code: 'invalid_input' });
      expect(behind.proxy.requests).toHaveLength(0);
    },
  );

  it('stay on the origin even when a path looks like another', async () => {
    await openHttp(targetAt(behind.proxy.url)).json(read({ path: '//evil.example.com/x' }));
    expect(behind.proxy.requests.map(({ path }) => path)).toEqual(['//evil.example.com/x']);
  });

  it.each(['http://user:s3cret@127.0.0.1:1/', 'ftp://127.0.0.1/'])('refuses %s', (address) => {
    const open = () => openHttp(targetAt(address));
    expect(open).toThrow(ToolError);
    expect(open).not.toThrow(/s3cret/);
  });
});

describe('answers', () => {
  it('are asked for packed and unpacked', async () => {
    const seen: unknown[] = [];
    const packing = createServer((request, response) => {
      seen.push(request.headers['accept-encoding']);
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'GZIP' });
      response.end(gzipSync(JSON.stringify({ status: 'success', filler: 'x'.repeat(100_000) })));
    });
    await new Promise<void>((resolve) => packing.listen(0, '127.0.0.1', resolve));
    const http = openHttp(targetAt(`http://127.0.0.1:${Reflect.get(packing.address() ?? {}, 'port')}`));
    expect((await http.json(read())).body).toMatchObject({ status: 'success' });
    // The bound is on what comes out, not on what is sent.
    expect(await rejection(http.json(read({ maxBytes: 50_000 })))).toMatchObject({ code: 'limit_exceeded' });
    expect(seen).toEqual(['gzip', 'gzip']);
    http.close();
    packing.close();
    packing.closeAllConnections();
  });
});

describe('credentials', () => {
  it('are asked for each time, so that a renewed one is used', async () => {
    const tokens = ['1', '2'];
    const headers = async () => ({ authorization: `Bearer ${tokens.shift()}` });
    const http = openHttp(targetAt(behind.proxy.url, { headers }));
    await http.json(read());
    await http.json(read());
    expect(behind.proxy.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer 1',
      'Bearer 2',
    ]);
  });

  it('with a line break are denied without being shown or sent', async () => {
    const http = openHttp(
      targetAt(behind.proxy.url, {
        headers: () => ({ authorization: `Bearer ${canary.secret}\n` }),
        credentialSetting: 'environments.production.ports.metrics.credential',
      }),
    );
    const error = await rejection(http.json(read()));
    expect(error).toMatchObject({
      code: 'denied',
      hint: expect.stringContaining('environments.production.ports.metrics.credential'),
    });
    expect(canariesShown(error)).toEqual([]);
    expect(behind.proxy.requests).toHaveLength(0);
  });

  it('that cannot be had are denied, and what went wrong there is not shown', async () => {
    const headers = () => Promise.reject(new Error(`vault says ${canary.secret}`));
    const error = await rejection(openHttp(targetAt(behind.proxy.url, { headers })).json(read()));
    expect(error).toMatchObject({ code: 'denied' });
    expect(canariesShown(error)).toEqual([]);
  });

  it('whose source says itself what is wrong are reported so', async () => {
    const own = new ToolError('denied', 'The environment variable TOKEN is not set.');
    const headers = () => {
      throw own;
    };
    expect(await rejection(openHttp(targetAt(behind.proxy.url, { headers })).json(read()))).toBe(own);
  });

  it('that never come are a timeout', async () => {
    const headers = () => new Promise<Record<string, string>>(() => undefined);
    const error = await rejection(
      openHttp(targetAt(behind.proxy.url, { headers })).json(read({ timeoutMs: 100 })),
    );
    expect(error).toMatchObject({ code: 'timeout' });
  });

  it('that are refused name the setting, the permission, or both', async () => {
    const http = openHttp(targetAt(behind.proxy.url, { credentialSetting: 'ports.metrics.credential' }));
    behind.proxy.play(
      { nth: 1, fault: { kind: 'status', status: 401 } },
      { fault: { kind: 'status', status: 403 } },
    );
    const needs = 'the role monitoring.viewer';
    expect(await rejection(http.json(read({ needs })))).toMatchObject({
      code: 'denied',
      hint: 'Check ports.metrics.credential. It needs the role monitoring.viewer.',
    });
    expect(await rejection(http.json(read({ needs })))).toMatchObject({
      code: 'denied',
      hint: 'The credential needs the role monitoring.viewer.',
    });
  });
});

import { request } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLegacySessions } from '../../src/http/legacy-sessions.js';
import { type Listening, serveHttp } from '../../src/http/serve-http.js';
import { openSample, type Sample } from '../fixture/sample-server.js';

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

describe('serveHttp', () => {
  let sample: Sample;
  let listening: Listening;
  beforeEach(async () => {
    sample = await openSample({ transport: 'streamable-http' });
    listening = await serveHttp(sample.server.factory, { host: '127.0.0.1', port: 0, onError: () => {} });
  });
  afterEach(async () => {
    await listening.close();
    await sample.close();
  });

  it.each([['auto'], ['legacy']] as const)('serves clients in %s mode', async (mode) => {
    const client = new Client(
      { name: 'test', version: '1' },
      mode === 'auto' ? { versionNegotiation: { mode: 'auto' } } : {},
    );
    await client.connect(new StreamableHTTPClientTransport(new URL(listening.url)));
    const result = await client.callTool({ name: 'list_books', arguments: { environment: 'staging' } });
    expect(result.structuredContent).toMatchObject({ books: ['emma', 'ulysses'] });
    await client.close();
    expect(await sample.records()).toMatchObject([{ server: { transport: 'streamable-http' } }]);
  });

  it('refuses what a web page of another origin sends', async () => {
    const url = new URL(listening.url);
    const status = (more: Record<string, string>) =>
      new Promise<number | undefined>((done, reject) => {
        const sent = request(url, { method: 'POST', headers: { ...headers, ...more } }, (response) => {
          response.resume();
          done(response.statusCode);
        });
        sent.on('error', reject);
        sent.end(JSON.stringify(initialize));
      });
    expect(await status({})).toBe(200);
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
    expect(await status({ host: 'evil.example' })).toBe(403);
  });

  it('refuses actions, since nobody is authenticated', async () => {
    const client = new Client({ name: 'test', version: '1' }, {});
    await client.connect(new StreamableHTTPClientTransport(new URL(listening.url)));
    const result = await client.callTool({ name: 'propose_remove_book', arguments: {} });
    expect(JSON.stringify(result)).toMatch(/not served: over HTTP without authentication only reads/);
    await client.close();
  });

  it('says when the address is taken', async () => {
    const port = Number(new URL(listening.url).port);
    const again = serveHttp(sample.server.factory, { host: '127.0.0.1', port, onError: () => {} });
    await expect(again).rejects.toThrow(/is it taken\?/);
  });
});

describe('legacy sessions', () => {
  let sample: Sample;
  beforeEach(async () => {
    sample = await openSample();
  });
  afterEach(() => sample.close());
  const post = (id?: string) =>
    new Request('http://127.0.0.1/mcp', {
      method: 'POST',
      headers: id === undefined ? headers : { ...headers, 'mcp-session-id': id },
      body: JSON.stringify(id === undefined ? initialize : { jsonrpc: '2.0', id: 2, method: 'ping' }),
    });

  it('are capped, and idle ones end', async () => {
    let now = 0;
    const sessions = createLegacySessions(sample.server.factory, () => now);
    const first = (await sessions.handle(post())).headers.get('mcp-session-id') ?? '';
    for (let count = 1; count < 64; count += 1) await sessions.handle(post());
    expect((await sessions.handle(post())).status).toBe(503);
    expect((await sessions.handle(post(first))).status).toBe(200);
    now = 31 * 60_000;
    expect((await sessions.handle(post())).status).toBe(200);
    expect((await sessions.handle(post(first))).status).toBe(404);
    await sessions.close();
  });
});

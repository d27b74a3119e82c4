import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConformanceServer, startConformanceServer } from '../src/protocol.js';

describe('the fixture server', () => {
  let server: ConformanceServer;
  let client: Client;
  beforeAll(async () => {
    server = await startConformanceServer();
    client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  it('leaves typed binary content as it is', async () => {
    const { content } = await client.callTool({ name: 'test_image_content', arguments: {} });
    expect(content).toMatchObject([{ type: 'image', mimeType: 'image/png' }]);
    const [image] = content;
    const bytes = Buffer.from(image?.type === 'image' ? image.data : '', 'base64');
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  });

  it('refuses what it does not have', async () => {
    await expect(client.callTool({ name: 'absent', arguments: {} })).rejects.toMatchObject({ code: -32602 });
  });
});

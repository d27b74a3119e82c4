import { Server } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { connectInProcess } from '../src/protocol.js';

const factory = () => {
  const server = new Server({ name: 'tiny', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({
    tools: [{ name: 'one', inputSchema: { type: 'object' } }],
  }));
  return server;
};

describe.each(['modern', 'legacy'] as const)('connectInProcess in the %s era', (era) => {
  it('speaks to a server without sockets', async () => {
    const { client, close } = await connectInProcess(factory, { era });
    expect((await client.listTools()).tools).toMatchObject([{ name: 'one' }]);
    expect(client.getNegotiatedProtocolVersion()).toBe(era === 'modern' ? '2026-07-28' : '2025-11-25');
    await close();
  });
});

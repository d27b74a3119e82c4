// What the protocol's SDK costs by itself: one server, one tool with an output schema, nothing else.
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const input = z.strictObject({ text: z.string().max(200).describe('Text that comes back') });
const output = z.object({ text: z.string(), length: z.number() });

serveStdio(() => {
  const server = new McpServer({ name: 'bare', title: 'Bare', version: '0.1.0' });
  server.registerTool(
    'echo_text',
    { title: 'Echo text', description: 'Gives a text back.', inputSchema: input, outputSchema: output },
    async ({ text }) => {
      const structuredContent = { text, length: text.length };
      return { content: [{ type: 'text', text }], structuredContent };
    },
  );
  return server;
});
process.stdin.once('end', () => process.exit());

// A server for the test of the harness: it answers at once, fails on request, and writes a line that is no message.
import { createInterface } from 'node:readline';

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
process.stdout.write('started\n');
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  if (method === 'initialize')
    send({
      id,
      result: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'fake', version: '1' },
      },
    });
  else if (method === 'tools/list')
    send({ id, result: { tools: [{ name: 'say', inputSchema: { type: 'object' } }] } });
  else if (method === 'tools/call') {
    const { text, fails = false } = params.arguments;
    send({ id, result: { isError: fails, content: [{ type: 'text', text }] } });
  } else send({ id, result: {} });
});
process.stdin.once('end', () => process.exit());

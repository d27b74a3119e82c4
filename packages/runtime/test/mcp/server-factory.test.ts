import { Client, InMemoryTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSample, type Sample } from '../fixture/sample-server.js';

const eras = ['modern', 'legacy'] as const;

async function connect(sample: Sample, era: (typeof eras)[number], answer?: () => Record<string, unknown>) {
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    {
      capabilities: answer ? { elicitation: {} } : {},
      ...(era === 'modern' ? { versionNegotiation: { mode: 'auto' } } : {}),
    },
  );
  if (answer) client.setRequestHandler('elicitation/create', () => answer() as { action: 'accept' });
  if (era === 'legacy') {
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await (await sample.server.factory({ era })).connect(theirs);
    await client.connect(ours);
  } else {
    const handler = createMcpHandler(sample.server.factory, { legacy: 'reject' });
    const fetch: typeof globalThis.fetch = (url, init) => handler.fetch(new Request(url, init));
    await client.connect(
      new StreamableHTTPClientTransport(new URL('http://in-process.local/mcp'), { fetch }),
    );
  }
  return client;
}

const textOf = (result: { content: readonly { type: string; text?: string }[] }) =>
  result.content[0]?.text ?? '';

describe.each(eras)('a server on %s connections', (era) => {
  let sample: Sample;
  beforeEach(async () => {
    sample = await openSample();
  });
  afterEach(() => sample.close());

  it('publishes reads as they are and actions as proposals alone', async () => {
    const client = await connect(sample, era);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'list_books',
      'wait_forever',
      'break_down',
      'propose_remove_book',
      'execute_proposal',
      'get_proposal',
      'list_proposals',
      'cancel_proposal',
    ]);
    const [read, , , propose, execute] = tools;
    expect(read).toMatchObject({
      title: 'Books',
      inputSchema: { additionalProperties: false, required: ['environment'] },
      outputSchema: { type: 'object' },
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
      _meta: { 'io.github.devops-mcp/risk-tier': 1 },
    });
    expect(propose?.inputSchema.required).toEqual(['environment', 'book', 'reason']);
    expect(propose?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: false });
    expect(execute?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true });
  });

  it('answers with text beside structured content and reports progress', async () => {
    const client = await connect(sample, era);
    const seen: number[] = [];
    const result = await client.callTool(
      { name: 'list_books', arguments: { environment: 'staging' } },
      { onprogress: ({ progress }) => seen.push(progress) },
    );
    expect(result.structuredContent).toEqual({ books: ['emma', 'ulysses'], missing: true });
    expect(textOf(result)).toBe('emma, ulysses');
    expect(seen).toEqual([1, 2]);
  });

  it('names the valid arguments for an unknown one', async () => {
    const client = await connect(sample, era);
    const result = await client.callTool({
      name: 'list_books',
      arguments: { environment: 'staging', prefx: 'e' },
    });
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toBeUndefined();
    expect(textOf(result)).toMatch(
      /`prefx`.*did you mean `prefix`.*\nValid arguments: environment, prefix\./s,
    );
    expect(result._meta).toMatchObject({ 'io.github.devops-mcp/error': { code: 'invalid_input' } });
  });

  it('keeps what a vendor said from the client', async () => {
    const client = await connect(sample, era);
    const result = await client.callTool({ name: 'break_down', arguments: {} });
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result)).not.toMatch(/hunter2|vendor/);
    expect(textOf(result)).toMatch(/\(internal, record [0-9a-f]{20}\)/);
  });

  it('refuses an unknown tool and records it', async () => {
    const client = await connect(sample, era);
    await expect(client.callTool({ name: 'remove_book', arguments: {} })).rejects.toMatchObject({
      code: -32602,
    });
    expect(await sample.records()).toMatchObject([
      { phase: 'denied', tool: { name: 'remove_book' }, actor: { agentClient: 'test/1.0.0' } },
    ]);
  });

  it('records what else does not exist', async () => {
    const client = await connect(sample, era);
    await expect(client.readResource({ uri: 'attic://staging/books' })).rejects.toThrow();
    await expect(client.getPrompt({ name: 'nothing' })).rejects.toMatchObject({ code: -32602 });
    expect(await sample.records()).toMatchObject([
      { phase: 'denied', tool: { name: 'attic://staging/books' } },
      { phase: 'denied', tool: { name: 'nothing' } },
    ]);
  });

  it('stops the backend when the caller cancels', async () => {
    const client = await connect(sample, era);
    const stop = new AbortController();
    const call = client.callTool(
      { name: 'wait_forever', arguments: {} },
      { signal: stop.signal, onprogress: () => stop.abort() },
    );
    await expect(call).rejects.toThrow();
    const records = await sample.records();
    expect(records).toMatchObject([{ tool: { name: 'wait_forever' }, result: { errorCode: 'timeout' } }]);
  });

  it('lists, completes and reads resources on the road', async () => {
    const client = await connect(sample, era);
    expect((await client.listResources()).resources).toMatchObject([{ uri: 'shelf://staging/books' }]);
    expect((await client.listResourceTemplates()).resourceTemplates).toMatchObject([
      { uriTemplate: 'shelf://{environment}/books', mimeType: 'application/json' },
    ]);
    const ref = { type: 'ref/resource' as const, uri: 'shelf://{environment}/books' };
    const completed = await client.complete({ ref, argument: { name: 'environment', value: 'st' } });
    expect(completed.completion.values).toEqual(['staging']);
    const read = await client.readResource({ uri: 'shelf://staging/books' });
    expect(read.contents).toMatchObject([{ text: '{"books":["emma","ulysses"]}' }]);
    await expect(client.readResource({ uri: 'shelf://moon/books' })).rejects.toThrow(
      /No environment named `moon`/,
    );
    await expect(client.readResource({ uri: 'attic://staging/books' })).rejects.toThrow();
  });

  it('gives prompts and completes their arguments', async () => {
    const client = await connect(sample, era);
    expect((await client.listPrompts()).prompts).toMatchObject([
      {
        name: 'recommend_book',
        arguments: [{ name: 'mood', required: true, description: 'How the reader feels' }],
      },
    ]);
    const prompt = await client.getPrompt({ name: 'recommend_book', arguments: { mood: 'calm' } });
    expect(prompt.messages).toMatchObject([
      { content: { text: 'Recommend a book for someone who is calm.' } },
    ]);
    const ref = { type: 'ref/prompt' as const, name: 'recommend_book' };
    const completed = await client.complete({ ref, argument: { name: 'mood', value: 'c' } });
    expect(completed.completion.values).toEqual(['calm', 'curious']);
    await expect(client.getPrompt({ name: 'recommend_book', arguments: {} })).rejects.toThrow(/mood/);
  });

  it('takes the trace of the request into the record', async () => {
    const client = await connect(sample, era);
    const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
    await client.callTool({
      name: 'list_books',
      arguments: { environment: 'staging' },
      _meta: { traceparent },
    });
    expect(await sample.records()).toMatchObject([{ traceId: 'ab'.repeat(16), traceparent }]);
  });

  it('asks a person to type the target and then applies the proposal once', async () => {
    const client = await connect(sample, era, () => ({ action: 'accept', content: { confirm: 'library' } }));
    const proposed = await client.callTool({
      name: 'propose_remove_book',
      arguments: { environment: 'staging', book: 'emma', reason: 'the reader finished it' },
    });
    expect(proposed.structuredContent).toMatchObject({ state: 'proposed', tier: 2 });
    const { proposalId } = proposed.structuredContent as { proposalId: string };
    const executed = await client.callTool({ name: 'execute_proposal', arguments: { proposalId } });
    expect(executed.structuredContent).toMatchObject({ state: 'succeeded', outcome: { verified: true } });
    const left = await client.callTool({ name: 'list_books', arguments: { environment: 'staging' } });
    expect(left.structuredContent).toMatchObject({ books: ['ulysses'] });
    const history = (await sample.records()).filter(({ proposalId: id }) => id === proposalId);
    expect(history.map(({ eventType, phase }) => `${eventType} ${phase}`)).toContain('mcp.execution intent');
  });

  it('does not apply what a person declined', async () => {
    const client = await connect(sample, era, () => ({ action: 'decline' }));
    const proposed = await client.callTool({
      name: 'propose_remove_book',
      arguments: { environment: 'staging', book: 'emma', reason: 'the reader finished it' },
    });
    const { proposalId } = proposed.structuredContent as { proposalId: string };
    await client.callTool({ name: 'execute_proposal', arguments: { proposalId } });
    const left = await client.callTool({ name: 'list_books', arguments: { environment: 'staging' } });
    expect(left.structuredContent).toMatchObject({ books: ['emma', 'ulysses'] });
  });

  it('tells a client that cannot be asked how to confirm out of band', async () => {
    const client = await connect(sample, era);
    const proposed = await client.callTool({
      name: 'propose_remove_book',
      arguments: { environment: 'staging', book: 'emma', reason: 'the reader finished it' },
    });
    const { proposalId } = proposed.structuredContent as { proposalId: string };
    const executed = await client.callTool({ name: 'execute_proposal', arguments: { proposalId } });
    expect(JSON.stringify(executed)).toMatch(/devops-mcp/);
    const left = await client.callTool({ name: 'list_books', arguments: { environment: 'staging' } });
    expect(left.structuredContent).toMatchObject({ books: ['emma', 'ulysses'] });
  });
});

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMcpHandler, type ServerContext } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRequestStates } from '../../src/mcp/request-state.js';
import { openSample, type Sample } from '../fixture/sample-server.js';

// Boundary: only the method is looked at.
const context = (method: string) => ({ mcpReq: { method } }) as unknown as ServerContext;

describe('request states', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'states-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const states = (subject = 'user:default/reader') => createRequestStates(folder, () => subject);

  it('outlive the process and share one key between processes that start at once', async () => {
    const [first, second] = await Promise.all([
      states().mint({ a: 1 }, context('tools/call')),
      states().mint({ b: 2 }, context('tools/call')),
    ]);
    expect(await states().verify(first, context('tools/call'))).toEqual({ a: 1 });
    expect(await states().verify(second, context('tools/call'))).toEqual({ b: 2 });
    expect(await readdir(join(folder, 'keys'))).toEqual(['request-state.key']);
    expect((await stat(join(folder, 'keys', 'request-state.key'))).mode & 0o777).toBe(0o600);
  });

  it('count for one subject and method, unchanged', async () => {
    const state = await states().mint({ a: 1 }, context('tools/call'));
    await expect(states('user:default/other').verify(state, context('tools/call'))).rejects.toThrow();
    await expect(states().verify(state, context('prompts/get'))).rejects.toThrow();
    // In the middle: the last character of base64 has bits that say nothing.
    const middle = Math.floor(state.length / 2);
    const changed = `${state.slice(0, middle)}${state[middle] === 'A' ? 'B' : 'A'}${state.slice(middle + 1)}`;
    await expect(states().verify(changed, context('tools/call'))).rejects.toThrow();
  });
});

describe('an answer to a question', () => {
  let sample: Sample;
  beforeEach(async () => {
    sample = await openSample();
  });
  afterEach(() => sample.close());

  it('counts only beside a state of this server', async () => {
    const handler = createMcpHandler(sample.server.factory, { legacy: 'reject' });
    const call = async (name: string, args: object, more: object = {}) => {
      const response = await handler.fetch(request(name, args, more));
      const body = await response.text();
      const data = body.startsWith('{')
        ? body
        : body
            .split('\n')
            .find((line) => line.startsWith('data:'))
            ?.slice(5);
      return JSON.parse(data ?? '{}');
    };
    const wish = { environment: 'staging', book: 'emma', reason: 'the reader finished it' };
    const { proposalId } = (await call('propose_remove_book', wish)).result.structuredContent;
    const inputResponses = { confirm: { action: 'accept', content: { confirm: 'library' } } };
    const asked = await call('execute_proposal', { proposalId }, { inputResponses });
    expect(asked.result.resultType).toBe('input_required');
    const forged = await call(
      'execute_proposal',
      { proposalId },
      { inputResponses, requestState: 'v1.e30.AAAA' },
    );
    expect(forged.error.code).toBe(-32602);
    const { requestState } = asked.result;
    const honest = await call('execute_proposal', { proposalId }, { inputResponses, requestState });
    expect(honest.result.structuredContent).toMatchObject({ state: 'succeeded' });
    await handler.close();
  });
});

function request(name: string, args: object, more: object): Request {
  return new Request('http://127.0.0.1/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name,
        arguments: args,
        ...more,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
        },
      },
    }),
  });
}

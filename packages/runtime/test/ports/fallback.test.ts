import { type CallContext, ToolError } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import { type FallbackFacts, withFallback } from '../../src/ports/fallback.js';

interface Api {
  look(query: { readonly name: string }, context: CallContext): Promise<unknown>;
}
const facts: FallbackFacts = {
  ...{ port: 'metrics', environment: 'production', first: 'one', fallback: 'two', count: undefined },
};
const context = (signal: AbortSignal): CallContext => ({ signal, progress: () => {}, now: new Date(0) });
const second: Api = { look: async () => ({ data: 'second', source: { backend: 'x' } }) };

function both(look: Api['look'], patienceMs: number): Api {
  // Boundary: the proxy has the methods of the first.
  return withFallback({ look }, async () => second, { ...facts, patienceMs }) as Api;
}

describe('a first backend that hangs', () => {
  it('is stopped in time for the other to answer', async () => {
    let stopped = false;
    const hangs: Api['look'] = (_, { signal }) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          stopped = true;
        });
      });
    const found = await both(hangs, 1).look({ name: 'a' }, context(new AbortController().signal));
    expect(found).toMatchObject({ data: 'second', source: { backend: 'two' } });
    expect(stopped).toBe(true);
  });

  it('is the end of a call that its caller cancels', async () => {
    const controller = new AbortController();
    const cancelled: Api['look'] = async () => {
      controller.abort();
      throw new ToolError('timeout', 'The caller cancelled the call.');
    };
    await expect(
      both(cancelled, 60_000).look({ name: 'a' }, context(controller.signal)),
    ).rejects.toMatchObject({
      message: 'The caller cancelled the call.',
    });
  });
});

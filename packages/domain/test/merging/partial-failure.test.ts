import { ToolError } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import { type MetricsApi, metricsPort } from '../../src/index.js';
import { answer, context, failing, part, window } from './parts.js';

const query = { window };
const named = (backend: string, ...names: string[]) =>
  part<MetricsApi>(backend, {
    services: async () => answer(backend, names, { source: { backend, query: `names of ${backend}` } }),
  });
const broken = (backend: string, code: ConstructorParameters<typeof ToolError>[0], message?: string) =>
  part<MetricsApi>(backend, { services: failing(code, message) });
const merged = (...parts: Parameters<NonNullable<typeof metricsPort.merge>>[0]) => {
  const api = metricsPort.merge?.(parts);
  if (!api) throw new Error('the port cannot be merged');
  return api;
};

describe('several backends behind one port', () => {
  it('name all that answered, with the query of each', async () => {
    const found = await merged(named('prom', 'a', 'b'), named('otlp', 'b', 'c')).services(query, context());
    expect(found.data).toEqual(['a', 'b', 'c']);
    expect(found.source).toEqual({
      backend: 'prom, otlp',
      query: 'prom: names of prom; otlp: names of otlp',
    });
    expect(found).not.toHaveProperty('partial');
  });

  it('are asked at the same time', async () => {
    let under = 0;
    let most = 0;
    const slow = (backend: string) =>
      part<MetricsApi>(backend, {
        services: async () => {
          under += 1;
          most = Math.max(most, under);
          await new Promise((next) => setImmediate(next));
          under -= 1;
          return answer(backend, [backend]);
        },
      });
    await merged(slow('one'), slow('two')).services(query, context());
    expect(most).toBe(2);
  });

  it('answer without the one that fails, and say why in our words', async () => {
    const found = await merged(named('prom', 'a'), broken('otlp', 'unavailable', 'It is down.')).services(
      query,
      context(),
    );
    expect(found).toMatchObject({
      data: ['a'],
      source: { backend: 'prom' },
      partial: [{ backend: 'otlp', reason: 'unavailable: It is down.' }],
    });
  });

  it('say nothing of a part that cannot answer such a question or does not know the name', async () => {
    const found = await merged(
      named('prom', 'a'),
      broken('otlp', 'unsupported'),
      broken('third', 'not_found'),
    ).services(query, context());
    expect(found).not.toHaveProperty('partial');
  });

  it('show a mistake of a backend as one, and none of its text', async () => {
    const wrong = part<MetricsApi>('wrong', {
      services: () => {
        throw new TypeError('the vendor said: secret');
      },
    });
    const found = await merged(named('prom', 'a'), wrong).services(query, context());
    expect(found.partial).toEqual([{ backend: 'wrong', reason: 'internal: it failed unexpectedly' }]);
  });

  it.each([
    [['unavailable', 'denied', 'not_found'], 'denied'],
    [['not_found', 'unavailable'], 'unavailable'],
    [['unavailable', 'rate_limited'], 'rate_limited'],
    [['unsupported', 'not_found'], 'not_found'],
    [['unsupported', 'unsupported'], 'unsupported'],
  ] as const)('fail together with what says most: %j is %s', async (codes, code) => {
    const parts = codes.map((one, place) => broken(`part-${place}`, one, `message of ${one}`));
    await expect(merged(...parts).services(query, context())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`message of ${code}`),
    });
  });

  it('offer the closest names that any of them knows', async () => {
    const unknown = (backend: string, known: string) =>
      part<MetricsApi>(backend, {
        services: async () => {
          throw new ToolError('not_found', 'Unknown.', { details: { known: [known] } });
        },
      });
    const both = merged(unknown('prom', 'checkout'), unknown('otlp', 'checkin'));
    await expect(both.services(query, context())).rejects.toMatchObject({
      code: 'not_found',
      details: { known: ['checkout', 'checkin'] },
    });
  });

  it('name the others that failed, and keep what vendors said to the audit record', async () => {
    const both = merged(broken('prom', 'denied', 'No role.'), broken('otlp', 'unavailable', 'Down.'));
    const error = await both.services(query, context()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'denied', message: 'prom: No role.' });
    expect(error).toMatchObject({ hint: expect.stringContaining('otlp (unavailable)') });
    expect(JSON.stringify([(error as ToolError).message, (error as ToolError).hint])).not.toContain('secret');
    expect(String((error as ToolError).cause)).toContain('secret');
  });

  it('stay cancelled when the caller cancels', async () => {
    const controller = new AbortController();
    const cancelled = part<MetricsApi>('prom', {
      services: async () => {
        controller.abort(new ToolError('timeout', 'The caller cancelled the call.'));
        throw controller.signal.reason;
      },
    });
    const both = merged(cancelled, named('otlp', 'a'));
    await expect(both.services(query, context(controller.signal))).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  it('say a hint of all once, and whose a hint of one is', async () => {
    const hinted = (backend: string, ...hints: string[]) =>
      part<MetricsApi>(backend, { services: async () => answer(backend, ['a'], { hints }) });
    const both = merged(hinted('prom', 'No zone was given.', 'Slow.'), hinted('otlp', 'No zone was given.'));
    const found = await both.services(query, context());
    expect(found.hints).toEqual(['No zone was given.', 'prom: Slow.']);
  });

  it('sum what was cut, and say more where one cannot count', async () => {
    const cut = (backend: string, total?: number) =>
      part<MetricsApi>(backend, {
        services: async () =>
          answer(backend, [`${backend}-1`], {
            truncation: {
              returned: 1,
              more: true,
              howToGetMore: 'Ask for less.',
              ...(total === undefined ? {} : { total }),
            },
          }),
      });
    const counted = await merged(cut('prom', 4), named('otlp', 'x', 'y')).services(query, context());
    expect(counted.truncation).toMatchObject({ returned: 3, total: 6, more: true });
    const uncounted = await merged(cut('prom', 4), cut('otlp')).services(query, context());
    expect(uncounted.truncation).toEqual({ returned: 2, more: true, howToGetMore: 'Ask for less.' });
  });
});

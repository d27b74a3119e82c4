import type { LogQuery, LogsApi } from '@devops-mcp/domain';
import { callContext, type GivenLog, worldNow } from '@devops-mcp/domain/contract-tests';
import { afterAll, describe, expect, it } from 'vitest';
import { attributeList, type Line, logLine, logsLine, nanoseconds, resource, spanLine } from './otlp-json.js';
import { removeFolders, telemetryFolder } from './sandbox-folder.js';

afterAll(removeFolders);

const window = { start: new Date(worldNow.getTime() - 3_600_000), end: worldNow };
const everything: LogQuery = {
  window,
  order: 'oldest',
  groupRepeats: false,
  before: 0,
  after: 0,
  limit: 200,
};

function given(message: string, at: number, more: Partial<GivenLog> = {}): Line {
  const time = new Date(window.start.getTime() + at * 1_000);
  return logLine({
    time,
    service: 'shop',
    instance: 'shop-1',
    version: '1',
    level: 'error',
    message,
    ...more,
  });
}

async function logs(lines: readonly Line[]): Promise<LogsApi> {
  const folder = await telemetryFolder();
  await folder.write('logs.jsonl', lines);
  return (await folder.open()).logs;
}

async function summary(lines: readonly Line[]) {
  return (await (await logs(lines)).errorSummary({ window, top: 10 }, callContext())).data;
}

describe('error groups', () => {
  it('take exceptions from attributes, bodies and JSON, and keep the stack whole', async () => {
    const stack = 'Traceback (most recent call last):\n  File "a.py", line 3\nValueError: bad amount 7';
    const record = {
      timeUnixNano: nanoseconds(window.start),
      severityNumber: 17,
      body: { stringValue: 'charge failed' },
      attributes: attributeList({
        'exception.type': 'Declined',
        'exception.message': 'card 42',
        'exception.stacktrace': 'at x',
      }),
    };
    const json = JSON.stringify({
      level: 'error',
      msg: 'cannot pay',
      err: { type: 'Refused', message: 'no', stack: 'at y' },
    });
    const { groups } = await summary([
      logsLine(resource('shop'), [record]),
      given(stack, 1),
      logLine({
        time: window.start,
        service: 'shop',
        instance: 'i',
        version: '1',
        level: 'error',
        message: json,
      }),
    ]);
    const found = groups.map(({ type, template, stackTrace }) => ({ type, template, stackTrace }));
    expect(found).toEqual(
      expect.arrayContaining([
        { type: 'Declined', template: 'charge failed: card <num>', stackTrace: 'at x' },
        { type: 'ValueError', template: 'bad amount <num>', stackTrace: stack },
        { type: 'Refused', template: 'cannot pay: no', stackTrace: 'at y' },
      ]),
    );
    expect(found).toHaveLength(3);
  });

  it('do not depend on line numbers or addresses, and do depend on the type', async () => {
    const text = (line: number, type: string) =>
      `failed\n${type}: timeout after ${line} ms\n    at pay (/app/pay.js:${line}:1)`;
    const { groups } = await summary([
      given(text(3, 'TypeError'), 1),
      given(text(99, 'TypeError'), 2),
      given(text(3, 'RangeError'), 3),
    ]);
    expect(groups.map(({ type, count, template }) => [type, count, template])).toEqual([
      ['TypeError', 2, 'failed: timeout after <num> ms'],
      ['RangeError', 1, 'failed: timeout after <num> ms'],
    ]);
  });

  it('name the operation from the trace of the line', async () => {
    const traceId = 'd'.repeat(32);
    const span = spanLine({
      traceId,
      spanId: 'e'.repeat(16),
      parentSpanId: null,
      service: 'shop',
      instance: 'shop-1',
      operation: 'POST /pay',
      kind: 'server',
      startUs: window.start.getTime() * 1_000,
      durationUs: 5,
      error: true,
      statusMessage: null,
      attributes: {},
      events: [],
    });
    const { groups } = await summary([given('boom', 1, { traceId }), span]);
    expect(groups[0]?.operations).toEqual(['POST /pay']);
  });

  it('know since when an error has been there', async () => {
    const before = logLine({
      time: new Date(window.start.getTime() - 7_200_000),
      service: 'shop',
      instance: 'shop-1',
      version: '1',
      level: 'error',
      message: 'boom',
    });
    const { groups } = await summary([before, given('boom', 60)]);
    expect(groups[0]).toMatchObject({ count: 1, previousCount: 0 });
    expect(groups[0]?.firstSeen).toEqual(new Date(window.start.getTime() + 60_000));
    expect(groups[0]?.knownSince).toEqual(new Date(window.start.getTime() - 7_200_000));
  });

  it('are ranked before they are cut, and the answer says what was cut', async () => {
    const lines = [1, 2, 3].flatMap((kind) =>
      Array.from({ length: kind }, (_, at) => given(`kind ${'abc'[kind - 1]}`, at)),
    );
    const answer = await (await logs(lines)).errorSummary({ window, top: 2 }, callContext());
    expect(answer.data.groups.map((group) => group.count)).toEqual([3, 2]);
    expect(answer.data.total).toBe(6);
    expect(answer.truncation).toMatchObject({ returned: 2, more: true });
  });
});

describe('context lines', () => {
  it('are exact where many lines have one time, and never of another stream', async () => {
    const lines = Array.from({ length: 30 }, (_, at) =>
      given(`line ${at}`, 5, {
        level: at === 17 ? 'error' : 'info',
        instance: at % 3 === 2 ? 'shop-1' : 'shop-2',
      }),
    );
    const answer = await (await logs(lines)).search(
      { ...everything, minLevel: 'error', before: 2, after: 2 },
      callContext(),
    );
    const [excerpt] = answer.data.excerpts;
    const text = (these: readonly { message: string }[] | undefined) => these?.map((line) => line.message);
    expect(text(excerpt?.before)).toEqual(['line 11', 'line 14']);
    expect(text(excerpt?.after)).toEqual(['line 20', 'line 23']);
  });

  it('lie between matches where windows touch, each line once', async () => {
    const lines = Array.from({ length: 20 }, (_, at) =>
      given(`line ${at}`, at, { level: at === 8 || at === 11 ? 'error' : 'info' }),
    );
    const answer = await (await logs(lines)).search(
      { ...everything, minLevel: 'error', before: 2, after: 2 },
      callContext(),
    );
    expect(answer.data.excerpts).toHaveLength(1);
    const [excerpt] = answer.data.excerpts;
    const all = [...(excerpt?.before ?? []), ...(excerpt?.between ?? []), ...(excerpt?.after ?? [])];
    expect(all.map((line) => line.message)).toEqual([6, 7, 9, 10, 12, 13].map((at) => `line ${at}`));
    expect(excerpt?.matches.map((match) => match.line.message)).toEqual(['line 8', 'line 11']);
  });

  it('end where the stream does', async () => {
    const answer = await (await logs([given('only', 1)])).search(
      { ...everything, before: 5, after: 5 },
      callContext(),
    );
    expect(answer.data.excerpts[0]).toMatchObject({ before: [], after: [] });
  });
});

describe('cursors', () => {
  const lines = Array.from({ length: 25 }, (_, at) =>
    given(`${'abcdefghijklmnopqrstuvwxy'[at]} said`, Math.floor(at / 3), { level: 'info' }),
  );

  it.each([
    ['newest', false],
    ['oldest', false],
    ['newest', true],
    ['first_occurrence', true],
  ] as const)(
    'walk through everything once in order %s, repeats collapsed: %s',
    async (order, groupRepeats) => {
      const port = await logs(lines);
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const query: LogQuery = {
          ...everything,
          order,
          groupRepeats,
          limit: 7,
          ...(cursor === null ? {} : { cursor }),
        };
        const { data } = await port.search(query, callContext());
        seen.push(...data.excerpts.flatMap((excerpt) => excerpt.matches.map((match) => match.line.message)));
        cursor = data.nextCursor;
      } while (cursor !== null && seen.length < 100);
      expect(seen).toHaveLength(25);
      expect(new Set(seen).size).toBe(25);
    },
  );

  it('keep their window when the period moves on', async () => {
    const port = await logs(lines);
    const first = await port.search({ ...everything, limit: 20 }, callContext());
    const moved = {
      start: new Date(worldNow.getTime() - 1_000),
      end: new Date(worldNow.getTime() + 3_600_000),
    };
    const query: LogQuery = { ...everything, window: moved, cursor: first.data.nextCursor ?? '' };
    expect((await port.search(query, callContext())).data.excerpts).toHaveLength(5);
  });

  it('are refused when they are damaged or belong to another query', async () => {
    const port = await logs(lines);
    const first = await port.search({ ...everything, limit: 5 }, callContext());
    for (const query of [
      { ...everything, cursor: 'bm8' },
      { ...everything, text: 'other', cursor: first.data.nextCursor ?? '' },
    ])
      await expect(port.search(query, callContext())).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('what callers write', () => {
  it('is data and never SQL', async () => {
    const hostile = `x'; DROP VIEW logs; --`;
    const port = await logs([given(hostile, 1), given('100% sure_thing', 2)]);
    const total = async (query: Partial<LogQuery>) =>
      (await port.search({ ...everything, ...query }, callContext())).data.total;
    expect(await total({ text: hostile })).toBe(1);
    expect(await total({ pattern: `${hostile}*` })).toBe(1);
    expect(await total({ pattern: '1%' })).toBe(0);
    expect(await total({ pattern: '*sure_thing' })).toBe(1);
    expect(await total({ pattern: '*sure?thing' })).toBe(0);
    expect(await total({ traceId: hostile })).toBe(0);
    await expect(total({ service: hostile })).rejects.toMatchObject({ code: 'not_found' });
    const answer = await port.search({ ...everything, text: hostile }, callContext());
    expect(answer.source.query).not.toContain('DROP');
  });
});

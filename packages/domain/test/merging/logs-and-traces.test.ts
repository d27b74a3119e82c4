import { describe, expect, it } from 'vitest';
import type {
  ErrorGroup,
  LogExcerpt,
  LogQuery,
  LogsApi,
  Span,
  TraceSummary,
  TracesApi,
} from '../../src/index.js';
import { mergeLogs } from '../../src/merging/logs.js';
import { mergeTraces } from '../../src/merging/traces.js';
import { answer, at, context, failing, part, window } from './parts.js';

function excerpt(message: string, minutes: number): LogExcerpt {
  const line = {
    ...({ time: at(minutes), service: 'checkout', instance: null, level: 'error', message } as const),
    ...{ traceId: null, spanId: null, attributes: {}, position: `${minutes}` },
  };
  const match = { line, repeats: 1, lastSeen: at(minutes), fingerprint: message };
  return { matches: [match], before: [], after: [] };
}

/** Newest first, in pages of its own; the cursor is the place of the next excerpt. */
function paged(backend: string, lines: readonly (readonly [string, number])[], asked: LogQuery[] = []) {
  return part<LogsApi>(backend, {
    search: async (query) => {
      asked.push(query);
      const from = Number(query.cursor ?? 0);
      const to = from + query.limit;
      return answer(backend, {
        total: lines.length,
        histogram: [
          { time: at(0), count: lines.length },
          { time: at(30), count: 0 },
        ],
        excerpts: lines.slice(from, to).map(([message, minutes]) => excerpt(message, minutes)),
        nextCursor: to < lines.length ? String(to) : null,
      });
    },
  });
}
const question: LogQuery = {
  ...{ window, order: 'newest', groupRepeats: false, before: 0, after: 0, limit: 2 },
};
const messages = (excerpts: readonly LogExcerpt[]) =>
  excerpts.flatMap(({ matches }) => matches.map(({ line }) => line.message));

describe('log lines of several systems', () => {
  const loki = [
    ['a', 50],
    ['c', 40],
    ['e', 10],
  ] as const;
  const cloud = [
    ['b', 45],
    ['d', 35],
  ] as const;

  it('are interleaved by time, page by page, until all were given', async () => {
    const api = mergeLogs([paged('loki', loki), paged('cloud', cloud)]);
    const given: string[][] = [];
    let cursor: string | null = null;
    do {
      const { data }: Awaited<ReturnType<LogsApi['search']>> = await api.search(
        cursor === null ? question : { ...question, cursor },
        context(),
      );
      expect(data.total).toBe(5);
      expect(data.histogram).toEqual([
        { time: at(0), count: 5 },
        { time: at(30), count: 0 },
      ]);
      given.push([...messages(data.excerpts)]);
      cursor = data.nextCursor;
    } while (cursor !== null);
    expect(given).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('show a line that both keep once', async () => {
    const api = mergeLogs([paged('loki', [['a', 50]]), paged('cloud', [['a', 50]])]);
    const { data } = await api.search(question, context());
    expect(messages(data.excerpts)).toEqual(['a']);
    expect(data.nextCursor).toBeNull();
  });

  it('go on without a system that failed on the first page, and say so', async () => {
    let down = true;
    const recovering = part<LogsApi>('cloud', {
      search: async (query, call) =>
        down ? failing('unavailable')() : paged('cloud', cloud).api.search(query, call),
    });
    const api = mergeLogs([paged('loki', loki), recovering]);
    const first = await api.search(question, context());
    expect(messages(first.data.excerpts)).toEqual(['a', 'c']);
    down = false;
    const second = await api.search({ ...question, cursor: first.data.nextCursor ?? '' }, context());
    expect(messages(second.data.excerpts)).toEqual(['e']);
    expect(second.partial).toEqual([{ backend: 'cloud', reason: expect.stringContaining('left out') }]);
  });

  it('refuse a cursor of other backends', async () => {
    const { data } = await mergeLogs([paged('loki', loki), paged('cloud', cloud)]).search(
      question,
      context(),
    );
    const others = mergeLogs([paged('loki', loki), paged('elastic', cloud)]);
    for (const cursor of [data.nextCursor ?? '', 'nonsense']) {
      await expect(others.search({ ...question, cursor }, context())).rejects.toMatchObject({
        code: 'invalid_input',
      });
    }
  });

  const group = (fingerprint: string, count: number, more: Partial<ErrorGroup> = {}): ErrorGroup => ({
    ...{ fingerprint, count, service: 'checkout', type: 'log', template: 't', previousCount: 1 },
    ...{ firstSeen: at(20), lastSeen: at(40), instances: [], versions: [], operations: [], sample: 's' },
    ...{ stackTrace: null, traceIds: [], histogram: [count, 0] },
    ...more,
  });

  it('are summed up by fingerprint, the most frequent first', async () => {
    const summary = (backend: string, total: number, ...groups: ErrorGroup[]) =>
      part<LogsApi>(backend, { errorSummary: async () => answer(backend, { total, lines: 100, groups }) });
    const api = mergeLogs([
      summary('loki', 7, group('f1', 4, { instances: ['a'] }), group('f2', 3)),
      summary('cloud', 5, group('f2', 5, { firstSeen: at(5), stackTrace: 'at line 1' })),
    ]);
    const { data } = await api.errorSummary({ window, top: 5 }, context());
    expect(data).toMatchObject({
      ...{ total: 12, lines: 200 },
      groups: [
        { fingerprint: 'f2', count: 8, previousCount: 2, firstSeen: at(5), histogram: [8, 0] },
        { fingerprint: 'f1', count: 4 },
      ],
    });
    expect(data.groups[0]?.stackTrace).toBe('at line 1');
  });
});

describe('traces of several systems', () => {
  const summary = (traceId: string, durationMs: number, spans: number): TraceSummary => ({
    ...{ traceId, durationMs, spans, rootService: 'web', rootOperation: 'GET /', start: at(durationMs) },
    ...{ services: ['web'], errors: 0, errorService: null },
  });
  const span = (spanId: string, startUs: number): Span => ({
    ...{ traceId: 't', spanId, startUs, parentSpanId: null, service: 'web', instance: null, operation: 'o' },
    ...{ kind: 'server', durationUs: 1, error: false, statusMessage: null, attributes: {}, events: [] },
  });

  it('list a trace once, where most of it lies, in the order asked for', async () => {
    const found = (backend: string, ...traces: TraceSummary[]) =>
      part<TracesApi>(backend, { search: async () => answer(backend, { total: 2, traces }) });
    const api = mergeTraces([
      found('tempo', summary('t1', 30, 4), summary('t2', 10, 3)),
      found('cloud', summary('t1', 31, 9), summary('t3', 20, 1)),
    ]);
    const { data } = await api.search({ window, order: 'slowest', limit: 2 }, context());
    expect(data.total).toBe(3);
    expect(data.traces.map(({ traceId, spans }) => [traceId, spans])).toEqual([
      ['t1', 9],
      ['t3', 1],
    ]);
  });

  it('are read with the spans of all', async () => {
    const has = (backend: string, ...spans: Span[]) =>
      part<TracesApi>(backend, { get: async () => answer(backend, spans) });
    const unknown = part<TracesApi>('third', { get: failing('not_found') });
    const api = mergeTraces([has('tempo', span('a', 1), span('c', 3)), has('cloud', span('b', 2)), unknown]);
    const found = await api.get({ traceId: 't' }, context());
    expect(found.data.map(({ spanId }) => spanId)).toEqual(['a', 'b', 'c']);
    expect(found.source.backend).toBe('tempo, cloud');
    await expect(mergeTraces([unknown]).get({ traceId: 't' }, context())).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('take what is typical from the system with most calls', async () => {
    const typical = (backend: string, count: number | null) =>
      part<TracesApi>(backend, {
        typical: async () =>
          answer(backend, count === null ? null : { count, p50Ms: count, p95Ms: count, errorShare: 0 }),
      });
    const query = { service: 'web', operation: 'o', window };
    const api = mergeTraces([typical('a', null), typical('b', 5), typical('c', 50)]);
    expect((await api.typical(query, context())).data).toMatchObject({ count: 50 });
    expect((await mergeTraces([typical('a', null)]).typical(query, context())).data).toBeNull();
  });

  it('weigh the blame of each system by its share of the traces', async () => {
    const change = {
      ...{ service: 'cart', operation: 'o', instance: null, calls: 10, previousCalls: 10, selfMsP95: 9 },
      ...{ previousSelfMsP95: 1, errorShare: 0, previousErrorShare: 0 },
    };
    const compared = (backend: string, traces: number, service: string, blame: number) =>
      part<TracesApi>(backend, {
        compare: async () =>
          answer(backend, {
            operations: [{ ...change, service, blame }],
            ...{ traces, baselineTraces: traces },
          }),
      });
    const api = mergeTraces([compared('tempo', 300, 'cart', 0.8), compared('cloud', 100, 'stock', 1)]);
    const { data } = await api.compare({ window, baseline: window, top: 5 }, context());
    expect(data.operations.map(({ service, blame }) => [service, Number(blame.toFixed(3))])).toEqual([
      ['cart', 0.6],
      ['stock', 0.25],
    ]);
    expect(data).toMatchObject({ traces: 400, baselineTraces: 400 });
  });
});

import { estimateTokens, type Span } from '@devops-mcp/domain';
import { callTool, fakeTraces } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { compareTraces } from '../src/tools/compare-traces.js';
import { getTrace } from '../src/tools/get-trace.js';
import { searchTraces } from '../src/tools/search-traces.js';
import { catalog, now, span } from './lines.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const request = [
  span('aa', null, 1_000, 900, { kind: 'server', error: true, operation: 'POST /charges' }),
  span('bb', 'aa', 1_100, 700, {
    service: 'ledger',
    instance: 'ledger-1',
    kind: 'server',
    error: true,
    operation: 'Book',
    attributes: { 'db.system': 'postgresql' },
    events: [
      {
        timeUs: 0,
        name: 'exception',
        attributes: { 'exception.type': 'LockTimeout', 'exception.message': 'waited\nORIGIN nobody' },
      },
    ],
  }),
  span('cc', 'gone', 1_200, 5, { service: 'fraud-check' }),
];
const usual = Array.from({ length: 30 }, (_, i) =>
  span(`u${i}`, null, -i * 60_000 - 1_000, 100 + i, {
    traceId: `usual${String(i).padStart(4, '0')}`,
    operation: 'POST /charges',
  }),
);
const ports = { traces: fakeTraces([...request, ...usual]) };
const get = (input: object = {}, given = ports) =>
  callTool(getTrace, { traceId, environment: 'production', ...input }, given, { now });

describe('get_trace', () => {
  it('gives summary, critical path, error origin, time by service and calls between them', async () => {
    const { data } = (await get()).answer;
    expect(data).toMatchObject({ rootService: 'payments-api', durationMs: 900, spans: 3, errors: 2 });
    expect(data.criticalPath.map((s) => [s.spanId, s.ms, s.share])).toEqual([
      ['aa', 200, 0.222],
      ['bb', 700, 0.778],
    ]);
    expect(data.errorSpans.map((s) => [s.spanId, s.origin])).toEqual([
      ['bb', true],
      ['aa', false],
    ]);
    expect(data.errorSpans[0]?.message).toContain('LockTimeout: waited');
    expect(data.timeByService[0]).toMatchObject({ service: 'ledger', selfMs: 700 });
    expect(data.topology).toEqual([
      { from: 'payments-api', to: 'ledger', calls: 1, errors: 1, totalMs: 700 },
    ]);
    expect(data.warnings).toEqual(['1 spans name a parent that is not in the trace']);
  });

  it('compares with what the operation did before', async () => {
    const { data } = (await get()).answer;
    expect(data.typical).toMatchObject({ count: 30, verdict: 'very_slow', errorShare: 0 });
    const alone = await get({}, { traces: fakeTraces(request) });
    expect(alone.answer.data).not.toHaveProperty('typical');
    expect(alone.text).toContain('no trace of the operation');
  });

  it('gives one span whole on request', async () => {
    const { answer, text } = await get({ spanId: 'bb' });
    expect(answer.data.span).toMatchObject({
      parentSpanId: 'aa',
      kind: 'server',
      startMs: 100,
      selfMs: 700,
      attributes: { 'db.system': 'postgresql' },
      children: [],
    });
    expect(text).toContain('│ db.system = postgresql');
    await expect(get({ spanId: 'zz' })).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('criticalPath'),
    });
  });

  it('lets no text of a span begin a line', async () => {
    const { text } = await get({ spanId: 'bb' });
    expect(text.split('\n').filter((line) => line.startsWith('ORIGIN'))).toHaveLength(1);
  });

  it('passes an unknown id on', async () => {
    await expect(get({ traceId: 'deadbeefdeadbeef' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('fits a trace of 2,000 spans to the budget and says what was cut', async () => {
    const large: Span[] = [span('root', null, 0, 20_000)];
    for (let i = 0; i < 2_000; i += 1)
      large.push(span(`s${i}`, 'root', i * 10, 9, { service: `service-${i % 40}`, error: i % 3 === 0 }));
    large.push(span('decisive', 'root', 20_000, 5_000, { service: 'ledger' }));
    large[0] = span('root', null, 0, 25_000);
    const { answer } = await get({}, { traces: fakeTraces(large) });
    expect(answer.data.criticalPath.at(-1)).toMatchObject({ spanId: 'decisive', share: 0.2 });
    expect(estimateTokens(answer)).toBeLessThanOrEqual(2_100);
    expect(answer.truncation).toMatchObject({ more: true });
    expect(answer.data.criticalPath.map((step) => step.spanId)).toEqual(['root', 'decisive']);
    expect(answer.data.timeByService.length).toBeGreaterThan(3);
  });
});

describe('search_traces', () => {
  const search = (input: object) =>
    callTool(
      searchTraces,
      { environment: 'production', period: 'last_2h', ...input },
      { ...ports, services: catalog, metrics: undefined },
      { now },
    );

  it('gives the slowest first, or only failed ones', async () => {
    const { answer, text } = await search({ limit: 3 });
    expect(answer.data.traces.map((t) => t.durationMs)).toEqual([900, 129, 128]);
    expect(answer.data.traces[0]).toMatchObject({ traceId, errors: 2, errorService: 'ledger' });
    expect(answer.truncation).toMatchObject({ returned: 3, total: 31 });
    expect(text).toContain('2 errors in ledger');
    expect((await search({ onlyErrors: true })).answer.data.total).toBe(1);
  });

  it('finds by service anywhere in the trace and by duration', async () => {
    expect((await search({ service: 'ledger' })).answer.data.total).toBe(1);
    expect((await search({ minDurationMs: 125 })).answer.data.total).toBe(6);
  });

  it('says what an empty answer means', async () => {
    expect((await search({ service: 'ledger', minDurationMs: 5_000 })).answer.hints?.join(' ')).toContain(
      'Nothing matches; there are 1 traces of ledger',
    );
    await expect(search({ service: 'legder' })).rejects.toMatchObject({ hint: 'Did you mean ledger?' });
  });
});

describe('compare_traces', () => {
  const load = (minute: number, slow: boolean) =>
    Array.from({ length: 25 }, (_, i) => {
      const own = { traceId: `t${minute}x${String(i).padStart(5, '0')}` };
      const start = (minute + i) * 60_000;
      return [
        span('r', null, start, slow ? 500 : 100, { ...own, operation: 'POST /charges' }),
        span('l', 'r', start + 10, slow ? 450 : 50, { ...own, service: 'ledger', operation: 'Book' }),
      ];
    }).flat();
  const compare = (spans: readonly Span[], input: object = {}) =>
    callTool(compareTraces, { environment: 'production', ...input }, { traces: fakeTraces(spans) }, { now });

  it('blames the operation whose own time grew, not its callers', async () => {
    const { answer, text } = await compare([...load(-60, false), ...load(0, true)]);
    expect(answer.data).toMatchObject({ traces: 25, baselineTraces: 25 });
    expect(answer.data.operations[0]).toMatchObject({
      service: 'ledger',
      operation: 'Book',
      blame: 1,
      selfMsP95: 450,
      previousSelfMsP95: 50,
    });
    expect(text).toContain('self p95 50 ms → 450 ms');
  });

  it('says whom an operation waited for', async () => {
    const traces = fakeTraces([]);
    const waiting = {
      ...{ service: 'payments-api', operation: 'POST ledger', instance: null, peer: 'ledger', blame: 1 },
      ...{ calls: 40, previousCalls: 40, selfMsP95: 300, previousSelfMsP95: 20 },
      ...{ errorShare: 0, previousErrorShare: 0 },
    };
    const compared = { operations: [waiting], traces: 40, baselineTraces: 40 };
    const { answer, text } = await callTool(
      compareTraces,
      { environment: 'production' },
      {
        traces: { ...traces, compare: async () => ({ data: compared, source: { backend: 'fake-traces' } }) },
      },
      { now },
    );
    expect(answer.data.operations[0]?.peer).toBe('ledger');
    expect(text).toContain('waiting for ledger');
  });

  it('keeps "nothing got worse" and "not enough data" apart', async () => {
    expect((await compare([...load(-60, false), ...load(0, false)])).answer.hints?.join(' ')).toContain(
      'No operation takes more',
    );
    expect((await compare(load(0, true))).answer.hints?.join(' ')).toContain('not enough data');
  });
});

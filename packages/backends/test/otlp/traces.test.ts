import type { Span } from '@devops-mcp/domain';
import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { afterAll, describe, expect, it } from 'vitest';
import { type Line, spanLine } from './otlp-json.js';
import { removeFolders, telemetryFolder } from './sandbox-folder.js';

afterAll(removeFolders);

const window = { start: new Date(worldNow.getTime() - 600_000), end: worldNow };
const baseline = { start: new Date(worldNow.getTime() - 1_200_000), end: window.start };
const ms = 1_000;

type Given = Partial<Span> &
  Pick<Span, 'service' | 'operation'> & {
    readonly id: number;
    readonly parent?: number;
    readonly from?: number;
    readonly lasts?: number;
  };

/** A span of trace `trace`; `from` and `lasts` in milliseconds. */
function span(trace: number, start: Date, given: Given): Span {
  const { id, parent, from = 0, lasts = 10, ...rest } = given;
  const hex = (value: number) => `${trace}f${value}`.padStart(16, '0');
  return {
    traceId: String(trace).padStart(32, 'a'),
    spanId: hex(id),
    parentSpanId: parent === undefined ? null : hex(parent),
    instance: `${given.service}-1`,
    kind: 'internal',
    startUs: start.getTime() * 1_000 + from * ms,
    durationUs: lasts * ms,
    error: false,
    statusMessage: null,
    attributes: {},
    events: [],
    ...rest,
  };
}

async function open(lines: readonly Line[]) {
  const folder = await telemetryFolder();
  await folder.write('traces.jsonl', lines);
  return folder.open();
}

/** The same trace many times in baseline and window, made by `make` with true for the window. */
function repeated(make: (trace: number, start: Date, now: boolean) => readonly Span[]): readonly Line[] {
  return Array.from({ length: 20 }, (_, at) => at).flatMap((at) =>
    [
      ...make(100 + at, new Date(baseline.start.getTime() + at * 1_000), false),
      ...make(200 + at, new Date(window.start.getTime() + at * 1_000), true),
    ].map((each) => spanLine(each)),
  );
}

async function compared(lines: readonly Line[]) {
  const { traces } = await open(lines);
  return (await traces.compare({ window, baseline, top: 10 }, callContext())).data.operations;
}

describe('self time', () => {
  it('is what no child covers, children at the same time counted once', async () => {
    const operations = await compared(
      repeated((trace, start, now) => [
        span(trace, start, { id: 1, service: 'shop', operation: 'whole', lasts: 100 }),
        span(trace, start, { id: 2, parent: 1, service: 'shop', operation: 'a', from: 10, lasts: 40 }),
        span(trace, start, {
          id: 3,
          parent: 1,
          service: 'shop',
          operation: 'b',
          from: 30,
          lasts: now ? 50 : 20,
        }),
        span(trace, start, { id: 4, parent: 1, service: 'shop', operation: 'late', from: 95, lasts: 60 }),
      ]),
    );
    const self = (name: string) => {
      const found = operations.find(({ operation }) => operation === name);
      return [found?.previousSelfMsP95, found?.selfMsP95];
    };
    // 100 less [10, 50], then less [10, 80], and less [95, 100] both times.
    expect(self('whole')).toEqual([55, 25]);
    expect(self('b')).toEqual([20, 50]);
    expect(operations[0]).toMatchObject({ operation: 'b', blame: 1 });
  });

  it('of a caller is not what a callee with a skewed clock took', async () => {
    const operations = await compared(
      repeated((trace, start, now) => [
        span(trace, start, {
          id: 1,
          service: 'front',
          operation: 'GET',
          kind: 'client',
          lasts: now ? 110 : 20,
        }),
        span(trace, start, {
          id: 2,
          parent: 1,
          service: 'back',
          operation: 'serve',
          kind: 'server',
          from: 5_000,
          lasts: now ? 100 : 10,
        }),
      ]),
    );
    expect(operations[0]).toMatchObject({ service: 'back', blame: 1 });
    expect(operations.find(({ service }) => service === 'front')).toMatchObject({
      selfMsP95: 10,
      peer: 'back',
    });
  });
});

describe('errors', () => {
  it('are blamed on the span where they begin, not on those that pass them on', async () => {
    const lines = repeated((trace, start, now) => [
      span(trace, start, {
        id: 1,
        service: 'front',
        operation: 'GET',
        kind: 'server',
        lasts: 40,
        error: now,
      }),
      span(trace, start, {
        id: 2,
        parent: 1,
        service: 'front',
        operation: 'call',
        kind: 'client',
        from: 1,
        lasts: 30,
        error: now,
      }),
      span(trace, start, {
        id: 3,
        parent: 2,
        service: 'back',
        operation: 'serve',
        kind: 'server',
        from: 2,
        lasts: 20,
        error: now,
      }),
    ]);
    const [first, ...rest] = await compared(lines);
    expect(first).toMatchObject({
      service: 'back',
      operation: 'serve',
      blame: 1,
      errorShare: 1,
      previousErrorShare: 0,
    });
    expect(rest.every(({ blame }) => blame === 0)).toBe(true);
  });

  it('of a server are seen by status code where the span has no status', async () => {
    const failed = span(1, window.start, {
      id: 1,
      service: 'shop',
      operation: 'GET',
      kind: 'server',
      attributes: { 'http.response.status_code': '503' },
    });
    const { traces } = await open([spanLine(failed)]);
    const answer = await traces.search(
      { window, onlyErrors: true, order: 'newest', limit: 5 },
      callContext(),
    );
    expect(answer.data.total).toBe(1);
  });
});

describe('traces that are not whole', () => {
  it('have the earliest orphan as root and survive a ring of parents', async () => {
    const orphans = [
      span(1, window.start, { id: 2, parent: 9, service: 'shop', operation: 'second', from: 5 }),
      span(1, window.start, { id: 1, parent: 8, service: 'shop', operation: 'first' }),
    ];
    const ring = [
      span(2, window.start, { id: 1, parent: 2, service: 'shop', operation: 'a', error: true }),
      span(2, window.start, { id: 2, parent: 1, service: 'shop', operation: 'b', from: 1, error: true }),
    ];
    const { traces } = await open([...orphans, ...ring].map((each) => spanLine(each)));
    const found = (await traces.search({ window, order: 'newest', limit: 5 }, callContext())).data.traces;
    expect(found.map(({ rootOperation }) => rootOperation).sort()).toEqual(['a', 'first']);
    expect((await traces.compare({ window, baseline, top: 3 }, callContext())).hints?.join(' ')).toContain(
      'baseline',
    );
  });

  it('show a span once that was exported twice', async () => {
    const twice = span(1, window.start, { id: 1, service: 'shop', operation: 'GET' });
    const { traces } = await open([spanLine(twice), spanLine(twice)]);
    expect((await traces.get({ traceId: twice.traceId }, callContext())).data).toHaveLength(1);
  });
});

describe('dependencies', () => {
  it('are calls, messages by parent or link, and resources that have no spans', async () => {
    const query = { 'db.system.name': 'postgresql', 'db.namespace': 'orders' };
    const producer = span(1, window.start, {
      id: 3,
      parent: 1,
      service: 'shop',
      operation: 'send',
      kind: 'producer',
    });
    const lines = [
      spanLine(
        span(1, window.start, { id: 1, service: 'shop', operation: 'GET', kind: 'server', lasts: 50 }),
      ),
      spanLine(
        span(1, window.start, {
          id: 2,
          parent: 1,
          service: 'shop',
          operation: 'SELECT',
          kind: 'client',
          attributes: query,
          error: true,
        }),
      ),
      spanLine(producer),
      spanLine(
        span(1, window.start, { id: 4, parent: 3, service: 'mail', operation: 'receive', kind: 'consumer' }),
      ),
      spanLine(span(2, window.start, { id: 1, service: 'audit', operation: 'receive', kind: 'consumer' }), [
        producer,
      ]),
      spanLine(
        span(1, window.start, {
          id: 5,
          parent: 1,
          service: 'shop',
          operation: 'POST',
          kind: 'client',
          attributes: { 'peer.service': 'acme' },
        }),
      ),
    ];
    const { dependencies } = await open(lines);
    const edges = (await dependencies.edges({ window }, callContext())).data;
    expect(edges.map(({ from, to, kind, errorShare }) => [from, to, kind, errorShare]).sort()).toEqual([
      ['shop', 'acme', 'call', 0],
      ['shop', 'audit', 'message', 0],
      ['shop', 'mail', 'message', 0],
      ['shop', 'resource:postgresql/orders', 'resource', 1],
    ]);
  });
});

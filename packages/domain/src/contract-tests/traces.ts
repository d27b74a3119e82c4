import assert from 'node:assert/strict';
import { ToolError } from '@devops-mcp/contract';
import type { Span, TracesApi } from '../traces.js';
import type { ContractCase } from './contract-case.js';
import {
  assertClose,
  assertHinted,
  assertSourced,
  assertUnknownService,
  type CaseWriter,
  callContext,
  casesOf,
  minutesBefore,
  worldNow,
} from './contract-world.js';

const window = { start: minutesBefore(60), end: worldNow };
const troubled = { start: minutesBefore(10), end: worldNow };
const calm = { start: minutesBefore(70), end: minutesBefore(10) };

/** What every implementation of the traces port must do; `open` gives one that holds `tracesWorld`. */
export function tracesContract(open: () => Promise<TracesApi>): readonly ContractCase[] {
  return casesOf((test) => testTracesPort(test, open));
}

function testTracesPort(test: CaseWriter, open: () => Promise<TracesApi>): void {
  testSearch(test, open);
  testGet(test, open);
  test.describe('traces port: typical', () => {
    test.it('gives median and p95 of an operation', async () => {
      const query = { service: 'payments', operation: 'charge', window: calm };
      const answer = await (await open()).typical(query, callContext());
      assert.equal(answer.data?.count, 60);
      assertClose(answer.data?.p50Ms, 10, 0.01);
      assert.equal(answer.data?.errorShare, 0);
    });
    test.it('is null for an operation without spans', async () => {
      const query = { service: 'payments', operation: 'refund', window: calm };
      assert.equal((await (await open()).typical(query, callContext())).data, null);
    });
  });
  test.describe('traces port: compare', () => {
    test.it('finds where time and errors are that were not there', async () => {
      const answer = await (await open()).compare(
        { window: troubled, baseline: calm, top: 3 },
        callContext(),
      );
      const [worst] = answer.data.operations;
      assert.equal(worst?.service, 'payments');
      assert.equal(worst?.operation, 'charge');
      assert.equal(worst?.instance, 'payments-1');
      assert.ok((worst?.blame ?? 0) > 0.9, `blame ${worst?.blame}`);
      assertClose(worst?.selfMsP95, 300, 0.05);
      assertClose(worst?.previousSelfMsP95, 10, 0.05);
      assert.equal(worst?.errorShare, 1);
      assert.equal(worst?.previousErrorShare, 0);
      assert.equal(answer.data.traces, 10);
      assert.equal(answer.data.baselineTraces, 60);
    });
    test.it('blames nobody when nothing changed', async () => {
      const before = { start: minutesBefore(120), end: minutesBefore(70) };
      const answer = await (await open()).compare({ window: calm, baseline: before, top: 9 }, callContext());
      assert.ok(answer.data.operations.every((operation) => operation.blame === 0));
    });
  });
}

function testSearch(test: CaseWriter, open: () => Promise<TracesApi>): void {
  test.describe('traces port: search', () => {
    test.it('summarises traces with root, services and where the error began', async () => {
      const query = { window: troubled, order: 'errors_first', limit: 3 } as const;
      const answer = await (await open()).search(query, callContext());
      assert.equal(answer.data.total, 10);
      assert.equal(answer.data.traces.length, 3);
      const [first] = answer.data.traces;
      assert.equal(first?.rootService, 'frontend');
      assert.equal(first?.rootOperation, 'GET /checkout');
      assert.deepEqual([...(first?.services ?? [])].sort(), ['frontend', 'payments']);
      assert.equal(first?.spans, 3);
      assert.equal(first?.errorService, 'payments');
      assertSourced(answer);
    });
    test.it('orders by length and by time', async () => {
      const port = await open();
      const [slowest] = (await port.search({ window, order: 'slowest', limit: 1 }, callContext())).data
        .traces;
      assertClose(slowest?.durationMs, 320, 0.01);
      const [newest] = (await port.search({ window, order: 'newest', limit: 1 }, callContext())).data.traces;
      assert.equal(newest?.start.getTime(), minutesBefore(1).getTime());
    });
    test.it('keeps to errors, duration, service and operation', async () => {
      const port = await open();
      const count = async (query: Partial<Parameters<TracesApi['search']>[0]>) =>
        (await port.search({ window, order: 'newest', limit: 100, ...query }, callContext())).data.total;
      assert.equal(await count({}), 60);
      assert.equal(await count({ onlyErrors: true }), 10);
      assert.equal(await count({ minDurationMs: 100 }), 10);
      assert.equal(await count({ service: 'payments', operation: 'charge' }), 60);
      assert.equal(await count({ service: 'payments', operation: 'refund' }), 0);
    });
    test.it('answers an empty window with a hint and an unknown service with the closest names', async () => {
      const port = await open();
      const empty = { start: minutesBefore(600), end: minutesBefore(540) };
      const answer = await port.search({ window: empty, order: 'newest', limit: 5 }, callContext());
      assert.equal(answer.data.total, 0);
      assertHinted(answer);
      const unknown = port.search({ service: 'front', window, order: 'newest', limit: 5 }, callContext());
      await assertUnknownService(unknown, 'frontend');
    });
  });
}

function testGet(test: CaseWriter, open: () => Promise<TracesApi>): void {
  test.describe('traces port: get', () => {
    test.it('gives every span of a trace in order of start', async () => {
      const spans = (await (await open()).get({ traceId: traceIdOf(5) }, callContext())).data;
      assert.deepEqual(
        spans.map((span) => [span.service, span.operation, span.kind, span.error]),
        [
          ['frontend', 'GET /checkout', 'server', true],
          ['frontend', 'POST', 'client', true],
          ['payments', 'charge', 'server', true],
        ],
      );
      assert.equal(spans[2]?.durationUs, 300_000);
      assert.equal(spans[2]?.attributes['payment.provider'], 'example');
      assert.equal(spans[2]?.events[0]?.name, 'exception');
      assert.equal(spans[2]?.parentSpanId, spans[1]?.spanId);
    });
    test.it('refuses a trace it does not have', async () => {
      const unknown = (await open()).get({ traceId: 'f'.repeat(32) }, callContext());
      await assert.rejects(
        unknown,
        (error: unknown) => error instanceof ToolError && error.code === 'not_found',
      );
    });
  });
}

function traceIdOf(minute: number): string {
  return `bb${String(minute).padStart(30, '0')}`;
}

/**
 * A trace a minute for two hours: `frontend` serves `GET /checkout` in 30 ms and calls `payments`, which
 * serves `charge` in 10 ms. In the last ten minutes `charge` takes 300 ms and fails.
 */
export function tracesWorld(): readonly Span[] {
  const spans: Span[] = [];
  for (let minute = 120; minute >= 1; minute -= 1) {
    const failed = minute <= 10;
    const start = minutesBefore(minute).getTime() * 1_000;
    const inner = failed ? 300_000 : 10_000;
    const id = (part: number) => `c${part}${String(minute).padStart(14, '0')}`;
    const common = {
      traceId: traceIdOf(minute),
      statusMessage: null,
      error: failed,
      events: [],
      attributes: {},
    };
    const front = { ...common, service: 'frontend', instance: 'frontend-1' };
    spans.push(
      {
        ...front,
        spanId: id(1),
        parentSpanId: null,
        operation: 'GET /checkout',
        kind: 'server',
        startUs: start,
        durationUs: inner + 20_000,
      },
      {
        ...front,
        spanId: id(2),
        parentSpanId: id(1),
        operation: 'POST',
        kind: 'client',
        startUs: start + 5_000,
        durationUs: inner + 4_000,
      },
      {
        ...common,
        service: 'payments',
        instance: 'payments-1',
        spanId: id(3),
        parentSpanId: id(2),
        operation: 'charge',
        kind: 'server',
        startUs: start + 7_000,
        durationUs: inner,
        attributes: { 'payment.provider': 'example' },
        events: failed
          ? [{ timeUs: start + 8_000, name: 'exception', attributes: { 'exception.type': 'Refused' } }]
          : [],
      },
    );
  }
  return spans;
}

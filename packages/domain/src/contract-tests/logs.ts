import assert from 'node:assert/strict';
import type { LogLevel, LogQuery, LogsApi } from '../logs.js';
import type { ContractCase } from './contract-case.js';
import {
  assertHinted,
  assertSourced,
  assertUnknownService,
  type CaseWriter,
  callContext,
  casesOf,
  minutesBefore,
  worldNow,
} from './contract-world.js';

/** A line as a service wrote it. */
export interface GivenLog {
  readonly time: Date;
  readonly service: string;
  readonly instance: string;
  readonly version: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly exceptionType?: string;
  readonly traceId?: string;
}

const window = { start: minutesBefore(60), end: worldNow };
const everything: LogQuery = {
  window,
  order: 'oldest',
  groupRepeats: false,
  before: 0,
  after: 0,
  limit: 200,
};
const trace = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01';

/** What every implementation of the logs port must do; `open` gives one that holds `logsWorld`. */
export function logsContract(open: () => Promise<LogsApi>): readonly ContractCase[] {
  return casesOf((test) => testLogsPort(test, open));
}

function testLogsPort(test: CaseWriter, open: () => Promise<LogsApi>): void {
  const search = async (query: Partial<LogQuery>) =>
    (await open()).search({ ...everything, ...query }, callContext());
  const messages = async (query: Partial<LogQuery>) =>
    (await search(query)).data.excerpts.flatMap((excerpt) =>
      excerpt.matches.map((match) => match.line.message),
    );

  test.describe('logs port: search', () => {
    test.it('counts what lies in a window that includes its start and excludes its end', async () => {
      const answer = await search({
        service: 'orders',
        window: { start: minutesBefore(10), end: minutesBefore(5) },
      });
      assert.equal(answer.data.total, 5);
      assert.equal(
        answer.data.histogram.reduce((sum, bin) => sum + bin.count, 0),
        5,
      );
      assertSourced(answer);
    });
    test.it('gives lines of a level and above', async () => {
      assert.equal((await messages({ minLevel: 'error' })).length, 12);
    });
    test.it('finds every word whatever its case, and not a part of them only', async () => {
      assert.equal((await messages({ text: 'REFUSED connection' })).length, 12);
      assert.equal((await messages({ text: 'refused nowhere' })).length, 0);
    });
    test.it('matches a glob against the whole message, with no other special characters', async () => {
      assert.equal((await messages({ pattern: 'connection to * refused' })).length, 12);
      assert.equal((await messages({ pattern: 'connection to *' })).length, 12);
      assert.equal((await messages({ pattern: 'to *' })).length, 0);
      assert.equal((await messages({ pattern: '%refused' })).length, 0);
    });
    test.it('finds the lines of a trace', async () => {
      assert.deepEqual(await messages({ traceId: trace }), ['connection to 10.0.0.1 refused']);
    });
    test.it('orders by time both ways', async () => {
      const oldest = await messages({ service: 'orders' });
      assert.deepEqual(await messages({ service: 'orders', order: 'newest' }), [...oldest].reverse());
    });
    test.it('pages with a cursor, every line once', async () => {
      const port = await open();
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const query: LogQuery = { ...everything, limit: 50, ...(cursor === null ? {} : { cursor }) };
        const answer = await port.search(query, callContext());
        for (const excerpt of answer.data.excerpts)
          for (const match of excerpt.matches) seen.push(`${match.line.position} ${match.line.service}`);
        cursor = answer.data.nextCursor;
      } while (cursor !== null && seen.length < 1_000);
      assert.equal(seen.length, 192);
      assert.equal(new Set(seen).size, 192);
    });
    test.it('collapses repeats of one template into one with a count', async () => {
      const answer = await search({ minLevel: 'error', groupRepeats: true });
      assert.equal(answer.data.excerpts.length, 1);
      assert.equal(answer.data.excerpts[0]?.matches[0]?.repeats, 12);
      assert.equal(answer.data.total, 12);
    });
    test.it('gives the first occurrence of each template', async () => {
      const [excerpt] = (await search({ minLevel: 'error', order: 'first_occurrence' })).data.excerpts;
      assert.equal(excerpt?.matches[0]?.line.time.getTime(), minutesBefore(60).getTime());
    });
    testContext(test, search);
    testRefusals(test, open, search);
  });
  testErrorSummary(test, open);
}

type Search = (query: Partial<LogQuery>) => ReturnType<LogsApi['search']>;

function testContext(test: CaseWriter, search: Search): void {
  test.it('gives the lines around a match from the same stream, exactly', async () => {
    const at = minutesBefore(30);
    const answer = await search({
      minLevel: 'error',
      window: { start: at, end: minutesBefore(29) },
      before: 2,
      after: 1,
    });
    const [excerpt] = answer.data.excerpts;
    assert.deepEqual(
      excerpt?.before.map((line) => line.message),
      ['payments-1 handled 31', 'payments-1 handled 30'],
    );
    assert.deepEqual(
      excerpt?.after.map((line) => line.message),
      ['payments-1 handled 29'],
    );
    assert.ok(excerpt?.before.every((line) => line.instance === 'payments-1'));
  });
  test.it('merges windows that touch', async () => {
    const answer = await search({ minLevel: 'error', before: 3, after: 3 });
    assert.equal(answer.data.excerpts.length, 1);
    assert.equal(answer.data.excerpts[0]?.matches.length, 12);
  });
}

function testRefusals(test: CaseWriter, open: () => Promise<LogsApi>, search: Search): void {
  test.it('refuses an unknown service with the closest known names', async () => {
    await assertUnknownService(search({ service: 'payment' }), 'payments');
  });
  test.it('answers an empty window with no data and a hint', async () => {
    const answer = await search({ window: { start: minutesBefore(600), end: minutesBefore(590) } });
    assert.equal(answer.data.total, 0);
    assertHinted(answer);
  });
  test.it('stops when the call is cancelled', async () => {
    const port = await open();
    await assert.rejects(port.search(everything, { ...callContext(), signal: AbortSignal.abort() }));
  });
}

function testErrorSummary(test: CaseWriter, open: () => Promise<LogsApi>): void {
  test.describe('logs port: error summary', () => {
    test.it('groups errors by what they say, with the window before for comparison', async () => {
      const answer = await (await open()).errorSummary({ window, top: 10 }, callContext());
      const [group, ...rest] = answer.data.groups;
      assert.equal(rest.length, 0);
      assert.equal(group?.service, 'payments');
      assert.equal(group?.type, 'ConnectionRefusedError');
      assert.equal(group?.count, 12);
      assert.equal(group?.previousCount, 0);
      assert.equal(answer.data.total, 12);
      assert.equal(answer.data.lines, 192);
      assert.equal(group?.firstSeen.getTime(), minutesBefore(60).getTime());
      assert.equal(group?.lastSeen.getTime(), minutesBefore(5).getTime());
      assert.deepEqual([...(group?.instances ?? [])], ['payments-1']);
      assert.deepEqual([...(group?.versions ?? [])], ['2.0.0']);
      assert.ok(group !== undefined && group.traceIds.length > 0);
      assert.ok(group.traceIds.every((id) => id.startsWith(trace.slice(0, 30))));
      assert.equal(
        group?.histogram.reduce((sum, count) => sum + count, 0),
        12,
      );
      assertSourced(answer);
    });
    test.it('counts the window before', async () => {
      const query = { window: { start: minutesBefore(30), end: worldNow }, top: 10 };
      const [group] = (await (await open()).errorSummary(query, callContext())).data.groups;
      assert.equal(group?.count, 6);
      assert.equal(group?.previousCount, 6);
    });
    test.it('gives the same fingerprint every time', async () => {
      const once = (await (await open()).errorSummary({ window, top: 1 }, callContext())).data.groups[0];
      const again = (await (await open()).errorSummary({ window, top: 1 }, callContext())).data.groups[0];
      assert.equal(once?.fingerprint, again?.fingerprint);
    });
    test.it('is empty with a hint for a service without errors, and knows a service from none', async () => {
      const port = await open();
      assert.equal(
        (await port.errorSummary({ service: 'orders', window, top: 5 }, callContext())).data.total,
        0,
      );
      await assertUnknownService(
        port.errorSummary({ service: 'order', window, top: 5 }, callContext()),
        'orders',
      );
    });
  });
}

/**
 * Two instances of `payments` and one of `orders` over two hours: a line a minute each and, in the last
 * hour, an error of `payments` every five minutes whose address differs each time.
 */
export function logsWorld(): readonly GivenLog[] {
  const lines: GivenLog[] = [];
  for (let minute = 120; minute >= 1; minute -= 1) {
    const time = minutesBefore(minute);
    for (const [service, instance] of [
      ['payments', 'payments-1'],
      ['payments', 'payments-2'],
      ['orders', 'orders-1'],
    ] as const)
      lines.push({
        time,
        service,
        instance,
        version: '2.0.0',
        level: 'info',
        message: `${instance} handled ${minute}`,
      });
    if (minute > 60 || minute % 5 !== 0) continue;
    lines.push({
      time,
      service: 'payments',
      instance: 'payments-1',
      version: '2.0.0',
      level: 'error',
      message: `connection to 10.0.0.${13 - minute / 5} refused`,
      exceptionType: 'ConnectionRefusedError',
      traceId: trace.slice(0, 30) + String(13 - minute / 5).padStart(2, '0'),
    });
  }
  return lines;
}

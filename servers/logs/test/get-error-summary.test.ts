import { estimateTokens, type LogLine } from '@devops-mcp/domain';
import { callTool, fakeDeployments, fakeLogs } from '@devops-mcp/testing';
import { describe, expect, it } from 'vitest';
import { newSince, trendOf } from '../src/errors/judge-group.js';
import { getErrorSummary } from '../src/tools/get-error-summary.js';
import { at, catalog, deployment, line, now } from './lines.js';

const stackTrace = 'java.lang.IllegalStateException: pool exhausted\n\tat com.example.Pool.take(Pool.java:7)';
const repeated = (count: number, start: number, message: string, more: Partial<LogLine> = {}) =>
  Array.from({ length: count }, (_, i) =>
    line(`11:${String(start + (i % (60 - start))).padStart(2, '0')}:00`, message, {
      level: 'error',
      ...more,
    }),
  );
const lines = [
  line('10:30:00', 'slow query took 900 ms', { level: 'error' }),
  ...repeated(2, 5, 'slow query took 800 ms'),
  ...repeated(40, 42, 'pool exhausted', {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    attributes: {
      'exception.type': 'IllegalStateException',
      'exception.stacktrace': stackTrace,
      'service.version': '2.4.1',
      operation: 'POST /charges',
    },
  }),
  ...repeated(6, 50, 'charge failed', { service: 'ledger', instance: 'ledger-1' }),
  line('11:00:00', 'fine'),
];
const deployments = fakeDeployments({
  deployments: [deployment('d2', 'payments-api', '11:40:00'), deployment('d0', 'ledger', '07:00:00')],
});
const ask = (
  input: object = {},
  given: typeof deployments | undefined = deployments,
  of: readonly LogLine[] = lines,
) =>
  callTool(
    getErrorSummary,
    { environment: 'production', ...input },
    { logs: fakeLogs(of), services: catalog, deployments: given, metrics: undefined },
    { now },
  );

describe('get_error_summary', () => {
  it('ranks groups by count with share, trend, and what they were seen in', async () => {
    const { answer } = await ask();
    expect(answer.data).toMatchObject({ total: 48, lines: 49 });
    expect(answer.data.groups.map((g) => [g.template, g.count, g.trend])).toEqual([
      ['pool exhausted', 40, 'new'],
      ['charge failed', 6, 'new'],
      ['slow query took <*> ms', 2, 'steady'],
    ]);
    expect(answer.data.groups[0]).toMatchObject({
      type: 'IllegalStateException',
      share: 0.833,
      stackTrace,
      versions: ['2.4.1'],
      operations: ['POST /charges'],
      traceIds: ['4bf92f3577b34da6a3ce929d0e0e4736'],
    });
  });

  it('names the deployment since which an error exists, and only where it proves something', async () => {
    const [pool, charge, slow] = (await ask()).answer.data.groups;
    expect(pool).toMatchObject({ newSinceDeployment: true, deployment: { id: 'd2', version: '2.4.1' } });
    // The ledger's deployment lies before anything that was looked at.
    expect(charge).toMatchObject({ newSinceDeployment: false });
    expect(charge?.deployment).toBeUndefined();
    // It was there before the deployment.
    expect(slow?.newSinceDeployment).toBe(false);
  });

  it('does not know without deployments, and names the setting', async () => {
    const found = await callTool(
      getErrorSummary,
      { environment: 'production' },
      { logs: fakeLogs(lines), services: catalog, deployments: undefined, metrics: undefined },
      { now },
    );
    expect(found.answer.data.groups.map((g) => g.newSinceDeployment)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(found.answer.hints?.join(' ')).toContain('environments.production.ports.deployments');
  });

  it('takes one service', async () => {
    const { answer } = await ask({ service: 'ledger' });
    expect(answer.data.groups.map((g) => g.service)).toEqual(['ledger']);
  });

  it('keeps "no errors", "no lines" and an unknown name apart', async () => {
    expect((await ask({}, deployments, [line('11:00:00', 'fine')])).answer.hints).toContain(
      'No errors among 1 lines.',
    );
    expect((await ask({ service: 'ledger', period: 'now-3m' })).answer.hints?.join(' ')).toContain(
      'no lines of ledger at all',
    );
    await expect(ask({ service: 'leger' }, deployments, [])).rejects.toMatchObject({ code: 'not_found' });
  });

  it('fits the budget, keeps the most frequent and says what was cut', async () => {
    const many = Array.from({ length: 40 }, (_, i) =>
      repeated(
        40 - i,
        0,
        `failure of kind ${'abcdefgh'[i % 8]}${'ijklm'[Math.floor(i / 8)]} in a part of the system with a long name`,
      ),
    ).flat();
    const { answer } = await ask({ top: 40 }, deployments, many);
    expect(estimateTokens(answer)).toBeLessThanOrEqual(2_000);
    expect(answer.data.groups[0]?.count).toBe(40);
    expect(answer.truncation).toMatchObject({ returned: answer.data.groups.length, more: true });
  });

  it('renders messages behind a bar', async () => {
    const { text } = await ask();
    expect(text).toContain('NEW');
    expect(text).toContain('new since 2.4.1 at 11:40:00');
    expect(text).toContain('   │ \tat com.example.Pool.take(Pool.java:7)');
  });
});

describe('trendOf', () => {
  it.each([
    [10, 0, 'new'],
    [12, 9, 'steady'],
    [100, 40, 'rising'],
    [40, 100, 'falling'],
    [1_200, 1_000, 'steady'],
  ])('%i after %i is %s', (count, previousCount, trend) => {
    expect(trendOf({ count, previousCount })).toBe(trend);
  });
});

describe('newSince', () => {
  const group = {
    fingerprint: 'f',
    service: 'payments-api',
    type: 'log',
    template: 'pool exhausted',
    count: 3,
    previousCount: 0,
    firstSeen: at('11:42:00'),
    lastSeen: now,
    instances: [],
    versions: [],
    operations: [],
    sample: '',
    stackTrace: null,
    traceIds: [],
    histogram: [],
  };
  const window = { start: at('11:00:00'), end: now };
  const since = (...times: string[]) =>
    newSince(
      group,
      times.map((time) => deployment(time, 'payments-api', time)),
      window,
    )?.id;

  it('is the latest deployment before the error was first seen', () => {
    expect(since('10:30:00', '11:40:00', '11:50:00')).toBe('11:40:00');
  });

  it('reaches back as far as it is known that the error was not there, and no further', () => {
    expect(since('10:00:00')).toBe('10:00:00');
    expect(since('09:59:59')).toBeUndefined();
  });
});

import { promises as fs } from 'node:fs';
import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { afterAll, describe, expect, it } from 'vitest';
import {
  attributeList,
  gauge,
  type Line,
  logsLine,
  metricsLine,
  nanoseconds,
  resource,
} from './otlp-json.js';
import { type Folder, jsonLines, type Ports, removeFolders, telemetryFolder } from './sandbox-folder.js';

afterAll(removeFolders);

const window = { start: new Date(worldNow.getTime() - 3_600_000), end: worldNow };
const minuteAgo = new Date(worldNow.getTime() - 60_000);
const everything = { window, order: 'oldest', groupRepeats: false, before: 0, after: 0, limit: 200 } as const;

function logOf(service: string, record: object): Line {
  return logsLine(resource(service), [{ timeUnixNano: nanoseconds(minuteAgo), ...record }]);
}

function spanOf(service: string, record: object = {}): Line {
  const span = {
    traceId: '00112233445566778899aabbccddeeff',
    spanId: '00f067aa0ba902b7',
    name: 'GET /pay',
    kind: 2,
    startTimeUnixNano: nanoseconds(minuteAgo),
    endTimeUnixNano: nanoseconds(minuteAgo),
    ...record,
  };
  return { resourceSpans: [{ resource: resource(service), scopeSpans: [{ spans: [span] }] }] };
}

function pointOf(service: string): Line {
  return metricsLine(resource(service), [gauge('process.cpu.utilization', '1', [[minuteAgo, 0.5]])]);
}

async function searched(ports: Ports) {
  const { data, hints = [] } = await ports.logs.search(everything, callContext());
  const lines = data.excerpts.flatMap((excerpt) => excerpt.matches.map((match) => match.line));
  return { lines, total: data.total, hints };
}

const metricsOf = async (ports: Ports, service: string) =>
  (await ports.metrics.listMetrics({ service, window }, callContext())).data.map((metric) => metric.name);
const tracesOf = async (ports: Ports) =>
  (await ports.traces.search({ window, order: 'newest', limit: 10 }, callContext())).data.total;

/** Tables that were read to the end. */
async function tablesRead(folder: Folder): Promise<readonly string[]> {
  const names = await fs.readdir(folder.state, { recursive: true });
  return names
    .filter((name) => name.endsWith('manifest.json'))
    .map((name) => name.split('/').at(-2) ?? '')
    .sort();
}

describe('each kind of telemetry', () => {
  it('is read when it is asked about and no sooner', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', [
      logOf('payments', { body: { stringValue: 'hello' } }),
      spanOf('payments'),
      pointOf('payments'),
    ]);
    const ports = await folder.open();
    expect(await metricsOf(ports, 'payments')).toEqual(['process.cpu.utilization']);
    expect(await tablesRead(folder)).toEqual(['points']);
    expect(await tracesOf(ports)).toBe(1);
    expect(await tablesRead(folder)).toEqual(['points', 'spans']);
    expect((await searched(ports)).total).toBe(1);
    expect(await tablesRead(folder)).toEqual(['logs', 'points', 'spans']);
  });

  it('is found wherever it stands: in one file, one line, or one document with the others', async () => {
    const folder = await telemetryFolder();
    const all = {
      ...logOf('payments', { body: { stringValue: 'in one line' } }),
      ...spanOf('payments'),
      ...pointOf('orders'),
    };
    await folder.append('a.jsonl', `${JSON.stringify(spanOf('payments', { spanId: '1111111111111111' }))}\n`);
    await folder.append('a.jsonl', jsonLines([pointOf('payments'), all]));
    await folder.append('b.json', JSON.stringify([all, pointOf('stock')], null, 2));
    await folder.append(
      'c.json',
      ` { "resourceMetrics" : ${JSON.stringify(pointOf('web').resourceMetrics)} }`,
    );
    const ports = await folder.open();
    for (const service of ['payments', 'orders', 'stock', 'web'])
      expect(await metricsOf(ports, service)).toEqual(['process.cpu.utilization']);
    const found = await searched(ports);
    expect(found.lines.map((line) => line.message)).toEqual(['in one line', 'in one line']);
    expect(found.hints).toEqual([]);
    expect(await tracesOf(ports)).toBe(1);
  });

  it('does not hide garbage in files of another kind', async () => {
    const folder = await telemetryFolder();
    await folder.append('a.jsonl', `${jsonLines([pointOf('payments')])}{"resourceMetrics":[{]}\nnot json\n`);
    await folder.write('b.jsonl', [logOf('payments', { body: { stringValue: 'x' } })]);
    const ports = await folder.open();
    // A line that begins as metrics do is judged by whoever reads metrics.
    expect((await searched(ports)).hints).toEqual([
      'a.jsonl: 1 of 3 lines are not OTLP JSON and were skipped.',
    ]);
    const { hints } = await ports.metrics.listMetrics({ service: 'payments', window }, callContext());
    expect(hints).toEqual(['a.jsonl: 2 of 3 lines are not OTLP JSON and were skipped.']);
  });

  it('knows a service that sends only another kind', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', [spanOf('payments'), logOf('orders', { body: { stringValue: 'x' } })]);
    const ports = await folder.open();
    const answer = await ports.logs.search({ ...everything, service: 'payments' }, callContext());
    expect(answer.data.total).toBe(0);
    await expect(
      ports.logs.search({ ...everything, service: 'nobody' }, callContext()),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('what records hold', () => {
  const bodies = [
    ' spaces around ',
    'two\nlines\r\nand a return\r',
    '\u001e',
    '\u001d',
    '\u001ea\u001fb\u001e\u001e\nc',
    'nul \0 here',
    '"quoted", \\N and \'single\'',
    'NULL',
    '# comment',
    'é😀\u2028',
    `long ${'x'.repeat(60_000)}`,
  ];

  it('comes back as it was, whatever its characters', async () => {
    const folder = await telemetryFolder();
    const records = bodies.map((stringValue, at) => ({
      timeUnixNano: nanoseconds(minuteAgo.getTime() + at),
      body: { stringValue },
      attributes: attributeList({ note: stringValue.slice(0, 50), 'http.route': stringValue.slice(0, 50) }),
    }));
    await folder.write('a.jsonl', [logsLine(resource('payments', 'odd\u001f\ninstance'), records)]);
    const { lines } = await searched(await folder.open());
    expect(lines.map((line) => line.message)).toEqual(bodies);
    expect(lines.map((line) => line.attributes.note)).toEqual(bodies.map((body) => body.slice(0, 50)));
    expect(new Set(lines.map((line) => line.instance))).toEqual(new Set(['odd\u001f\ninstance']));
  });

  it('keeps an empty text apart from none and survives half a surrogate', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', [logOf('payments', { body: { stringValue: '' }, attributes: [] })]);
    await folder.append(
      'b.jsonl',
      `${JSON.stringify(logOf('payments', { body: { stringValue: 'a\ud800' } }))}\n`,
    );
    const { lines } = await searched(await folder.open());
    expect(lines.map((line) => line.message)).toEqual(['', 'a\ufffd']);
    expect(lines.map((line) => line.traceId ?? null)).toEqual([null, null]);
  });

  it('may be numbers out of any range, which stops nothing', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', [
      logOf('payments', { body: { stringValue: 'good' } }),
      logOf('payments', { timeUnixNano: '9'.repeat(40), body: { stringValue: 'far' } }),
      logOf('payments', { timeUnixNano: -1.5, severityNumber: 1e30, body: { stringValue: 'odd' } }),
      spanOf('payments', { kind: 1e12 }),
      spanOf('payments', { spanId: '2222222222222222', kind: 2.5, endTimeUnixNano: '9'.repeat(30) }),
    ]);
    const ports = await folder.open();
    expect((await searched(ports)).lines.map((line) => line.message)).toEqual(['good']);
    expect(await tracesOf(ports)).toBe(1);
  });

  it('may be attributes of any size, which are cut', async () => {
    const folder = await telemetryFolder();
    const attributes = Array.from({ length: 70 }, (_, at) => ({
      key: `${at}${'k'.repeat(300)}`,
      value: { stringValue: '\u0001'.repeat(4_200) },
    }));
    const events = Array.from({ length: 12 }, () => ({ name: 'e', timeUnixNano: '1', attributes }));
    await folder.write('a.jsonl', [
      logOf('payments', { body: { stringValue: 'much' }, attributes }),
      spanOf('payments', { attributes, events }),
    ]);
    const ports = await folder.open();
    const [only] = (await searched(ports)).lines;
    expect(only?.message).toBe('much');
    expect(Object.keys(only?.attributes ?? {}).length).toBe(64);
    const { data } = await ports.traces.get({ traceId: '00112233445566778899aabbccddeeff' }, callContext());
    expect(Object.keys(data[0]?.attributes ?? {}).length).toBe(64);
    expect(data[0]?.events.length).toBeLessThan(12);
  });
});

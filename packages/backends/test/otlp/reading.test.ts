import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { LogLevel } from '@devops-mcp/domain';
import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { afterAll, describe, expect, it } from 'vitest';
import { lineSplitter, type SourceLine } from '../../src/otlp/reader/line-splitter.js';
import { logLine, logsLine, resource } from './otlp-json.js';
import { jsonLines, type Ports, removeFolders, telemetryFolder } from './sandbox-folder.js';
import { prefixed, zstdFrame } from './zstd-frame.js';

afterAll(removeFolders);

const line = (message: string, minute = 1) =>
  logLine({
    time: new Date(worldNow.getTime() - minute * 60_000),
    service: 'payments',
    instance: 'payments-1',
    version: '1',
    level: 'info',
    message,
  });
const window = { start: new Date(worldNow.getTime() - 3_600_000), end: worldNow };

async function found(ports: Ports) {
  const query = { window, order: 'oldest', groupRepeats: false, before: 0, after: 0, limit: 200 } as const;
  const answer = await ports.logs.search(query, callContext());
  return {
    messages: answer.data.excerpts.flatMap((excerpt) => excerpt.matches.map((match) => match.line.message)),
    levels: answer.data.excerpts.flatMap((excerpt) =>
      excerpt.matches.map((match): LogLevel => match.line.level),
    ),
    lines: answer.data.excerpts.flatMap((excerpt) => excerpt.matches.map((match) => match.line)),
    hints: answer.hints ?? [],
  };
}

describe('what the collector writes', () => {
  it('reads plain, gzip, length-prefixed zstd and whole zstd files, by content and not by name', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', [line('plain', 9)]);
    await folder.append('b.jsonl.gz', gzipSync(jsonLines([line('gzip', 8)])));
    await folder.append('c.json', prefixed(zstdFrame(JSON.stringify(line('frame one', 7)))));
    await folder.append(
      'c.json',
      prefixed(zstdFrame(jsonLines([line('frame two', 6), line('frame three', 5)]))),
    );
    await folder.append('d.ndjson.zst', zstdFrame(jsonLines([line('zstd', 4)])));
    await folder.append(
      'e.jsonl.1.gz',
      Buffer.concat([gzipSync(jsonLines([line('member', 3)])), gzipSync(jsonLines([line('again', 2)]))]),
    );
    const { messages, hints } = await found(await folder.open());
    expect(messages).toEqual([
      'plain',
      'gzip',
      'frame one',
      'frame two',
      'frame three',
      'zstd',
      'member',
      'again',
    ]);
    expect(hints).toEqual([]);
  });

  it('reads a document that is printed over several lines, and one that is a list', async () => {
    const folder = await telemetryFolder();
    await folder.append('pretty.json', JSON.stringify(line('pretty', 3), null, 2));
    await folder.append('list.json', JSON.stringify([line('first', 2), line('second', 1)]));
    expect((await found(await folder.open())).messages).toEqual(['pretty', 'first', 'second']);
  });

  it('reads enums by name, numbers as strings, ids in base64 and values of every kind', async () => {
    const folder = await telemetryFolder();
    const record = {
      observedTimeUnixNano: `${worldNow.getTime() - 60_000}000000`,
      severityNumber: 'SEVERITY_NUMBER_ERROR2',
      traceId: Buffer.from('00112233445566778899aabbccddeeff', 'hex').toString('base64'),
      spanId: '00F067AA0BA902B7',
      body: { kvlistValue: { values: [{ key: 'message', value: { stringValue: 'as a map' } }] } },
      attributes: [
        { key: 'int', value: { intValue: '9007199254740993' } },
        { key: 'flag', value: { boolValue: true } },
        { key: 'list', value: { arrayValue: { values: [{ doubleValue: 1.5 }, { stringValue: 'x' }] } } },
      ],
    };
    await folder.write('a.jsonl', [logsLine(resource('payments'), [record])]);
    const [only] = (await found(await folder.open())).lines;
    expect(only).toMatchObject({
      level: 'error',
      message: '{"message":"as a map"}',
      traceId: '00112233445566778899aabbccddeeff',
      spanId: '00f067aa0ba902b7',
      attributes: { flag: 'true', list: '[1.5,"x"]' },
    });
  });

  it('takes the level from the text or a JSON body where the record has none', async () => {
    const folder = await telemetryFolder();
    const bodies = [
      '2026-03-10 11:59:00 WARN slow',
      'level=error boom',
      '{"severity":"FATAL","message":"x"}',
      'plain',
    ];
    const records = bodies.map((text, at) => ({
      timeUnixNano: `${worldNow.getTime() - 60_000 + at}000000`,
      body: { stringValue: text },
    }));
    await folder.write('a.jsonl', [logsLine(resource('payments'), records)]);
    expect((await found(await folder.open())).levels).toEqual(['warn', 'error', 'fatal', 'info']);
  });
});

describe('what goes wrong with files', () => {
  it('counts and reports garbage for each file and reads the rest', async () => {
    const folder = await telemetryFolder();
    await folder.append(
      'a.jsonl',
      `${jsonLines([line('one', 3)])}not json\n{"other":1}\n[1,2]\n\n${jsonLines([line('two', 2)])}`,
    );
    const { messages, hints } = await found(await folder.open());
    expect(messages).toEqual(['one', 'two']);
    expect(hints).toEqual(['a.jsonl: 3 of 5 lines are not OTLP JSON and were skipped.']);
  });

  it('leaves a torn last line until it is whole, and takes a whole one without a line break', async () => {
    const folder = await telemetryFolder();
    const text = JSON.stringify(line('second', 2));
    await folder.append('a.jsonl', jsonLines([line('first', 3)]) + text.slice(0, 40));
    const ports = await folder.open();
    const torn = await found(ports);
    expect(torn.messages).toEqual(['first']);
    expect(torn.hints).toEqual(['a.jsonl: the last line is unfinished.']);
    await folder.append('a.jsonl', text.slice(40));
    expect(await found(ports)).toMatchObject({ messages: ['first', 'second'], hints: [] });
    await folder.append('a.jsonl', `\n${jsonLines([line('third', 1)])}`);
    expect((await found(ports)).messages).toEqual(['first', 'second', 'third']);
  });

  it('reads a gzip file that stops early as far as it goes, and on when it has grown', async () => {
    const folder = await telemetryFolder();
    const messages = Array.from({ length: 120 }, (_, at) => `message ${at} ${Math.sin(at)}`);
    const whole = gzipSync(jsonLines(messages.map((message) => line(message, 2))));
    await folder.append('a.jsonl.gz', whole.subarray(0, Math.floor(whole.length / 2)));
    const ports = await folder.open();
    const early = await found(ports);
    expect(early.messages.length).toBeGreaterThan(5);
    expect(early.messages.length).toBeLessThan(120);
    expect(early.hints).toEqual(['a.jsonl.gz: the compressed stream stops early.']);
    await folder.append('a.jsonl.gz', whole.subarray(Math.floor(whole.length / 2)));
    const late = await found(ports);
    expect(new Set(late.messages)).toEqual(new Set(messages));
    expect(late.messages.length).toBe(120);
    expect(late.hints).toEqual([]);
  });

  it('waits for the rest of a zstd frame and skips one that cannot be decompressed', async () => {
    const folder = await telemetryFolder();
    const frame = prefixed(zstdFrame(JSON.stringify(line('late', 1))));
    const broken = prefixed(Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.alloc(20, 0xff)]));
    await folder.append('a.json', prefixed(zstdFrame(JSON.stringify(line('early', 2)))));
    await folder.append('a.json', Buffer.concat([broken, frame.subarray(0, 10)]));
    const ports = await folder.open();
    expect((await found(ports)).messages).toEqual(['early']);
    await folder.append('a.json', frame.subarray(10));
    const after = await found(ports);
    expect(after.messages).toEqual(['early', 'late']);
    expect(after.hints).toEqual([
      'a.json: 1 lines are longer than the bound or cannot be decompressed and were skipped.',
    ]);
  });

  it('says so of a file that is not OTLP JSON and of a folder without any', async () => {
    const folder = await telemetryFolder();
    expect((await found(await folder.open())).hints.join(' ')).toContain('holds no .json');
    await folder.append('a.json', Buffer.from([0, 0, 0, 9, 10, 7, 1, 2, 3]));
    expect((await found(await folder.open())).hints.join(' ')).toContain('a.json: not OTLP JSON');
  });

  it('follows no symbolic link out of the folder', async () => {
    const folder = await telemetryFolder();
    const outside = await telemetryFolder();
    await outside.write('secret.jsonl', [line('outside')]);
    await fs.symlink(join(outside.telemetry, 'secret.jsonl'), join(folder.telemetry, 'link.jsonl'));
    await folder.write('a.jsonl', [line('inside')]);
    expect((await found(await folder.open())).messages).toEqual(['inside']);
  });

  it('skips a line beyond the bound without holding it', () => {
    const lines: SourceLine[] = [];
    const splitter = lineSplitter(0, 10, (each) => lines.push(each));
    for (const chunk of ['short\nfar too', ' long a line', '\nend\nrest']) splitter.push(Buffer.from(chunk));
    expect(lines).toEqual([
      { bytes: Buffer.from('short'), end: 6 },
      { bytes: null, end: 26 },
      { bytes: Buffer.from('end'), end: 30 },
    ]);
    expect(splitter.rest()).toEqual({ bytes: Buffer.from('rest'), end: 34, unfinished: true });
  });
});

import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '@devops-mcp/contract';
import { callContext, worldNow } from '@devops-mcp/domain/contract-tests';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDuckDb } from '../../src/otlp/store/duckdb.js';
import { type Line, logLine, logsLine, nanoseconds, resource } from './otlp-json.js';
import {
  type Folder,
  jsonLines,
  type Ports,
  removeFolders,
  telemetryFolder,
  watchedCall,
} from './sandbox-folder.js';

afterAll(removeFolders);

const window = { start: new Date(worldNow.getTime() - 3_600_000), end: worldNow };
const query = { window, order: 'oldest', groupRepeats: false, before: 0, after: 0, limit: 200 } as const;

function lines(from: number, count: number): readonly Line[] {
  return Array.from({ length: count }, (_, at) =>
    logLine({
      time: new Date(window.start.getTime() + (from + at) * 10),
      service: 'payments',
      instance: 'payments-1',
      version: '1',
      level: 'info',
      message: `message ${from + at}`,
    }),
  );
}

/** Lines of a thousand records each, as a collector that batches writes them. */
function batches(from: number, count: number): readonly Line[] {
  return Array.from({ length: count }, (_, batch) => {
    const records = Array.from({ length: 1_000 }, (__, at) => ({
      timeUnixNano: nanoseconds(window.start.getTime() + from + batch * 1_000 + at),
      body: { stringValue: 'x' },
    }));
    return logsLine(resource('payments'), records);
  });
}

async function total(ports: Ports): Promise<number> {
  return (await ports.logs.search(query, callContext())).data.total;
}

async function stateFolder(folder: Folder, table = 'logs'): Promise<string> {
  const [only] = await fs.readdir(folder.state);
  return join(folder.state, only ?? '', table);
}

async function manifestOf(
  folder: Folder,
  table = 'logs',
): Promise<{ schema: number; segments: { name: string }[]; complete: boolean }> {
  return JSON.parse(await fs.readFile(join(await stateFolder(folder, table), 'manifest.json'), 'utf8'));
}

describe('a folder that changes', () => {
  it('reads only what is new', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 10));
    const ports = await folder.open();
    expect(await total(ports)).toBe(10);
    await folder.append('a.jsonl', jsonLines(lines(10, 5)));
    await folder.write('b.jsonl', lines(20, 1));
    expect(await total(ports)).toBe(16);
    expect((await manifestOf(folder)).segments.length).toBe(2);
  });

  it('moves no data when a rotation renames a file', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 10));
    const ports = await folder.open();
    expect(await total(ports)).toBe(10);
    const before = (await manifestOf(folder)).segments;
    await fs.rename(
      join(folder.telemetry, 'a.jsonl'),
      join(folder.telemetry, 'a-2026-03-10T11-59-59.000.jsonl'),
    );
    await folder.write('a.jsonl', lines(10, 3));
    expect(await total(ports)).toBe(13);
    expect((await manifestOf(folder)).segments).toEqual(expect.arrayContaining(before));
  });

  it('counts nothing twice when a rotation copies and truncates', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 10));
    const ports = await folder.open();
    expect(await total(ports)).toBe(10);
    await fs.copyFile(join(folder.telemetry, 'a.jsonl'), join(folder.telemetry, 'a.jsonl.1'));
    await fs.writeFile(join(folder.telemetry, 'a.jsonl'), jsonLines(lines(10, 2)));
    expect(await total(ports)).toBe(12);
  });

  it('forgets files that are removed or replaced, also where they share a segment with others', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 10));
    await folder.write('b.jsonl', lines(100, 7));
    await folder.write('c.jsonl', lines(200, 5));
    const ports = await folder.open();
    expect(await total(ports)).toBe(22);
    await fs.rm(join(folder.telemetry, 'a.jsonl'));
    expect(await total(ports)).toBe(12);
    await fs.writeFile(join(folder.telemetry, 'b.jsonl'), jsonLines(lines(300, 8)));
    expect(await total(ports)).toBe(13);
  });

  it('merges the small segments that growth leaves behind', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 1));
    const ports = await folder.open();
    for (let round = 1; round <= 14; round += 1) {
      await folder.append('a.jsonl', jsonLines(lines(round, 1)));
      expect(await total(ports)).toBe(round + 1);
    }
    expect((await manifestOf(folder)).segments.length).toBeLessThan(12);
  });
});

describe('state', () => {
  it('is kept for the next process, which reads no file again', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 10));
    expect(await total(await folder.open())).toBe(10);
    const before = await manifestOf(folder);
    expect(await total(await folder.open())).toBe(10);
    expect(await manifestOf(folder)).toEqual(before);
  });

  it.each([
    ['is of another version', (text: string) => text.replace('"schema":1', '"schema":0')],
    ['is of a version to come', (text: string) => text.replace('"schema":1', '"schema":99')],
    ['is torn', (text: string) => text.slice(0, 50)],
  ])('is made anew when the manifest %s', async (_, damage) => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 10));
    expect(await total(await folder.open())).toBe(10);
    const path = join(await stateFolder(folder), 'manifest.json');
    await fs.writeFile(path, damage(await fs.readFile(path, 'utf8')));
    expect(await total(await folder.open())).toBe(10);
    expect((await manifestOf(folder)).schema).toBe(1);
  });

  it('is made anew when a segment is missing or cut', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 10));
    expect(await total(await folder.open())).toBe(10);
    const segment = (await manifestOf(folder)).segments[0]?.name ?? '';
    await fs.truncate(join(await stateFolder(folder), segment), 20);
    expect(await total(await folder.open())).toBe(10);
  });

  it('survives a call that is cancelled while it reads, and goes on where that stopped', async () => {
    const folder = await telemetryFolder();
    // Several stages of rows, so that something is kept long before the end.
    for (let file = 0; file < 12; file += 1) await folder.write(`${file}.jsonl`, batches(file * 40_000, 40));
    const call = watchedCall();
    const watching = setInterval(async () => {
      const written = await manifestOf(folder).catch(() => undefined);
      if (written !== undefined && written.segments.length > 0) call.cancel();
    }, 2);
    const cancelled = await folder
      .open()
      .then((ports) => ports.logs.search(query, call))
      .catch((error: unknown) => error)
      .finally(() => clearInterval(watching));
    expect(cancelled).toBeInstanceOf(ToolError);
    expect(cancelled).toMatchObject({ code: 'timeout' });
    const kept = await manifestOf(folder);
    expect(kept.complete).toBe(false);
    expect(kept.segments.length).toBeGreaterThan(0);
    const all = { ...query, window: { start: window.start, end: new Date(worldNow.getTime() + 3_600_000) } };
    const answer = await (await folder.open()).logs.search(all, watchedCall());
    expect(answer.data.total).toBe(480_000);
    expect((await manifestOf(folder)).segments).toEqual(expect.arrayContaining(kept.segments));
  });
});

describe('two processes over one folder', () => {
  it('both answer in full, and the folder is read once', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 20_000));
    const [one, two] = [await folder.open(), await folder.open()];
    const calls = [watchedCall(), watchedCall()] as const;
    const answers = await Promise.all([one.logs.search(query, calls[0]), two.logs.search(query, calls[1])]);
    expect(answers.map((answer) => answer.data.total)).toEqual([20_000, 20_000]);
    expect(calls.flatMap((call) => call.reports).join(' ')).toContain('Waiting for another process');
    expect((await manifestOf(folder)).segments.length).toBe(1);
  });

  it('see what the other has read', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 10));
    const [one, two] = [await folder.open(), await folder.open()];
    expect(await total(one)).toBe(10);
    await folder.append('a.jsonl', jsonLines(lines(10, 10)));
    expect(await total(two)).toBe(20);
    expect(await total(one)).toBe(20);
  });

  it('shares one reading between calls at the same time in a process', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 100));
    const ports = await folder.open();
    expect(await Promise.all([total(ports), total(ports), total(ports)])).toEqual([100, 100, 100]);
    expect((await manifestOf(folder)).segments.length).toBe(1);
  });
});

describe('what is not there', () => {
  it('names package and version when DuckDB is not installed, and works once it is', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 3));
    let installed = false;
    const ports = await folder.open({
      load: () => (installed ? loadDuckDb() : Promise.reject(new Error('Cannot find package'))),
    });
    const failure = await total(ports).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('@duckdb/node-api@1.5.5-r.5'),
    });
    installed = true;
    expect(await total(ports)).toBe(3);
  });

  it('says which setting to check when the folder is missing', async () => {
    const folder = await telemetryFolder();
    const ports = await folder.open({ path: join(folder.telemetry, 'nowhere') });
    await expect(total(ports)).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('path'),
    });
  });

  it('reads one file when the path is a file', async () => {
    const folder = await telemetryFolder();
    await folder.write('a.jsonl', lines(0, 3));
    await folder.write('b.jsonl', lines(0, 4));
    expect(await total(await folder.open({ path: join(folder.telemetry, 'b.jsonl') }))).toBe(4);
  });
});

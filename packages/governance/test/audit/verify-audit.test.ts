import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/audit/index.js';
import type { Store } from '../../src/store/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { exampleEvent } from './example-event.js';
import { openExampleLog, segmentFiles } from './open-example-log.js';

let directory: string;
let store: Store;
let file: string;
let lines: string[];

beforeEach(async () => {
  directory = temporaryFolder();
  const example = await openExampleLog(directory);
  store = example.store;
  for (let number = 1; number <= 5; number += 1) {
    await example.log.durable(exampleEvent({ id: `call-${number}`, arguments: { service: `s${number}` } }));
  }
  await example.log.close();
  file = segmentFiles(directory)[0] ?? '';
  lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
});

const verify = () => verifyAudit({ directories: [directory], segments: store.segments });
const rewrite = (changed: readonly (string | undefined)[]) =>
  writeFileSync(file, changed.map((line) => `${line}\n`).join(''));
const firstBad = async () => (await verify()).segments[0]?.firstBad;

describe('verifying a segment', () => {
  it('accepts what was written', async () => {
    expect(await verify()).toMatchObject({
      ok: true,
      records: 5,
      missing: [],
      segments: [{ ok: true, records: 5, firstBad: null, tornBytes: 0, registered: true }],
    });
  });

  it('finds an edit in any record', async () => {
    for (let number = 1; number <= 5; number += 1) {
      rewrite(lines.map((line, index) => (index === number - 1 ? line.replace(`s${number}`, 'sX') : line)));
      expect(await firstBad()).toEqual({ line: number, why: expect.stringContaining('edited') });
      expect((await verify()).ok).toBe(false);
    }
  });

  it('finds every single changed byte of a record', async () => {
    const text = readFileSync(file);
    const second = text.indexOf('\n') + 1;
    for (let offset = second; offset < second + (lines[1]?.length ?? 0); offset += 13) {
      const changed = Buffer.from(text);
      changed[offset] = (changed[offset] ?? 0) ^ 1;
      writeFileSync(file, changed);
      expect(await firstBad(), `offset ${offset}`).toMatchObject({ line: 2 });
    }
  });

  it('finds white space and another order of keys', async () => {
    rewrite(lines.map((line, index) => (index === 2 ? line.replace('":', '": ') : line)));
    expect(await firstBad()).toMatchObject({ line: 3 });
    const { actor, ...rest } = JSON.parse(lines[2] ?? '');
    rewrite(lines.map((line, index) => (index === 2 ? JSON.stringify({ ...rest, actor }) : line)));
    expect(await firstBad()).toMatchObject({ line: 3 });
  });

  it('finds a record removed from the beginning or the middle', async () => {
    rewrite(lines.slice(1));
    expect(await firstBad()).toMatchObject({ line: 1 });
    rewrite([...lines.slice(0, 2), ...lines.slice(3)]);
    expect(await firstBad()).toEqual({ line: 3, why: expect.stringContaining('removed') });
  });

  it('finds records in another order', async () => {
    rewrite([lines[0], lines[2], lines[1], lines[3], lines[4]]);
    expect(await firstBad()).toMatchObject({ line: 2 });
  });

  it('finds lines inserted: repeated, made up, garbage, empty', async () => {
    const forged = (lines[1] ?? '').replace('"seq":2', '"seq":3');
    for (const inserted of [lines[1], forged, 'garbage', '', '[]', 'null', '{"seq":1e999}']) {
      rewrite([...lines.slice(0, 2), inserted, ...lines.slice(2)]);
      expect(await firstBad(), inserted).toMatchObject({ line: 3 });
    }
  });

  it('finds a segment under the name of another', async () => {
    renameSync(file, join(directory, 'logs-20260301T100000000Z-000000000009.ndjson'));
    const report = await verify();
    expect(report.segments[0]).toMatchObject({ ok: false, registered: false, firstBad: { line: 1 } });
    expect(report.missing).toHaveLength(1);
  });

  it('finds two segments swapped', async () => {
    const other = await openExampleLog(directory, { random: { hex: () => 'ffffffffffff' } });
    await other.log.durable(exampleEvent());
    await other.log.close();
    const [one = '', two = ''] = segmentFiles(directory);
    const kept = join(temporaryFolder(), 'kept');
    copyFileSync(one, kept);
    copyFileSync(two, one);
    copyFileSync(kept, two);
    const report = await verifyAudit({ directories: [directory] });
    expect(report.segments.map((segment) => segment.ok)).toEqual([false, false]);
  });

  it('finds a segment written anew from its first record, through the store', async () => {
    rmSync(file);
    // The same file name, since clock and random source stand where they stood.
    const forger = await openExampleLog(directory);
    await forger.log.durable(exampleEvent({ id: 'forged' }));
    await forger.log.close();
    expect(segmentFiles(directory)).toEqual([file]);
    expect(await verifyAudit({ directories: [directory] })).toMatchObject({ ok: true });
    expect(await firstBad()).toEqual({ line: 1, why: expect.stringContaining('written anew') });
  });
});

describe('the end of a segment', () => {
  it('may be torn anywhere within the last record, and the records before it count', async () => {
    const text = readFileSync(file);
    const last = text.length - (lines[4]?.length ?? 0) - 1;
    for (let end = last + 1; end < text.length; end += 31) {
      writeFileSync(file, text.subarray(0, end));
      expect(await verify(), `cut at ${end}`).toMatchObject({
        ok: true,
        records: 4,
        segments: [{ tornBytes: end - last }],
      });
    }
    truncateSync(file, text.length - 1);
    expect(await verify()).toMatchObject({ ok: true, records: 4 });
  });

  it('may be zeros, as some file systems leave after a power cut', async () => {
    appendFileSync(file, Buffer.alloc(4_096));
    expect(await verify()).toMatchObject({ ok: true, records: 5, segments: [{ tornBytes: 4_096 }] });
  });

  it('can be cut at a line feed without showing, except by the hash noted before', async () => {
    const before = (await verify()).segments[0]?.lastHash;
    rewrite(lines.slice(0, 3));
    const report = await verify();
    expect(report).toMatchObject({ ok: true, records: 3 });
    expect(report.segments[0]?.lastHash).not.toBe(before);
  });

  it('cannot be cut down to nothing, since the store knows the first record', async () => {
    truncateSync(file, 0);
    expect(await verify()).toMatchObject({ ok: false, segments: [{ firstBad: { line: 1 } }] });
    truncateSync(file, 100);
    expect((await verify()).ok).toBe(false);
  });
});

describe('the folder', () => {
  it('misses a segment that was removed', async () => {
    rmSync(file);
    expect(await verify()).toMatchObject({ ok: false, records: 0, missing: [{ server: 'metrics' }] });
  });

  it('has nothing to report before the first record', async () => {
    expect(await verifyAudit({ directories: [join(directory, 'absent')] })).toEqual({
      ok: true,
      records: 0,
      segments: [],
      missing: [],
    });
  });

  it('says when it cannot be read', async () => {
    await expect(verifyAudit({ directories: [file] })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('survives a file without line feeds', async () => {
    writeFileSync(file, 'x'.repeat(5_000_000));
    expect((await verify()).ok).toBe(false);
  });
});

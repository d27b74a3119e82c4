import { describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/audit/index.js';
import { localSegmentFiles, type SegmentFiles } from '../../src/audit/segment-files.js';
import { temporaryFolder } from '../temporary-folder.js';
import { exampleEvent } from './example-event.js';
import { openExampleLog, recordsIn, segmentFiles } from './open-example-log.js';

type Operation = 'create' | 'write' | 'datasync';

/** The real file system, until `fails` names an operation; `take` says how many bytes a write takes. */
function faultyFiles(take: (length: number) => number = (length) => length) {
  const control = { fails: undefined as Operation | undefined, code: 'ENOSPC', created: 0, hang: false };
  const check = async (operation: Operation) => {
    if (control.hang) await new Promise(() => undefined);
    if (control.fails === operation) throw Object.assign(new Error('injected'), { code: control.code });
  };
  const files: SegmentFiles = {
    async create(path) {
      await check('create');
      control.created += 1;
      const real = await localSegmentFiles.create(path);
      return {
        async write(bytes) {
          if (control.fails === 'write') await real.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
          await check('write');
          return real.write(bytes.subarray(0, take(bytes.length)));
        },
        async datasync() {
          await check('datasync');
          await real.datasync();
        },
        close: () => real.close(),
      };
    },
    remove: localSegmentFiles.remove,
  };
  return { files, control };
}

const operations: readonly Operation[] = ['create', 'write', 'datasync'];

describe('a log that cannot be written', () => {
  it.each(operations)(
    'refuses what must be durable at once when %s fails, and works again later',
    async (operation) => {
      const directory = temporaryFolder();
      const { files, control } = faultyFiles();
      const { log, store } = await openExampleLog(directory, { files });
      control.fails = operation;
      expect(log.writable()).toBe(true);
      await expect(log.durable(exampleEvent({ phase: 'intent', id: 'refused' }))).rejects.toMatchObject({
        code: 'unavailable',
        retryable: true,
      });
      expect(log.writable()).toBe(false);
      control.fails = undefined;
      await log.durable(exampleEvent({ phase: 'intent', id: 'done' }));
      expect(log.writable()).toBe(true);
      await log.close();
      expect(recordsIn(directory).map((record) => record.id)).toEqual(['done']);
      expect(await verifyAudit({ directories: [directory], segments: store.segments })).toMatchObject({
        ok: true,
      });
    },
  );

  it.each(['ENOSPC', 'EROFS', 'EIO'])('refuses for %s', async (code) => {
    const { files, control } = faultyFiles();
    const { log } = await openExampleLog(temporaryFolder(), { files });
    Object.assign(control, { fails: 'create', code });
    await expect(log.durable(exampleEvent({ phase: 'intent' }))).rejects.toMatchObject({
      code: 'unavailable',
      cause: { code },
    });
    await log.close();
  });

  it.each(['write', 'datasync'] as const)('closes a segment for good when %s fails', async (operation) => {
    const directory = temporaryFolder();
    const { files, control } = faultyFiles();
    const { log, store } = await openExampleLog(directory, { files });
    await log.durable(exampleEvent({ id: 'before' }));
    control.fails = operation;
    await expect(log.durable(exampleEvent({ phase: 'intent', id: 'refused' }))).rejects.toThrow();
    control.fails = undefined;
    await log.durable(exampleEvent({ id: 'after' }));
    await log.close();
    expect(control.created).toBe(2);
    const report = await verifyAudit({ directories: [directory], segments: store.segments });
    expect(report).toMatchObject({ ok: true, missing: [] });
    expect(report.segments).toHaveLength(2);
    if (operation === 'write') expect(report.segments[0]?.tornBytes).toBeGreaterThan(0);
  });

  it('keeps what happened although it could not be recorded: results and refusals', async () => {
    const directory = temporaryFolder();
    const { files, control } = faultyFiles();
    const { log } = await openExampleLog(directory, { files });
    control.fails = 'write';
    for (const phase of ['intent', 'result', 'denied'] as const) {
      await expect(log.durable(exampleEvent({ phase, id: phase }))).rejects.toThrow();
    }
    control.fails = undefined;
    await log.close();
    expect(recordsIn(directory).map((record) => record.id)).toEqual(['result', 'denied']);
  });

  it('lets reads pass for 30 s, then refuses them until their record is written', async () => {
    const directory = temporaryFolder();
    const { files, control } = faultyFiles();
    const { log, time } = await openExampleLog(directory, { files });
    control.fails = 'create';
    await expect(log.durable(exampleEvent({ phase: 'intent' }))).rejects.toThrow();
    time.now = new Date(time.now.getTime() + 29_999);
    await log.grouped(exampleEvent({ id: 'early' }));
    time.now = new Date(time.now.getTime() + 1);
    await expect(log.grouped(exampleEvent({ id: 'late' }))).rejects.toMatchObject({ code: 'unavailable' });
    control.fails = undefined;
    await log.grouped(exampleEvent({ id: 'again' }));
    expect(recordsIn(directory).map((record) => record.id)).toEqual(['early', 'late', 'again']);
    await log.close();
  });

  it('leaves no row of empty files behind while the disk is full', async () => {
    const directory = temporaryFolder();
    const { files, control } = faultyFiles();
    const { log } = await openExampleLog(directory, { files });
    control.fails = 'write';
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(log.durable(exampleEvent({ phase: 'intent' }))).rejects.toThrow();
    }
    expect(control.created).toBe(5);
    await log.close();
    expect(segmentFiles(directory)).toEqual([]);
  });

  it('tries again by itself', async () => {
    const directory = temporaryFolder();
    const { files, control } = faultyFiles();
    const { log } = await openExampleLog(directory, { files });
    control.fails = 'create';
    await log.grouped(exampleEvent({ id: 'read' }));
    await expect.poll(() => log.writable(), { timeout: 2_000 }).toBe(false);
    control.fails = undefined;
    await expect.poll(() => log.writable(), { timeout: 5_000 }).toBe(true);
    expect(recordsIn(directory)).toMatchObject([{ id: 'read' }]);
    await log.close();
  });

  it('says on closing that records are lost', async () => {
    const { files, control } = faultyFiles();
    const { log } = await openExampleLog(temporaryFolder(), { files });
    control.fails = 'create';
    await log.grouped(exampleEvent());
    await expect(log.close()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('refuses everything once a device has hung for 30 s', async () => {
    const { files, control } = faultyFiles();
    const { log, time } = await openExampleLog(temporaryFolder(), { files });
    control.hang = true;
    void log.durable(exampleEvent());
    await log.grouped(exampleEvent());
    time.now = new Date(time.now.getTime() + 30_000);
    await expect(log.grouped(exampleEvent())).rejects.toMatchObject({ code: 'unavailable' });
    await expect(log.durable(exampleEvent())).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('loops when the device takes a few bytes at a time, and gives up when it takes none', async () => {
    const directory = temporaryFolder();
    const slow = await openExampleLog(directory, {
      files: faultyFiles((length) => Math.min(length, 7)).files,
    });
    await slow.log.durable(exampleEvent());
    await slow.log.close();
    expect(await verifyAudit({ directories: [directory] })).toMatchObject({ ok: true, records: 1 });
    const stuck = await openExampleLog(temporaryFolder(), { files: faultyFiles(() => 0).files });
    await expect(stuck.log.durable(exampleEvent({ phase: 'intent' }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    await stuck.log.close();
  });
});

describe('a store that cannot register the segment', () => {
  it('stops what must be durable and lets reads pass', async () => {
    const directory = temporaryFolder();
    let broken = true;
    const registered: string[] = [];
    const segments = {
      async register(segment: { readonly file: string }) {
        if (broken) throw new Error('injected');
        registered.push(segment.file);
      },
    };
    const { log } = await openExampleLog(directory, { segments });
    await expect(log.durable(exampleEvent({ phase: 'intent' }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    await log.grouped(exampleEvent());
    broken = false;
    await log.durable(exampleEvent());
    await log.durable(exampleEvent());
    await log.close();
    expect(registered).toHaveLength(1);
    expect(await verifyAudit({ directories: [directory] })).toMatchObject({ ok: true, records: 4 });
  });
});

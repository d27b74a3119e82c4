import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/index.js';
import { migrations } from '../../src/store/schema.js';
import { openStateDatabase } from '../../src/store/state-database.js';
import { stateError } from '../../src/store/state-error.js';
import { temporaryFolder } from '../temporary-folder.js';

const clock = () => new Date('2026-03-01T10:00:00Z');
const mode = (path: string) => statSync(path).mode & 0o777;

describe('the files of the store', () => {
  it('are closed to others, also when they were open before', async () => {
    const directory = join(temporaryFolder(), 'state');
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    const store = await openSqliteStore({ directory, clock });
    await store.singleUse.use('binding', 'k', clock().toISOString());
    expect(mode(directory)).toBe(0o700);
    const files = readdirSync(directory);
    expect(files).toContain('governance.db-wal');
    for (const file of files) expect(mode(join(directory, file))).toBe(0o600);
    await store.close();
  });

  it('hold what one connection wrote for another, and after a restart', async () => {
    const directory = temporaryFolder();
    const [one, two] = [
      await openSqliteStore({ directory, clock }),
      await openSqliteStore({ directory, clock }),
    ];
    expect((await one.counters.add('k', 3, 60_000, 5, clock())).allowed).toBe(true);
    expect((await two.counters.add('k', 3, 60_000, 5, clock())).allowed).toBe(false);
    await one.close();
    await two.close();
    const again = await openSqliteStore({ directory, clock });
    expect(await again.counters.sum('k', 60_000, clock())).toBe(3);
    await again.close();
  });
});

describe('a store that cannot be opened', () => {
  const refusal = async (directory: string) => openSqliteStore({ directory, clock }).catch((error) => error);

  it('names a file that is not a database', async () => {
    const directory = temporaryFolder();
    writeFileSync(join(directory, 'governance.db'), 'not a database, but a text\n'.repeat(200));
    const error = await refusal(directory);
    expect(error).toMatchObject({ code: 'unavailable', message: 'The state store is not a database.' });
    expect(error.hint).toContain('state.path');
  });

  it('names the database of another program', async () => {
    const directory = temporaryFolder();
    const other = new DatabaseSync(join(directory, 'governance.db'));
    other.exec('CREATE TABLE theirs (a)');
    other.close();
    expect(await refusal(directory)).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('another program'),
    });
  });

  it('names a folder that is a file', async () => {
    const directory = join(temporaryFolder(), 'state');
    writeFileSync(directory, '');
    expect(await refusal(directory)).toMatchObject({
      code: 'unavailable',
      message: 'The state store cannot be opened.',
    });
  });

  it('names a link that leads nowhere', async () => {
    const directory = temporaryFolder();
    symlinkSync(join(directory, 'absent', 'file'), join(directory, 'governance.db'));
    expect(await refusal(directory)).toMatchObject({ code: 'unavailable' });
  });

  it.each([
    [{ errcode: 13 }, 'the disk is full'],
    [{ code: 'ENOSPC' }, 'the disk is full'],
    [{ errcode: 8 + (1 << 8) }, 'is read-only'],
    [{ code: 'EROFS' }, 'is read-only'],
    [{ errcode: 5 }, 'is locked by another process'],
    [{ errcode: 11 }, 'is damaged'],
    [new Error('something else'), 'failed'],
  ])('says what %o means and what to do', (cause, words) => {
    const error = stateError(cause);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining(words), cause });
    expect(error.hint).toBeTruthy();
  });
});

describe('the schema version', () => {
  const added = 'CREATE TABLE later (a TEXT) STRICT';

  it('brings an older file forward after copying it, once', async () => {
    const directory = temporaryFolder();
    const store = await openSqliteStore({ directory, clock });
    await store.singleUse.use('binding', 'k', clock().toISOString());
    await store.close();
    const newer = { directory, clock, migrations: [...migrations, added] };
    const opened = await Promise.all([openStateDatabase(newer), openStateDatabase(newer)]);
    expect(
      opened.map((db) => db.read(() => db.statement('SELECT count(*) AS n FROM later').get()?.n)),
    ).toEqual([0, 0]);
    const backups = readdirSync(directory).filter((file) => file.endsWith('.backup'));
    expect(backups).toEqual(['governance.db.v1.2026-03-01T10-00-00-000Z.backup']);
    const backup = join(directory, backups[0] ?? '');
    expect(mode(backup)).toBe(0o600);
    const copy = new DatabaseSync(backup);
    expect(copy.prepare('SELECT key FROM single_use').all()).toMatchObject([{ key: 'k' }]);
    copy.close();
    for (const db of opened) db.close();
  });

  it('makes no copy of a file it has just made', async () => {
    const directory = temporaryFolder();
    await (await openSqliteStore({ directory, clock })).close();
    expect(readdirSync(directory).filter((file) => file.endsWith('.backup'))).toEqual([]);
  });

  it('refuses a file of a newer version', async () => {
    const directory = temporaryFolder();
    (await openStateDatabase({ directory, clock, migrations: [...migrations, added] })).close();
    await expect(openSqliteStore({ directory, clock })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('newer version'),
    });
  });

  it('stops an older process from writing after a newer one brought the file forward', async () => {
    const directory = temporaryFolder();
    const older = await openSqliteStore({ directory, clock });
    (await openStateDatabase({ directory, clock, migrations: [...migrations, added] })).close();
    await expect(older.singleUse.use('binding', 'k', clock().toISOString())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('newer version'),
    });
    await older.close();
  });

  it('leaves the file as it was when a migration fails', async () => {
    const directory = temporaryFolder();
    await (await openSqliteStore({ directory, clock })).close();
    const broken = [...migrations, 'CREATE TABLE later (a TEXT) STRICT; CREATE TABLE later (b TEXT)'];
    await expect(openStateDatabase({ directory, clock, migrations: broken })).rejects.toMatchObject({
      code: 'unavailable',
    });
    const store = await openSqliteStore({ directory, clock });
    expect(await store.singleUse.use('binding', 'k', clock().toISOString())).toBe(true);
    await store.close();
  });
});

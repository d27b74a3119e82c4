import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '@devops-mcp/contract';
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { isBusy, stateError } from './state-error.js';

/** A connection with its statements kept; every failure leaves it as a `ToolError`. */
export interface StateDatabase {
  /** Prepared on first use and kept. */
  statement(sql: string): StatementSyncInstance;
  read<T>(work: () => T): T;
  /** Runs in one transaction that excludes every other writer from its first statement on. */
  write<T>(work: () => T): T;
  close(): void;
}

const busyTimeoutMs = 5_000;
/** "dmcp": tells our file from another program's database. */
const applicationId = 0x646d6370;

/**
 * Opens `governance.db` in a folder, makes both when absent (0700, 0600), and brings an older schema
 * forward after copying the file beside it. Rejects with `unavailable` when that cannot be done and
 * when the file was made by a newer version.
 */
export async function openStateDatabase(options: {
  readonly directory: string;
  readonly migrations: readonly string[];
  readonly clock: () => Date;
}): Promise<StateDatabase> {
  const file = join(options.directory, 'governance.db');
  try {
    const { DatabaseSync } = await import('@photostructure/sqlite');
    makePrivate(options.directory, file);
    const db = new DatabaseSync(file, { timeout: busyTimeoutMs });
    try {
      await useWriteAheadLog(db);
      migrate(db, options.migrations, () => {
        const stamp = options.clock().toISOString().replaceAll(/[:.]/g, '-');
        copyTo(new DatabaseSync(file), `${file}.v${version(db)}.${stamp}.backup`);
      });
    } catch (cause) {
      db.close();
      throw cause;
    }
    return wrap(db, options.migrations.length);
  } catch (cause) {
    throw stateError(cause);
  }
}

/** The same tables in memory, gone when closed. */
export async function openMemoryDatabase(migrations: readonly string[]): Promise<StateDatabase> {
  const { DatabaseSync } = await import('@photostructure/sqlite');
  const db = new DatabaseSync(':memory:');
  migrate(db, migrations, () => undefined);
  return wrap(db, migrations.length);
}

function makePrivate(directory: string, file: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // SQLite gives its -wal and -shm files the mode of the database, so the mode has to be right first.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  if (process.platform === 'win32') return;
  for (const [path, mode] of [
    [directory, 0o700],
    [file, 0o600],
  ] as const) {
    if ((statSync(path).mode & 0o077) === 0) continue;
    try {
      chmodSync(path, mode);
    } catch (cause) {
      // A mounted volume may belong to someone else; only a place that anybody may write to is refused.
      if ((statSync(path).mode & 0o002) !== 0) throw openToAll(cause);
    }
  }
}

function openToAll(cause: unknown): ToolError {
  return new ToolError('unavailable', 'Anybody on this machine may write to the state folder.', {
    hint: 'Give the folder to this user and close it to others (chmod 700).',
    cause,
  });
}

/** Switching to WAL needs a moment alone, and SQLite does not wait for it by itself. */
async function useWriteAheadLog(db: DatabaseSyncInstance): Promise<void> {
  for (let waited = 0; ; waited += 20) {
    try {
      const mode = pragma(db, 'journal_mode = WAL');
      if (mode !== 'wal') throw noSharedMemory();
      break;
    } catch (cause) {
      if (!isBusy(cause) || waited >= busyTimeoutMs) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  // FULL: a consumed approval or a switch must survive a power cut, not only the end of a process.
  db.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;');
}

function noSharedMemory(): ToolError {
  return new ToolError(
    'unavailable',
    'The state folder lies on a file system that several processes cannot share.',
    {
      hint: 'Set state.path to a folder on a local disk.',
    },
  );
}

function migrate(db: DatabaseSyncInstance, migrations: readonly string[], backUp: () => void): void {
  refuseForeign(db, migrations.length);
  if (version(db) === migrations.length) return;
  transaction(db, () => {
    // Read again under the lock: another process may have been first.
    const from = version(db);
    refuseForeign(db, migrations.length);
    if (from === migrations.length) return;
    if (from > 0) backUp();
    for (const sql of migrations.slice(from)) db.exec(sql);
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`);
  });
}

function refuseForeign(db: DatabaseSyncInstance, known: number): void {
  const empty = once(db, 'SELECT count(*) FROM sqlite_schema') === 0;
  if (pragma(db, 'application_id') !== applicationId && !empty) {
    throw new ToolError('unavailable', 'The file governance.db belongs to another program.', {
      hint: 'Move it away or set another state.path.',
    });
  }
  if (version(db) > known) throw newer();
}

function newer(): ToolError {
  return new ToolError('unavailable', 'The state store was made by a newer version of devops-mcp.', {
    hint: 'Restart with the newer version; older processes must not write to it.',
  });
}

function version(db: DatabaseSyncInstance): number {
  return Number(pragma(db, 'user_version'));
}

function pragma(db: DatabaseSyncInstance, text: string): unknown {
  return once(db, `PRAGMA ${text}`);
}

/** The first column of the first row. */
function once(db: DatabaseSyncInstance, sql: string): unknown {
  return Object.values(db.prepare(sql).get() ?? {})[0];
}

/** A second connection copies what was committed while the first holds off every writer. */
function copyTo(reader: DatabaseSyncInstance, file: string): void {
  try {
    closeSync(openSync(file, 'ax', 0o600));
    reader.prepare('VACUUM INTO ?').run(file);
  } finally {
    reader.close();
  }
}

function transaction<T>(db: DatabaseSyncInstance, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (cause) {
    // A full disk may already have ended the transaction.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw cause;
  }
}

function wrap(db: DatabaseSyncInstance, known: number): StateDatabase {
  const kept = new Map<string, StatementSyncInstance>();
  const statement = (sql: string) => {
    const found = kept.get(sql) ?? db.prepare(sql);
    kept.set(sql, found);
    return found;
  };
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw stateError(cause);
    }
  };
  return {
    statement,
    read: guarded,
    write: (work) =>
      guarded(() =>
        transaction(db, () => {
          // A newer process may have migrated the file since this one opened it.
          if (Number(statement('PRAGMA user_version').get()?.user_version) !== known) throw newer();
          return work();
        }),
      ),
    close: () => {
      if (!db.isOpen) return;
      try {
        // The library frees statements late, which keeps the -wal file; what it holds is moved before.
        db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      } catch {
        // Nothing is lost: the next process to open the file reads what the -wal file holds.
      }
      db.close();
    },
  };
}

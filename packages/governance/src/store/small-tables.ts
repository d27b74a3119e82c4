import { ToolError } from '@devops-mcp/contract';
import type { SwitchRecord } from '../model.js';
import type { StateDatabase } from './state-database.js';
import type { PlanTable, SegmentTable, SingleUseTable, SwitchTable } from './store.js';

export function switchTable(db: StateDatabase): SwitchTable {
  return {
    async list() {
      const rows: SwitchRecord[] = db.read(() =>
        db.statement('SELECT scope, blocks, set_by AS "by", reason, at FROM switches ORDER BY scope').all(),
      );
      return rows;
    },
    async set(record) {
      db.write(() =>
        db
          // Setting never weakens: what blocks everything goes on doing so until it is removed.
          .statement(
            `INSERT INTO switches (scope, blocks, set_by, reason, at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (scope) DO UPDATE SET
               blocks = excluded.blocks, set_by = excluded.set_by, reason = excluded.reason, at = excluded.at
             WHERE NOT (switches.blocks = 'all' AND excluded.blocks = 'writes')`,
          )
          .run(record.scope, record.blocks, record.by, record.reason, record.at),
      );
    },
    async remove(scope) {
      const removed = db.write(() => db.statement('DELETE FROM switches WHERE scope = ?').run(scope));
      return removed.changes === 1;
    },
  };
}

export function singleUseTable(db: StateDatabase): SingleUseTable {
  return {
    async use(space, key, at) {
      const inserted = db.write(() =>
        db
          .statement('INSERT OR IGNORE INTO single_use (space, key, at) VALUES (?, ?, ?)')
          .run(space, key, at),
      );
      return inserted.changes === 1;
    },
    async used(space, key) {
      return (
        db.read(() =>
          db.statement('SELECT 1 FROM single_use WHERE space = ? AND key = ?').get(space, key),
        ) !== undefined
      );
    },
  };
}

export function planTable(db: StateDatabase, clock: () => Date): PlanTable {
  return {
    async put({ id, owner, document, expires }) {
      db.write(() => {
        db.statement('DELETE FROM plans WHERE expires_ms <= ?').run(clock().getTime());
        db.statement(
          'INSERT OR REPLACE INTO plans (id, owner, expires_ms, document) VALUES (?, ?, ?, ?)',
        ).run(id, owner, milliseconds(expires), JSON.stringify(document));
      });
    },
    async get(id, owner, at) {
      const row: { readonly document: string } | undefined = db.read(() =>
        db
          .statement('SELECT document FROM plans WHERE id = ? AND owner = ? AND expires_ms > ?')
          .get(id, owner, milliseconds(at)),
      );
      return row === undefined ? undefined : JSON.parse(row.document);
    },
  };
}

export function segmentTable(db: StateDatabase): SegmentTable {
  return {
    async register({ file, server, startedAt, firstHash }) {
      const inserted = db.write(() =>
        db
          .statement(
            'INSERT OR IGNORE INTO segments (file, server, started_at, first_hash) VALUES (?, ?, ?, ?)',
          )
          .run(file, server, startedAt, firstHash),
      );
      if (inserted.changes === 1) return;
      throw new ToolError('conflict', `The audit segment ${file} is registered already.`, {
        hint: 'Two processes must never write one segment: check that the clock and random source work.',
      });
    },
    async list() {
      const rows: Awaited<ReturnType<SegmentTable['list']>> = db.read(() =>
        db
          .statement(
            `SELECT file, server, started_at AS "startedAt", first_hash AS "firstHash" FROM segments
             ORDER BY started_at, file`,
          )
          .all(),
      );
      return rows;
    },
  };
}

function milliseconds(time: string): number {
  const value = Date.parse(time);
  if (Number.isNaN(value))
    throw new ToolError('internal', 'A plan was stored without a time.', { hint: 'Report this.' });
  return value;
}

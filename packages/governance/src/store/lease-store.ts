import type { LeaseStore } from '@devops-mcp/contract';
import type { StateDatabase } from './state-database.js';

/**
 * A lease is a term of office: every holder gets the next number, and only the newest term can renew
 * or release. The row stays after a release, so that no number is given twice.
 */
export function leaseStore(db: StateDatabase, clock: () => Date): LeaseStore {
  return {
    async acquire(name, ttlMs) {
      const now = clock().getTime();
      const row: { readonly term: number } | undefined = db.write(() =>
        db
          .statement(
            `INSERT INTO leases (name, term, expires_ms) VALUES (?, 1, ?)
             ON CONFLICT (name) DO UPDATE SET term = term + 1, expires_ms = excluded.expires_ms
             WHERE leases.expires_ms <= ? RETURNING term`,
          )
          .get(name, now + ttlMs, now),
      );
      if (row === undefined) return undefined;
      return {
        async renew() {
          const at = clock().getTime();
          const renewed = db.write(() =>
            db
              .statement('UPDATE leases SET expires_ms = ? WHERE name = ? AND term = ? AND expires_ms > ?')
              .run(at + ttlMs, name, row.term, at),
          );
          return renewed.changes === 1;
        },
        async release() {
          db.write(() =>
            db.statement('UPDATE leases SET expires_ms = 0 WHERE name = ? AND term = ?').run(name, row.term),
          );
        },
      };
    },
  };
}

import { ToolError } from '@devops-mcp/contract';
import type { StateDatabase } from './state-database.js';
import type { CounterTable } from './store.js';

interface Addition {
  readonly at_ms: number;
  readonly amount: number;
}

/** Kept for at least a day, so that an owner who widens a window finds what was done before. */
const shortestMemoryMs = 86_400_000;
/** Shares are fractions: 0.1 three times must fit into 0.3. */
const rounding = 1e-9;

/**
 * Additions newer than the window count, those with a time in the future too: a clock that is set
 * back must not free what was used.
 */
export function counterTable(db: StateDatabase): CounterTable {
  return {
    async add(key, amount, windowMs, max, at) {
      requireAmount(amount);
      const now = at.getTime();
      return db.write(() => {
        const used = since(db, key, now - windowMs);
        const sum = total(used);
        if (sum + amount > max + rounding) {
          return { allowed: false, sum, retryAt: whenItFits(used, sum + amount - max, windowMs) };
        }
        db.statement('DELETE FROM additions WHERE key = ? AND at_ms <= ?').run(
          key,
          now - Math.max(windowMs, shortestMemoryMs),
        );
        db.statement('INSERT INTO additions (key, at_ms, amount) VALUES (?, ?, ?)').run(key, now, amount);
        return { allowed: true, sum: sum + amount, retryAt: null };
      });
    },
    async sum(key, windowMs, at) {
      return db.read(() => total(since(db, key, at.getTime() - windowMs)));
    },
  };
}

function since(db: StateDatabase, key: string, afterMs: number): readonly Addition[] {
  return db
    .statement('SELECT at_ms, amount FROM additions WHERE key = ? AND at_ms > ? ORDER BY at_ms')
    .all(key, afterMs);
}

function total(additions: readonly Addition[]): number {
  return additions.reduce((sum, addition) => sum + addition.amount, 0);
}

/** When enough has left the window; null when even an empty window is too small. */
function whenItFits(used: readonly Addition[], excess: number, windowMs: number): Date | null {
  let freed = 0;
  for (const addition of used) {
    freed += addition.amount;
    if (freed + rounding >= excess) return new Date(addition.at_ms + windowMs);
  }
  return null;
}

function requireAmount(amount: number): void {
  // A negative amount would give back what was used.
  if (Number.isFinite(amount) && amount >= 0) return;
  throw new ToolError('internal', 'A counter can only be increased.', { hint: 'Report this.' });
}

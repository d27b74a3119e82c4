import { counterTable } from './counter-table.js';
import { leaseStore } from './lease-store.js';
import { approvalTable, proposalTable } from './proposal-tables.js';
import { migrations } from './schema.js';
import { planTable, segmentTable, singleUseTable, switchTable } from './small-tables.js';
import { openMemoryDatabase, openStateDatabase, type StateDatabase } from './state-database.js';
import type { Store } from './store.js';

/**
 * The state of a machine in `<directory>/governance.db`, for several processes at once. Makes the
 * folder (0700) and the file (0600). Rejects with `unavailable` and what to do about it when the file
 * cannot be opened, is not ours, or was made by a newer version; its methods do so too when the
 * disk is full or the file cannot be written.
 */
export async function openSqliteStore(options: {
  readonly directory: string;
  readonly clock: () => Date;
}): Promise<Store> {
  return storeOver(await openStateDatabase({ ...options, migrations }), options.clock);
}

/** The same store without a file: for one process, gone when it ends. */
export async function openMemoryStore(options: { readonly clock: () => Date }): Promise<Store> {
  return storeOver(await openMemoryDatabase(migrations), options.clock);
}

function storeOver(db: StateDatabase, clock: () => Date): Store {
  return {
    switches: switchTable(db),
    proposals: proposalTable(db),
    approvals: approvalTable(db),
    singleUse: singleUseTable(db),
    counters: counterTable(db),
    plans: planTable(db, clock),
    segments: segmentTable(db),
    leases: leaseStore(db, clock),
    close: async () => db.close(),
  };
}

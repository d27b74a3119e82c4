/**
 * One entry per schema version, applied in order. An entry never changes once released: older files
 * are brought forward by the entries they lack.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE switches (
    scope TEXT PRIMARY KEY,
    blocks TEXT NOT NULL CHECK (blocks IN ('writes', 'all')),
    set_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE proposals (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    server TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    record TEXT NOT NULL,
    outcome TEXT
  ) STRICT;
  CREATE INDEX proposals_by_age ON proposals (created_at);

  CREATE TABLE approvals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    proposal_id TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX approvals_by_proposal ON approvals (proposal_id);

  CREATE TABLE single_use (
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (space, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE additions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    amount REAL NOT NULL
  ) STRICT;
  CREATE INDEX additions_by_key ON additions (key, at_ms);

  CREATE TABLE plans (
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    expires_ms INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (id, owner)
  ) STRICT;

  CREATE TABLE segments (
    file TEXT PRIMARY KEY,
    server TEXT NOT NULL,
    started_at TEXT NOT NULL,
    first_hash TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    term INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

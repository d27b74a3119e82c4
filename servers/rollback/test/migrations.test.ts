import type { MigrationFile } from '@devops-mcp/domain';
import { describe, expect, it } from 'vitest';
import { judgeMigrations } from '../src/migrations/judge-migrations.js';

const file = (sql: string, facts: Partial<MigrationFile> = {}): MigrationFile => ({
  path: 'db/V1__change.sql',
  tool: 'flyway',
  sql,
  downSql: null,
  dialect: 'postgresql',
  ...facts,
});

const judge = async (...sql: string[]) =>
  (await judgeMigrations(sql.map((text) => file(text)))).map((found) => found.verdict);

describe('one statement', () => {
  it.each([
    ['CREATE TABLE a (id bigserial PRIMARY KEY)', 'safe', 'creates-object'],
    ['ALTER TABLE orders ADD COLUMN note text', 'safe', 'adds-column'],
    ['ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT $$x$$', 'safe', 'adds-column'],
    ['ALTER TABLE orders ADD COLUMN n bigserial NOT NULL', 'safe', 'adds-column'],
    ['ALTER TABLE orders ADD COLUMN note text NOT NULL', 'needs_down_migration', 'adds-required-column'],
    ['ALTER TABLE orders DROP COLUMN note', 'irreversible', 'drops-column'],
    ['DROP TABLE orders', 'irreversible', 'drops-table'],
    ['DROP SCHEMA shop CASCADE', 'irreversible', 'drops-schema'],
    ['TRUNCATE orders', 'irreversible', 'deletes-data'],
    ['DELETE FROM orders WHERE id = 1', 'irreversible', 'deletes-data'],
    ['UPDATE orders SET note = NULL', 'irreversible', 'overwrites-data'],
    ['INSERT INTO orders VALUES (1)', 'safe', 'inserts-rows'],
    ['INSERT INTO orders VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2', 'irreversible', 'upserts-rows'],
    ['ALTER TABLE orders RENAME COLUMN a TO b', 'needs_down_migration', 'renames'],
    ['ALTER TABLE orders RENAME TO purchases', 'needs_down_migration', 'renames'],
    ['ALTER INDEX i RENAME TO j', 'safe', 'renames-index'],
    ['ALTER TABLE orders ALTER COLUMN a TYPE bigint', 'unknown', 'changes-type'],
    ['ALTER TABLE orders ALTER COLUMN a SET NOT NULL', 'needs_down_migration', 'sets-not-null'],
    ['ALTER TABLE orders ALTER COLUMN a DROP NOT NULL', 'unknown', 'drops-not-null'],
    ['ALTER TABLE orders ALTER COLUMN a SET DEFAULT 1', 'safe', 'sets-default'],
    ['ALTER TABLE orders ALTER COLUMN a DROP DEFAULT', 'needs_down_migration', 'drops-default'],
    ['ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0)', 'needs_down_migration', 'adds-constraint'],
    ['ALTER TABLE orders DROP CONSTRAINT c', 'unknown', 'drops-constraint'],
    ['CREATE UNIQUE INDEX i ON orders (a)', 'needs_down_migration', 'adds-unique-index'],
    ['CREATE INDEX CONCURRENTLY i ON orders (a)', 'safe', 'creates-object'],
    ['DROP INDEX i', 'safe', 'drops-index'],
    ["ALTER TYPE mood ADD VALUE 'calm'", 'unknown', 'adds-enum-value'],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', 'unknown', 'replaces-definition'],
    ['CREATE VIEW v AS SELECT 1', 'safe', 'creates-object'],
    ['DO $$ BEGIN DELETE FROM orders; END $$', 'unknown', 'runs-code'],
    ['SELECT delete_everything()', 'unknown', 'runs-code'],
    [
      'WITH gone AS (DELETE FROM orders RETURNING *) INSERT INTO archive SELECT * FROM gone',
      'unknown',
      'runs-code',
    ],
    ['REVOKE SELECT ON orders FROM app', 'needs_down_migration', 'revokes'],
    ['BEGIN', 'safe', 'session-statement'],
    ['ALTER SYSTEM SET work_mem = 1', 'unknown', 'not-covered'],
    ['ALTER TABEL orders', 'unknown', 'does-not-parse'],
  ])('%s is %s', async (sql, verdict, rule) => {
    const [found] = await judgeMigrations([file(`${sql};`)]);
    expect(found?.verdict).toBe(verdict);
    expect(found?.statements.map((statement) => statement.rule)).toContain(rule);
  });
});

describe('several statements', () => {
  it('knows what earlier migrations made', async () => {
    expect(
      await judge(
        'ALTER TABLE o ADD COLUMN total int',
        'UPDATE o SET total = 1',
        'ALTER TABLE o DROP COLUMN total',
      ),
    ).toEqual(['safe', 'safe', 'safe']);
    expect(
      await judge('CREATE TABLE t (a int)', 'INSERT INTO t VALUES (1); DELETE FROM t; DROP TABLE t'),
    ).toEqual(['safe', 'safe']);
  });

  it('does not take a table for new that IF NOT EXISTS may have left alone', async () => {
    expect(await judge('CREATE TABLE IF NOT EXISTS t (a int)', 'DELETE FROM t')).toEqual([
      'safe',
      'irreversible',
    ]);
  });

  it('judges a backfill that also overwrites an old column as irreversible', async () => {
    expect(await judge('ALTER TABLE o ADD COLUMN total int; UPDATE o SET total = price, price = 0')).toEqual([
      'irreversible',
    ]);
  });

  it('does not take CASCADE for a drop of what was made here alone', async () => {
    expect(await judge('CREATE TABLE t (a int)', 'DROP TABLE t CASCADE')).toEqual(['safe', 'irreversible']);
  });

  it('quotes the statement that decided, without the comment before it', async () => {
    const [found] = await judgeMigrations([
      file(
        '-- tidy up; nobody reads note\nALTER TABLE o ADD COLUMN a int;\nALTER TABLE o\n  DROP COLUMN note;',
      ),
    ]);
    expect(found?.statements.find((statement) => statement.verdict === 'irreversible')?.statement).toBe(
      'ALTER TABLE o DROP COLUMN note',
    );
  });
});

describe('what cannot be judged', () => {
  it.each([
    [{ dialect: 'mysql' as const }, 'dialect-not-supported'],
    [{ tool: 'unknown' as const }, 'tool-not-known'],
  ])('%o is unknown', async (facts, rule) => {
    const [found] = await judgeMigrations([file('CREATE TABLE a (id int)', facts)]);
    expect(found).toMatchObject({ verdict: 'unknown', statements: [{ rule }] });
  });

  it('is never fooled by text that only looks like SQL in a string or a comment', async () => {
    expect(await judge("INSERT INTO notes VALUES ('DROP TABLE orders; -- really')")).toEqual(['safe']);
    expect(await judge('/* CREATE TABLE a (id int); */ DROP TABLE orders')).toEqual(['irreversible']);
  });
});

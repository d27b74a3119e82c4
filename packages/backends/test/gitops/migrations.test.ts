import { describe, expect, it } from 'vitest';
import { deploymentsOver, opener } from '../../src/gitops/deployments.js';
import {
  at,
  backendContext,
  bareRepository,
  callContext,
  type FixtureOptions,
  head,
  importCommits,
} from './git-fixture.js';
import { shopHistory } from './shop.js';

const service = 'payments-api';
const folder = 'services/payments-api/migrations';

describe('migrations between two revisions', () => {
  it('finds Flyway files in order of version, with their undo scripts', async () => {
    const found = await between({
      'V10__later.sql': 'SELECT 10;',
      'V2.1__mid.sql': 'ALTER TABLE a ADD COLUMN b JSONB;',
      'V9__nine.sql': 'SELECT 9;',
      'U9__nine.sql': 'SELECT -9;',
      'R__view.sql': 'SELECT 0;',
      'README.md': 'notes',
    });
    expect(found.files.map((file) => [file.path, file.tool, file.downSql])).toEqual([
      ['V2.1__mid.sql', 'flyway', null],
      ['V9__nine.sql', 'flyway', 'SELECT -9;'],
      ['V10__later.sql', 'flyway', null],
      ['R__view.sql', 'flyway', null],
    ]);
    expect(found.files[0]).toMatchObject({ sql: 'ALTER TABLE a ADD COLUMN b JSONB;', dialect: 'postgresql' });
  });

  it('finds golang-migrate and Prisma files', async () => {
    const golang = await between({
      '000012_b.up.sql': 'ALTER TABLE `a` MODIFY COLUMN b INT;',
      '000012_b.down.sql': 'SELECT 1;',
      '000003_a.up.sql': 'SELECT 2;',
    });
    expect(golang.files).toMatchObject([
      { path: '000003_a.up.sql', tool: 'golang-migrate', downSql: null, dialect: 'mysql' },
      { path: '000012_b.up.sql', tool: 'golang-migrate', downSql: 'SELECT 1;' },
    ]);
    const prisma = await between({
      '20260102030405_add/migration.sql': 'SELECT 1;',
      'migration_lock.toml': 'provider = "mysql"\n',
    });
    expect(prisma.files).toMatchObject([
      { path: '20260102030405_add/migration.sql', tool: 'prisma', dialect: 'mysql' },
    ]);
    expect(prisma.files).toHaveLength(1);
  });

  it('calls files of other tools unknown, and never leaves them out', async () => {
    const found = await between({
      '0002_change.py': 'class Migration: pass',
      'cleanup.sql': 'DROP TABLE a;',
    });
    expect(found.files.map((file) => [file.path, file.tool, file.dialect])).toEqual([
      ['0002_change.py', 'unknown', 'unknown'],
      ['cleanup.sql', 'unknown', 'unknown'],
    ]);
  });

  it('obeys the settings of the service', async () => {
    const settings = {
      'payments-api': {
        'migrations.path': 'db/pay',
        'migrations.tool': 'flyway',
        'migrations.dialect': 'mysql',
      },
    };
    const path = bareRepository(shopHistory);
    const from = head(path);
    const files = {
      'db/pay/V3__x.sql': 'SELECT 1;',
      'db/pay/notes.sql': 'SELECT 2;',
      [`${folder}/V4__y.sql`]: '',
    };
    importCommits(path, [{ message: 'm', at: at(100), files }]);
    const { data } = await open(path, { settings }).migrationsBetween(
      { service, from, to: head(path) },
      callContext(),
    );
    expect(data.map((file) => [file.path, file.tool, file.dialect])).toEqual([
      ['db/pay/V3__x.sql', 'flyway', 'mysql'],
      ['db/pay/notes.sql', 'unknown', 'mysql'],
    ]);
  });

  it('says when old migrations were edited, when there are none, and refuses one too large to judge', async () => {
    const edited = await between({ 'V1__init.sql': 'CREATE TABLE other (id INT);' });
    expect(edited.files).toEqual([]);
    expect(edited.hints.join()).toContain('V1__init.sql');
    const path = bareRepository([
      { message: 'a', at: at(0), files: { 'services/payments-api/deployment.yaml': 'kind: X\n' } },
      { message: 'b', at: at(1), files: { 'services/payments-api/deployment.yaml': 'kind: Y\n' } },
    ]);
    const none = await open(path).migrationsBetween({ service, from: 'main', to: 'main' }, callContext());
    expect(none.data).toEqual([]);
    expect(none.hints?.[0]).toContain('migrations.path');
    await expect(between({ 'V3__big.sql': `-- ${'x'.repeat(1_100_000)}` })).rejects.toMatchObject({
      code: 'limit_exceeded',
    });
  });
});

async function between(files: Readonly<Record<string, string>>) {
  const path = bareRepository(shopHistory);
  const from = head(path);
  const added = Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
  importCommits(path, [{ message: 'Migrations', at: at(100), files: added }]);
  const answer = await open(path).migrationsBetween({ service, from, to: head(path) }, callContext());
  const plain = answer.data.map((file) => ({ ...file, path: file.path.slice(folder.length + 1) }));
  return { files: plain, hints: answer.hints ?? [] };
}

function open(path: string, options: FixtureOptions = {}) {
  const context = backendContext(path, options);
  return deploymentsOver(context, opener(context, path));
}

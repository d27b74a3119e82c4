import { type ServiceMapping, ToolError } from '@devops-mcp/contract';
import type { MigrationFile } from '@devops-mcp/domain';
import { areaOf } from './areas.js';
import { detectDialect } from './migration-dialect.js';
import { compareMigrations, type MigrationTool, runsOn, toolOf } from './migration-tool.js';
import { largestBlobBytes, listTree, type Repository, readBlobs, type TreeEntry } from './repository.js';
import { insideOf, isSafePath, type ServicePath, servicePath } from './service-path.js';

export interface MigrationRange {
  readonly service: string;
  readonly from: string;
  readonly to: string;
}

interface Settings {
  readonly folder: string | undefined;
  readonly tool: MigrationTool | undefined;
  readonly dialect: MigrationFile['dialect'] | undefined;
}

/**
 * The migration files at `to` that are not at `from`, in the order in which the tool would run them.
 * Flyway's repeatable files count when their content changed, since they then run again.
 */
export async function migrationsBetween(
  repository: Repository,
  services: ServiceMapping,
  range: MigrationRange,
  signal: AbortSignal,
): Promise<{ readonly files: readonly MigrationFile[]; readonly hints: readonly string[] }> {
  const owner = servicePath(services, range.service);
  const settings = settingsOf(services, range.service);
  const folder = settings.folder ?? owner.path;
  const [old, now] = await Promise.all([
    listTree(repository.git, range.from, [folder], signal),
    listTree(repository.git, range.to, [folder], signal),
  ]);
  const isMigration = (entry: TreeEntry) => settings.folder !== undefined || isDetected(owner, entry.path);
  const all = now.filter(isMigration);
  const before = new Map(old.filter(isMigration).map((entry) => [entry.path, entry.blob] as const));
  const hints = hintsFor(settings, all, before);
  const runs = all
    .filter((entry) => runsOn(entry.path, settings.tool) && added(entry, before))
    .toSorted((a, b) => compareMigrations(a.path, b.path));
  const byPath = new Map(all.map((entry) => [entry.path, entry] as const));
  const downs = runs.map((entry) => downOf(entry.path, settings.tool, byPath));
  const lock = all.find((entry) => entry.path.endsWith('migration_lock.toml'));
  const wanted = [...runs, ...downs.filter((entry) => entry !== undefined), ...(lock ? [lock] : [])];
  const blobs = await readBlobs(
    repository.git,
    wanted.map((entry) => entry.blob),
    signal,
  );
  const sqlOf = (entry: TreeEntry) => textOf(entry, blobs);
  const dialect =
    settings.dialect ??
    detectDialect(
      lock && sqlOf(lock),
      runs.map((entry) => sqlOf(entry)),
    );
  const files = runs.map((entry, index): MigrationFile => {
    const down = downs[index];
    return {
      path: entry.path,
      tool: toolOf(entry.path, settings.tool),
      sql: sqlOf(entry),
      downSql: down === undefined ? null : sqlOf(down),
      dialect,
    };
  });
  return { files, hints };
}

function settingsOf(services: ServiceMapping, service: string): Settings {
  const folder = services.setting(service, 'migrations.path');
  const tool = services.setting(service, 'migrations.tool');
  const dialect = services.setting(service, 'migrations.dialect');
  if (folder !== undefined && (typeof folder !== 'string' || !isSafePath(folder)))
    throw new ToolError('unavailable', `The setting migrations.path of ${service} is not a folder.`, {
      hint: 'Give a relative path such as services/payments-api/migrations, without `..`.',
    });
  return {
    folder: folder?.replace(/\/+$/, ''),
    tool: tool === 'flyway' || tool === 'prisma' || tool === 'golang-migrate' ? tool : undefined,
    dialect: dialect === 'postgresql' || dialect === 'mysql' ? dialect : undefined,
  };
}

function isDetected(owner: ServicePath, path: string): boolean {
  const inside = insideOf(owner.path, path);
  return inside !== undefined && areaOf(inside) === 'migrations';
}

function added(entry: TreeEntry, before: ReadonlyMap<string, string>): boolean {
  const was = before.get(entry.path);
  return was === undefined || (/(^|\/)R__/.test(entry.path) && was !== entry.blob);
}

function downOf(
  path: string,
  tool: MigrationTool | undefined,
  files: ReadonlyMap<string, TreeEntry>,
): TreeEntry | undefined {
  switch (toolOf(path, tool)) {
    case 'golang-migrate':
      return files.get(path.replace(/\.up\.sql$/, '.down.sql'));
    case 'flyway':
      return [...files.values()].find((entry) => isUndoOf(path, entry.path));
    case 'prisma':
      return files.get(path.replace(/migration\.sql$/, 'down.sql'));
    default:
      return undefined;
  }
}

/** Flyway pairs `V1.2__x.sql` with `U1.2__anything.sql`. */
function isUndoOf(path: string, candidate: string): boolean {
  const version = /(?:^|\/)V([\d._]+?)__[^/]*$/.exec(path)?.[1];
  return version !== undefined && /(?:^|\/)U([\d._]+?)__[^/]*$/.exec(candidate)?.[1] === version;
}

function textOf(entry: TreeEntry, blobs: ReadonlyMap<string, Buffer>): string {
  const content = blobs.get(entry.blob);
  // An empty text in place of a file that was not read would look like a migration that does nothing.
  if (content !== undefined) return content.toString('utf8');
  throw new ToolError(
    'limit_exceeded',
    `The migration ${entry.path} is larger than ${largestBlobBytes} bytes.`,
    {
      hint: 'Judge this migration by hand.',
    },
  );
}

function hintsFor(
  settings: Settings,
  all: readonly TreeEntry[],
  before: ReadonlyMap<string, string>,
): readonly string[] {
  const hints: string[] = [];
  if (settings.folder === undefined && all.length === 0)
    hints.push('No migrations were found; set migrations.path in the service file if they lie elsewhere.');
  const edited = all.filter(
    (entry) => !/(^|\/)R__/.test(entry.path) && (before.get(entry.path) ?? entry.blob) !== entry.blob,
  );
  if (edited.length > 0)
    hints.push(
      `Migrations that existed before were edited, which their tool may refuse: ${edited
        .map((entry) => entry.path)
        .slice(0, 5)
        .join(', ')}`,
    );
  return hints;
}

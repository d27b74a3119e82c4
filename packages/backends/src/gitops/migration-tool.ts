import type { MigrationFile } from '@devops-mcp/domain';

export type MigrationTool = Exclude<MigrationFile['tool'], 'unknown'>;

const flywayFile = /(?:^|\/)([VR])([\d._]*?)__[^/]+\.sql$/;
const flywayUndo = /(?:^|\/)[UB][\d._]*?__[^/]+\.sql$/;
const golangFile = /(?:^|\/)(\d+)_[^/]+\.up\.sql$/;
const golangDown = /(?:^|\/)\d+_[^/]+\.down\.sql$/;
const prismaFile = /(?:^|\/)(\d{8,14}[^/]*)\/migration\.sql$/;
const byPattern: readonly (readonly [MigrationTool, RegExp])[] = [
  ['flyway', flywayFile],
  ['golang-migrate', golangFile],
  ['prisma', prismaFile],
];
/** Files that stand in migration folders and never run. */
const neverRuns = /\.(toml|md|conf|txt|lock|json)$|(?:^|\/)(down\.sql|README[^/]*|\.[^/]+|__init__\.py)$/;

/** The tool that would run the file, by the set tool first and the file's name second. */
export function toolOf(path: string, set: MigrationTool | undefined): MigrationFile['tool'] {
  const byName = byPattern.find(([, pattern]) => pattern.test(path))?.[0];
  if (set === undefined) return byName ?? 'unknown';
  // A file that does not follow its tool's naming may still be run by something.
  return byName === set ? set : 'unknown';
}

/** Whether the file goes forward: undo scripts, locks and notes do not. */
export function runsOn(path: string, set: MigrationTool | undefined): boolean {
  if (neverRuns.test(path)) return false;
  if (flywayUndo.test(path) && (set === undefined || set === 'flyway')) return false;
  return !golangDown.test(path);
}

/** The order in which the tool runs its files: by version, Flyway's repeatable ones last. */
export function compareMigrations(a: string, b: string): number {
  const [left, right] = [versionParts(a), versionParts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : Number(a > b);
}

function versionParts(path: string): readonly number[] {
  const flyway = flywayFile.exec(path);
  if (flyway?.[1] === 'R') return [Number.MAX_SAFE_INTEGER];
  const version = flyway?.[2] ?? golangFile.exec(path)?.[1] ?? prismaFile.exec(path)?.[1];
  if (version === undefined) return [Number.MAX_SAFE_INTEGER - 1];
  return version
    .replace(/[^\d._].*$/, '')
    .split(/[._]/)
    .map(Number);
}

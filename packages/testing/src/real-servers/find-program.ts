import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The path of a server's program under the first of its names that is installed, or undefined where
 * none is: its tests are then skipped with a message. In CI, where everything is installed, its
 * absence is an error instead.
 */
export function findProgram(...names: readonly [string, ...string[]]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin'];
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (found === undefined && process.env.CI === 'true') {
    throw new Error(`${names[0]} is not installed, and CI runs the tests that need it; see .ci/run.`);
  }
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));

/**
 * Child processes run what is built, since Node does not read TypeScript. A build that is up to date
 * is left alone. Returns the address of a built module.
 */
export function builtModule(path: string): string {
  try {
    execFileSync(process.execPath, [compiler, '-b'], { cwd: packageFolder, stdio: 'ignore' });
  } catch {
    // A type error elsewhere in the package is for `check` to report; what compiled is there.
  }
  return new URL(`../dist/${path}`, import.meta.url).href;
}

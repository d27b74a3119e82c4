import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(import.meta.dirname, 'tools/node_modules');

/** Programs that need a newer Node than the suite itself; `npm ci` in test/tools brings them. */
export function tool(path: string): string {
  return resolve(folder, path);
}

export const node24 = tool('node/bin/node');

/**
 * Whether tests that need the tools run. Without them they are skipped with a message, except in CI,
 * where a skipped proof would look like a passed one.
 */
export function toolsInstalled(): boolean {
  if (existsSync(node24)) return true;
  if ((process.env.CI ?? '') !== '')
    throw new Error('test/tools is not installed; run: npm ci --prefix test/tools');
  console.error('Skipped: test/tools is not installed; run: npm ci --prefix test/tools');
  return false;
}

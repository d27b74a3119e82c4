import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const compiler = path.join(
  path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
);
const compile = (project: string) =>
  spawnSync(process.execPath, [compiler, '-p', path.join(import.meta.dirname, project), '--noEmit'], {
    encoding: 'utf8',
  });

describe('what must not happen does not compile', () => {
  it('holds for every expected error in *.test-d.ts', () => {
    expect(compile('.')).toMatchObject({ status: 0 });
  }, 60_000);

  it('is really checked: the control is refused, and for the missing parts', () => {
    const { status, stdout } = compile('control');
    expect(status).not.toBe(0);
    expect(stdout).toContain('must-fail.ts');
    expect(stdout).toMatch(/blastRadius|missing the following properties/);
  }, 60_000);
});

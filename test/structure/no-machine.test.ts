import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from './packages.js';

/** Folders of somebody's own machine; `/tmp` and `/var` mean the same everywhere. */
const ofMachine = /(?<![\w.:/-])\/(?:home|root|Users|work|mnt)\/[\w.-]+/g;

const tracked = execFileSync('git', ['-C', root, 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 1 << 26 })
  .split('\0')
  .filter((file) => /\.(?:ts|mjs|js|json|ya?ml|md|txt|toml|sql)$|^[^.]+$/.test(file));

function pathsIn(text: string): readonly string[] {
  return text.match(ofMachine) ?? [];
}

it('no tracked file names a path of the machine on which it was written', () => {
  const found = tracked.flatMap((file) => {
    let text: string;
    try {
      text = readFileSync(path.join(root, file), 'utf8');
    } catch {
      // Deleted and not yet committed: nothing is published of it.
      return [];
    }
    return pathsIn(text).map((name) => `${file}: ${name}`);
  });
  expect(tracked.length).toBeGreaterThan(500);
  expect(found).toEqual([]);
});

it('would find one', () => {
  expect(pathsIn(['see ', '/home', '/jane/notes'].join(''))).toHaveLength(1);
  expect(pathsIn('https://example.com/home/page and ./work/x')).toEqual([]);
});

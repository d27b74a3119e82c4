import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, workspacePackages } from './packages.js';

const packages = workspacePackages();
const tracked = execFileSync('git', ['-C', root, 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 1 << 26 })
  .split('\0')
  .filter(Boolean);

describe('every package', () => {
  it.each(packages.map((one) => [one.name, one] as const))(
    '%s says what it is and depends on exact versions',
    (_, { folder, manifest }) => {
      const facts = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
      expect(facts).toMatchObject({
        license: 'Apache-2.0',
        type: 'module',
        engines: { node: '>=20.19.0' },
        description: expect.stringMatching(/.{10}/),
      });
      const ranges = Object.entries({
        ...manifest.dependencies,
        ...manifest.devDependencies,
        ...manifest.peerDependencies,
      }).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
      expect(ranges).toEqual([]);
      if (manifest.private !== true) expect(existsSync(path.join(root, folder, 'README.md'))).toBe(true);
    },
  );

  it.each(
    packages.filter(({ folder }) => folder.startsWith('servers/')).map((one) => [one.name, one] as const),
  )('the %s server has the shape of all servers', (name, { folder, manifest }) => {
    expect(manifest.bin).toEqual({ [`devops-mcp-${name}`]: './dist/main.js' });
    for (const file of [
      'src/main.ts',
      'src/server.ts',
      'server.json',
      'surface.lock.json',
      'README.md',
      'test',
    ]) {
      expect([file, existsSync(path.join(root, folder, file))]).toEqual([file, true]);
    }
    const lines = readFileSync(path.join(root, folder, 'src/main.ts'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#!'));
    expect(lines).toHaveLength(5);
  });
});

describe('the repository', () => {
  const locks = tracked.filter((file) => file.endsWith('package-lock.json'));

  it.each(locks)('%s holds no address to download from', (file) => {
    expect(readFileSync(path.join(root, file), 'utf8')).not.toMatch(/"resolved":\s*"https?:/);
  });

  it('holds lock files and no file that is generated at install or build', () => {
    expect(locks).toContain('package-lock.json');
    expect(tracked.filter((file) => /(^|\/)(node_modules|dist|\.turbo)\//.test(file))).toEqual([]);
  });
});

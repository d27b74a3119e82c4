import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from './packages.js';

const folder = mkdtempSync(path.join(tmpdir(), 'devops-mcp-packed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// The native part of SQLite carries the binaries and sources of all platforms, 29 MB of what is installed.
const mostBytes = 33_000_000;
/** Of what is ours: the bundle with every backend and the vendors' SDKs. */
const mostOwnBytes = 2_000_000;
const mostPackages = 10;

const published = [
  ...readdirSync(path.join(root, 'servers')).map((name) => [name, `servers/${name}`] as const),
  ['suite', 'packages/suite'] as const,
];

describe.each(published)('%s, packed', (name, source) => {
  it('installs small, without the telemetry engine, and answers', ({ skip }) => {
    const tarball = pack(source);
    const home = path.join(folder, name);
    execFileSync('mkdir', ['-p', home]);
    writeFileSync(path.join(home, 'package.json'), '{"private":true}');
    const installed = spawnSync(
      'npm',
      ['install', tarball, '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'],
      { cwd: home, encoding: 'utf8' },
    );
    if (installed.status !== 0 && !process.env.CI)
      skip(`the registry cannot be reached: ${installed.stderr.slice(-200)}`);
    expect(installed.stderr).not.toContain('npm error');
    const modules = path.join(home, 'node_modules');
    const packages = readdirSync(modules, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /(^|node_modules\/)(@[^/]+\/)?[^/@]+\/package\.json$/.test(file),
    );
    expect(existsSync(path.join(modules, '@duckdb'))).toBe(false);
    expect(packages.length).toBeLessThanOrEqual(mostPackages);
    expect(bytesBelow(modules)).toBeLessThan(mostBytes);
    expect(bytesBelow(path.join(modules, '@devops-mcp'))).toBeLessThan(mostOwnBytes);
    const bin = path.join(modules, '.bin', `devops-mcp-${name}`);
    if (name === 'suite') {
      expect(execFileSync(bin, ['--help'], { encoding: 'utf8' })).toContain('devops-mcp-suite');
      return;
    }
    const { server, tools } = JSON.parse(
      execFileSync(bin, ['--describe'], { encoding: 'utf8', maxBuffer: 1 << 26 }),
    );
    expect(server.name).toBe(name);
    expect(tools.length).toBeGreaterThan(0);
  }, 180_000);
});

function pack(source: string): string {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: path.join(root, source),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  return path.join(folder, packed.filename);
}

function bytesBelow(where: string): number {
  return readdirSync(where, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}

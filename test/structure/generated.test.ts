import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeServers } from './described-servers.js';
import { root } from './packages.js';

describe('generated files', () => {
  it('are what the definitions say: npm run generate would change nothing', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'scripts/generate.mjs'), '--check'],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('give every server and package an owner, the server the one of its definition', () => {
    const owners = readFileSync(path.join(root, '.github/CODEOWNERS'), 'utf8');
    for (const { server } of describeServers()) {
      expect(owners).toContain(
        `/servers/${server.name}/ @devops-mcp/${server.owner.replace('group:default/', '')}\n`,
      );
    }
  });
});

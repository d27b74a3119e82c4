import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientFile, clientNames } from '../../src/init/clients.js';
import { type Household, openHousehold } from './household.js';

let house: Household;
beforeEach(async () => {
  house = await openHousehold();
});
afterEach(() => house.remove());

const stubs = ['--yes', '--prometheus', 'http://127.0.0.1:1=staging'];
const addTo = (client: string, ...more: readonly string[]) =>
  house.init(...stubs, '--client', client, ...more);
const files = {
  'claude-code': ['project/.mcp.json', 'mcpServers'],
  vscode: ['project/.vscode/mcp.json', 'servers'],
  cursor: ['.cursor/mcp.json', 'mcpServers'],
} as const;

describe('entries in clients', () => {
  it.each(Object.entries(files))('go to the file of %s', async (client, [file, key]) => {
    await addTo(client);
    const document = JSON.parse((await house.read(file)) ?? '');
    expect(Object.keys(document)).toEqual([key]);
    expect(Object.keys(document[key])).toEqual(['devops-metrics']);
    const entry = document[key]['devops-metrics'];
    expect(entry.args.slice(-2)).toEqual(['--config', house.config]);
    expect(entry.type).toBe(client === 'vscode' ? 'stdio' : undefined);
  });

  it.each([
    ['darwin', '/people/oncall/Library/Application Support/Claude/claude_desktop_config.json'],
    ['linux', '/people/oncall/.config/Claude/claude_desktop_config.json'],
    ['win32', '/roaming/Claude/claude_desktop_config.json'],
  ] as const)('go to the file of Claude Desktop on %s', (platform, file) => {
    const variables = platform === 'win32' ? { APPDATA: '/roaming' } : {};
    const place = { home: '/people/oncall', folder: '/project', platform, variables };
    expect(clientFile('claude-desktop', place)).toMatchObject({ file, key: 'mcpServers' });
  });

  it('are one for each server that was chosen, or one for all with --single', async () => {
    await addTo('cursor', '--servers', 'metrics,deployments');
    const each = JSON.parse((await house.read('.cursor/mcp.json')) ?? '');
    expect(Object.keys(each.mcpServers)).toEqual(['devops-metrics', 'devops-deployments']);
    await addTo('cursor', '--servers', 'metrics,deployments', '--single');
    const { mcpServers } = JSON.parse((await house.read('.cursor/mcp.json')) ?? '');
    expect(Object.keys(mcpServers)).toEqual(['devops-suite']);
    expect(mcpServers['devops-suite'].args.slice(1)).toEqual([
      ...['serve', 'metrics', 'deployments', '--config', house.config],
    ]);
  });

  it('are asked for at a terminal', async () => {
    const ran = await house.initAnswering(['cursor, vscode'], '--prometheus', 'http://127.0.0.1:1=staging');
    expect(ran.questions).toEqual([expect.stringContaining(clientNames.join(', '))]);
    expect(await house.read('.cursor/mcp.json')).toContain('devops-metrics');
    expect(await house.read('project/.vscode/mcp.json')).toContain('devops-metrics');
  });

  it('are asked for again after a name that is none', async () => {
    const ran = await house.initAnswering(['curser', 'cursor'], '--prometheus', 'http://127.0.0.1:1=staging');
    expect(ran.questions).toHaveLength(2);
    expect(ran.err).toContain('There is no client curser');
    expect(await house.read('.cursor/mcp.json')).toContain('devops-metrics');
  });
});

const others = `{
    // Chosen by the team.
    "mcpServers": {
        "other": { "command": "other", "args": ["--config", "x"] }, /* stays */
        "devops-notes": { "command": "notes" },
        // Of our name, and not ours.
        "devops-logs": { "command": "tail" },
    },
    "unknown": [1, 2]
}
`;

describe('what is in a file already', () => {
  it('stays, comments and unknown keys too, with a copy of the whole', async () => {
    await house.put('.cursor/mcp.json', others);
    await addTo('cursor');
    const after = (await house.read('.cursor/mcp.json')) ?? '';
    for (const kept of ['// Chosen by the team.', '/* stays */', '"devops-notes"', '"unknown": [1, 2]'])
      expect(after).toContain(kept);
    expect(after).toContain('"devops-metrics"');
    expect(await house.read('.cursor/mcp.json.before-devops-mcp')).toBe(others);
  });

  it('comes back when ours is removed, and nothing else goes', async () => {
    await house.put('.cursor/mcp.json', others);
    await addTo('cursor');
    const ran = await house.init('--remove', '--client', 'cursor');
    expect(ran.code).toBe(0);
    const after = (await house.read('.cursor/mcp.json')) ?? '';
    expect(after).not.toContain('devops-metrics');
    const plain = (text: string) => text.replace(/\s|,(?=\s*(\/\/[^\n]*\n\s*)*[}\]])/g, '');
    expect(plain(after)).toBe(plain(others));
  });

  it('is not touched when the file cannot be read as JSON', async () => {
    await house.put('.cursor/mcp.json', '{ "mcpServers": ');
    const ran = await addTo('cursor');
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('it was left as it is');
    expect(await house.read('.cursor/mcp.json')).toBe('{ "mcpServers": ');
  });

  it.each(['[]', '{ "mcpServers": [] }', '7'])('is not touched when it is %s', async (text) => {
    await house.put('.cursor/mcp.json', text);
    expect((await addTo('cursor')).code).toBe(1);
    expect(await house.read('.cursor/mcp.json')).toBe(text);
  });

  it('is kept as it was before the first change, whatever changes later', async () => {
    await house.put('.cursor/mcp.json', others);
    await addTo('cursor');
    await addTo('cursor', '--servers', 'alerts');
    expect(await house.read('.cursor/mcp.json.before-devops-mcp')).toBe(others);
    const { mcpServers } = JSON.parse(
      ((await house.read('.cursor/mcp.json')) ?? '')
        .replace(/\/\/.*|\/\*.*\*\//g, '')
        .replace(/,(\s*})/g, '$1'),
    );
    expect(Object.keys(mcpServers)).toEqual(['other', 'devops-notes', 'devops-logs', 'devops-alerts']);
  });

  it('is renewed and not doubled by a second init', async () => {
    await addTo('cursor');
    const once = await house.read('.cursor/mcp.json');
    await addTo('cursor');
    expect(await house.read('.cursor/mcp.json')).toBe(once);
  });
});

describe('--remove', () => {
  it('takes away the files that were made, in every client, and leaves the configuration', async () => {
    for (const client of Object.keys(files)) await addTo(client);
    await addTo('cursor', '--servers', 'alerts');
    const ran = await house.init('--remove');
    expect(ran.code).toBe(0);
    for (const [file] of Object.values(files)) expect(await house.read(file)).toBeUndefined();
    expect(await readFile(house.config, 'utf8')).toContain('class: staging');
    expect((await house.init('--remove')).out).toContain('There is nothing');
  });

  it('shows with --dry-run and does nothing', async () => {
    await addTo('cursor');
    const ran = await house.init('--remove', '--dry-run');
    expect(ran.out).toMatch(/- .*devops-metrics/);
    expect(await house.read('.cursor/mcp.json')).toContain('devops-metrics');
  });

  it('takes the configuration away with --all, and only one that init wrote; records stay', async () => {
    await addTo('cursor');
    await house.put('.config/devops-mcp/audit/segment.ndjson', '{}\n');
    await house.init('--remove', '--all');
    await expect(readFile(house.config)).rejects.toThrow('ENOENT');
    expect(await house.read('.config/devops-mcp/audit/segment.ndjson')).toBe('{}\n');
    await writeFile(house.config, 'version: 1\n');
    const ran = await house.init('--remove', '--all');
    expect(ran.err).toContain('was not written by devops-mcp init');
    expect(await readFile(house.config, 'utf8')).toBe('version: 1\n');
  });
});

it('keeps a file of a client a link where it was one', async () => {
  const { symlink, lstat, mkdir } = await import('node:fs/promises');
  await house.put('dotfiles/mcp.json', '{}\n');
  await mkdir(path.join(house.home, '.cursor'));
  await symlink(path.join(house.home, 'dotfiles/mcp.json'), path.join(house.home, '.cursor/mcp.json'));
  await addTo('cursor');
  expect((await lstat(path.join(house.home, '.cursor/mcp.json'))).isSymbolicLink()).toBe(true);
  expect(await house.read('dotfiles/mcp.json')).toContain('devops-metrics');
});

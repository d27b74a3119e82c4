import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecords, sampleManifest, writeSampleFolder } from '../fixture/sample-server.js';

const run = promisify(execFile);
const runtime = resolve(import.meta.dirname, '../..');

/** The library as a bundled program, built as servers are. */
let program: string;
let built: string;
let folder: string;

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'bundled-'));
  await mkdir(join(built, 'src'));
  await writeFile(join(built, 'package.json'), JSON.stringify({ ...sampleManifest, type: 'module' }));
  const fixture = join(runtime, 'test/fixture/library.ts');
  await writeFile(
    join(built, 'src/main.ts'),
    `#!/usr/bin/env node
import { serve } from ${JSON.stringify(join(runtime, 'src/index.ts'))};
import manifest from '../package.json' with { type: 'json' };
import { library, memoryBackends } from ${JSON.stringify(fixture)};

await serve(library, { backends: memoryBackends(), manifest });
`,
  );
  await run(process.execPath, [join(runtime, 'scripts/bundle-server.mjs')], { cwd: built });
  program = join(built, 'dist/main.js');
  folder = await writeSampleFolder();
}, 60_000);
afterAll(async () => {
  await rm(built, { recursive: true });
  await rm(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: built, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((done) => {
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
  const printed = async (text: string): Promise<string> => {
    for (;;) {
      const line = stdout.split('\n').find((one) => one.includes(text));
      if (line !== undefined) return line;
      if (child.exitCode !== null) throw new Error(`ended without ${text}: ${stderr}`);
      await Promise.race([new Promise((next) => child.stdout.once('data', next)), ended]);
    }
  };
  const answered = async (id: number) => JSON.parse(await printed(`"id":${id}`));
  return { child, ended, printed, answered };
}

async function toEnd(...args: readonly string[]): Promise<Ended> {
  const { child, ended } = start(args);
  child.stdin.end();
  return ended;
}

function send(child: ChildProcess, ...messages: readonly object[]) {
  for (const message of messages) child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

const initialize = {
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const initialized = { method: 'notifications/initialized' };
const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
};

describe('the program', () => {
  it('prints its version, its help and its description', async () => {
    expect(await toEnd('--version')).toMatchObject({ code: 0, stdout: '1.0.0\n' });
    expect((await toEnd('--help')).stdout).toContain('--exclude-tools');
    const { stdout } = await toEnd('--describe');
    const described = JSON.parse(stdout);
    expect(described).toMatchObject({
      server: { name: 'library', version: '1.0.0', owner: 'group:default/team-library' },
      ports: { required: ['shelf'], optional: ['missing'] },
      actions: [{ name: 'remove_book', publishedAs: 'propose_remove_book', riskTier: 2 }],
    });
    expect(described.tools[0]).toMatchObject({
      name: 'list_books',
      riskTier: 1,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      ports: { required: ['shelf'], optional: ['missing'] },
    });
  });

  it.each([
    [['--bogus'], 2, /Unknown option '--bogus'\. See --help/],
    [
      ['--config', 'devops-mcp.yaml', '--tools', 'list_books,nope'],
      2,
      /There is no tool "nope"; known: list_books/,
    ],
    [['--http', '0.0.0.0:3900', '--config', 'devops-mcp.yaml'], 2, /only addresses of this machine/],
    [['--approval', 'a.json'], 2, /belongs to --execute/],
    [[], 1, /devops-mcp trust devops-mcp\.yaml/],
    [['--config', 'absent.yaml'], 1, /absent\.yaml cannot be read/],
    [['--execute', 'r.json', '--config', 'devops-mcp.yaml'], 1, /role: executor/],
  ])('stops with one line for %j', async (args, code, message) => {
    const ended = await toEnd(...args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(/^devops-mcp-library: [^\n]+\n$/);
    expect(ended.stderr).toMatch(message);
  });

  it('does not start on a policy that it cannot read', async () => {
    const broken = join(folder, 'broken.yaml');
    const text = await readFile(join(folder, 'devops-mcp.yaml'), 'utf8');
    await writeFile(broken, text.replace('./policy.yaml', './broken-policy.yaml'));
    await writeFile(join(folder, 'broken-policy.yaml'), 'policies:\n  - { name: a, effect: perhaps }\n');
    const ended = await toEnd('--config', broken);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/broken-policy\.yaml\D+2: /);
  });

  it('serves the older protocol over stdio and ends with standard input', async () => {
    const { child, ended, answered } = start(['--config', 'devops-mcp.yaml']);
    send(child, initialize, initialized, { id: 2, method: 'tools/list' });
    expect((await answered(2)).result.tools.map(({ name }: { name: string }) => name)).not.toContain(
      // Nothing is pinned in this folder.
      'propose_remove_book',
    );
    send(child, {
      id: 3,
      method: 'tools/call',
      params: { name: 'list_books', arguments: { environment: 'staging' } },
    });
    expect((await answered(3)).result.structuredContent.books).toEqual(['emma', 'ulysses']);
    child.stdin.end();
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const line of stdout.trim().split('\n')) expect(JSON.parse(line).jsonrpc).toBe('2.0');
    const records = await readRecords(join(folder, 'audit'));
    expect(records.at(-1)).toMatchObject({ tool: { name: 'list_books' }, result: { status: 'success' } });
  });

  it('survives a client that discovers first and then initializes', async () => {
    const { child, ended, answered } = start(['--config', 'devops-mcp.yaml', '--tools', 'list_books']);
    send(child, { id: 7, method: 'server/discover', params: { _meta: meta } });
    expect((await answered(7)).result.supportedVersions).toContain('2026-07-28');
    send(child, initialize, initialized, { id: 2, method: 'tools/list' });
    expect((await answered(2)).result.tools).toHaveLength(1);
    child.stdin.end();
    expect((await ended).code).toBe(0);
  });

  it('writes the record of a call that the end of input cuts off', async () => {
    const { child, ended, printed } = start(['--config', 'devops-mcp.yaml']);
    const params = { name: 'wait_forever', arguments: {}, _meta: { progressToken: 'p' } };
    send(child, initialize, initialized, { id: 3, method: 'tools/call', params });
    await printed('notifications/progress');
    child.stdin.end();
    expect((await ended).code).toBe(0);
    const records = await readRecords(join(folder, 'audit'));
    expect(records).toContainEqual(
      expect.objectContaining({
        tool: expect.objectContaining({ name: 'wait_forever' }),
        result: expect.objectContaining({ errorCode: 'timeout' }),
      }),
    );
  });

  it('writes the record of a call that had only just arrived', async () => {
    const { child, ended } = start(['--config', 'devops-mcp.yaml']);
    const traceId = 'ef'.repeat(16);
    const _meta = { traceparent: `00-${traceId}-${'01'.repeat(8)}-01` };
    const params = { name: 'list_books', arguments: { environment: 'staging' }, _meta };
    send(child, initialize, initialized, { id: 3, method: 'tools/call', params });
    child.stdin.end();
    expect((await ended).code).toBe(0);
    const records = await readRecords(join(folder, 'audit'));
    expect(records.filter((record) => record.traceId === traceId)).toHaveLength(1);
  });
});

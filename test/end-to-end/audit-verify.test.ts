import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withClient } from './world/client.js';
import { devopsMcp } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

/** An audit log as servers really wrote it, and what its owner may do to it afterwards. */
let sandbox: Sandbox;
let whole: ReadonlyMap<string, string>;
let file: string;
beforeAll(async () => {
  sandbox = await copyOfSandbox();
  for (const server of ['deployments', 'alerts'] as const)
    await withClient(server, sandbox.config, {}, async (open) => {
      const tool = server === 'alerts' ? 'get_active_alerts' : 'get_deployment_history';
      for (let calls = 0; calls < 4; calls += 1) await open.call(tool, { environment: 'production' });
    });
  const names = (await readdir(sandbox.at('audit'))).filter((name) => name.endsWith('.ndjson'));
  const read = async (name: string) => [name, await readFile(sandbox.at('audit', name), 'utf8')] as const;
  whole = new Map(await Promise.all(names.map(read)));
  file = names.find((name) => name.startsWith('deployments')) ?? '';
});
afterAll(() => sandbox.remove());

beforeEach(async () => {
  await rm(sandbox.at('audit'), { recursive: true });
  await mkdir(sandbox.at('audit'));
  for (const [name, text] of whole) await writeFile(sandbox.at('audit', name), text);
});

const verify = () => devopsMcp('audit', 'verify', '--config', sandbox.config);
const rewrite = async (change: (lines: string[]) => readonly string[]) => {
  const lines = (whole.get(file) ?? '').trimEnd().split('\n');
  await writeFile(sandbox.at('audit', file), `${change([...lines]).join('\n')}\n`);
};

describe('devops-mcp audit verify', () => {
  it('says ok of what was written, with exit code 0', async () => {
    const ended = await verify();
    expect(ended.out).toContain('every chain is whole');
    expect(ended.out).toContain('A cut tail does not show');
    expect(ended.code).toBe(0);
  });

  it.each<[string, (lines: string[]) => readonly string[], number]>([
    [
      'an edit',
      (lines) => lines.with(2, (lines[2] ?? '').replace('user:default/oncall', 'user:default/other')),
      3,
    ],
    ['a deletion', (lines) => lines.toSpliced(2, 1), 3],
    ['a deletion of the first record', (lines) => lines.slice(1), 1],
    ['a reordering', (lines) => lines.with(1, lines[2] ?? '').with(2, lines[1] ?? ''), 2],
    ['an insertion', (lines) => lines.toSpliced(2, 0, lines[1] ?? ''), 3],
    ['a line that is no record', (lines) => lines.with(2, '{"note":"nothing to see"}'), 3],
  ])('finds %s and where it begins, with exit code 1', async (_, change, line) => {
    await rewrite(change);
    const ended = await verify();
    expect(ended.code).toBe(1);
    expect(ended.out).toContain('The log is NOT what was written');
    expect(ended.out).toMatch(new RegExp(`BAD.*${file}.*line ${line}:`));
  });

  it('finds a segment that is gone', async () => {
    await rm(sandbox.at('audit', file));
    const ended = await verify();
    expect(ended.code).toBe(1);
    expect(ended.out).toContain(`MISSING`);
    expect(ended.out).toContain(file);
  });

  it('finds two segments with each other’s names', async () => {
    const other = [...whole.keys()].find((name) => name !== file) ?? '';
    await rename(sandbox.at('audit', file), sandbox.at('audit', 'x'));
    await rename(sandbox.at('audit', other), sandbox.at('audit', file));
    await rename(sandbox.at('audit', 'x'), sandbox.at('audit', other));
    expect((await verify()).code).toBe(1);
  });

  it('takes a torn last record for what it is, an interrupted process', async () => {
    const text = whole.get(file) ?? '';
    await writeFile(sandbox.at('audit', file), text.slice(0, -20));
    const ended = await verify();
    expect(ended.code).toBe(0);
    expect(ended.out).toContain('unfinished record');
  });
});

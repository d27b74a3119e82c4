import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = resolve(import.meta.dirname, '../dist/bench/main.js');
const servers = ['metrics', 'logs', 'deployments', 'alerts', 'rollback'];

describe('npm run bench -- --quick', () => {
  let folder: string;
  let printed: string;
  let data: Record<string, unknown>;

  beforeAll(async () => {
    if (!existsSync(program)) throw new Error(`${program} is not there; run: npm run build`);
    folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
    const json = join(folder, 'bench.json');
    ({ stdout: printed } = await promisify(execFile)(process.execPath, [program, '--quick', '--json', json]));
    data = JSON.parse(await readFile(json, 'utf8'));
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('prints every section and says of each aim whether it was met', () => {
    for (const title of [
      'Cold start',
      'Resident memory',
      'A governed read',
      'Tokens of tools/list',
      'Tokens of each tool',
      'OTLP ingestion',
      'Warm answers over OTLP',
      'Aims',
    ])
      expect(printed).toContain(`\n${title}`);
    expect(printed).toMatch(/ (met|MISSED)$/m);
  });

  it('writes the same as JSON, with the machine and a baseline for every server', () => {
    expect(data).toMatchObject({ version: 1, quick: true, machine: { node: process.version } });
    expect(data.aims).toContainEqual(
      expect.objectContaining({ value: expect.any(Number), met: expect.any(Boolean) }),
    );
    const started = data.coldStart as readonly { name: string; overBare: number }[];
    expect(started.map(({ name }) => name)).toEqual(expect.arrayContaining(['bare SDK server', ...servers]));
    for (const { overBare } of started) expect(overBare).toBeGreaterThan(0);
    expect(data.otlp).toMatchObject({
      ingestion: [{ logLines: expect.any(Number) }, { logLines: expect.any(Number) }],
      queries: expect.arrayContaining([expect.objectContaining({ tool: 'get_error_summary' })]),
    });
  });

  it('has a typical answer for every tool of every server', () => {
    const { servers: lists, answers } = data.tokens as {
      servers: readonly { server: string; tools: readonly { tool: string }[] }[];
      answers: readonly { server: string; tool: string; refused?: string }[];
    };
    const published = lists.flatMap(({ server, tools }) => tools.map(({ tool }) => `${server} ${tool}`));
    expect(answers.map(({ server, tool }) => `${server} ${tool}`).sort()).toEqual(published.sort());
  });
});

describe('options of the bench', () => {
  it('refuse a section that does not exist, naming those that do', async () => {
    await expect(promisify(execFile)(process.execPath, [program, '--only', 'hot'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cold,calls,tokens,otlp'),
    });
  });
});

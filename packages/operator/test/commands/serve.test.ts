import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addServeCommand } from '../../src/commands/serve.js';
import { runCommand } from '../run-command.js';

/** Stands in for the suite: tells its arguments through its exit code, or waits for a signal. */
const standIn = `
const args = process.argv.slice(2);
if (args[0] === 'wait') {
  process.on('SIGTERM', () => process.exit(7));
  process.stdout.write('ready\\n');
  setInterval(() => {}, 1_000);
} else if (args[0] === 'killed') process.kill(process.pid, 'SIGKILL');
else process.exit(args.join(' ') === 'metrics logs --config own.yaml --read-only --help' ? 0 : 3);
`;
let folder: string;
let script: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'serve-'));
  script = path.join(folder, 'suite.mjs');
  await writeFile(script, standIn);
});
afterAll(() => rm(folder, { recursive: true }));

const serve = (...args: readonly string[]) =>
  runCommand(
    (program) => addServeCommand(program, () => ({ command: process.execPath, args: [script] })),
    'serve',
    ...args,
  );

describe('devops-mcp serve', () => {
  it('starts the suite with the names and every flag, and ends as it ends', async () => {
    const args = ['metrics', 'logs', '--config', 'own.yaml', '--read-only', '--help'];
    expect((await serve(...args)).code).toBe(0);
    expect((await serve('metrics')).code).toBe(3);
    expect((await serve('killed')).code).toBe(128 + 9);
  });

  it('passes a signal on and waits for the end', async () => {
    const source = `
      import { Command } from 'commander';
      import { addServeCommand } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../dist/commands/serve.js'))};
      const program = new Command();
      addServeCommand(program, () => ({ command: process.execPath, args: [${JSON.stringify(script)}] }));
      await program.parseAsync(['serve', 'wait'], { from: 'user' });`;
    const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', source], {
      cwd: path.resolve(import.meta.dirname, '../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await new Promise((ready) => child.stdout?.once('data', ready));
    child.kill('SIGTERM');
    expect(await ended).toBe(7);
  });

  it('says how to install what is missing', async () => {
    const missing = await runCommand(
      (program) =>
        addServeCommand(program, () => {
          throw new Error('not installed');
        }),
      'serve',
      'metrics',
    );
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('not installed') });
  });
});

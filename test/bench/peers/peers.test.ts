import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = resolve(import.meta.dirname, '../../dist/bench/peers/main.js');
const fakePeer = join(import.meta.dirname, 'fake-peer.mjs');
const say = (text: string, more = {}) => ({ tool: 'say', input: { text, ...more } });

describe('npm run bench:peers with a server of its own', () => {
  let folder: string;
  let printed: string;
  let data: Record<string, unknown>;

  beforeAll(async () => {
    if (!existsSync(program)) throw new Error(`${program} is not there; run: npm run build`);
    folder = await mkdtemp(join(tmpdir(), 'peers-test-'));
    const peers = [
      {
        ...{ name: 'fake', command: process.execPath, args: [fakePeer] },
        questions: {
          workload: [say('{namespace}/{workload}'), say('two')],
          ill: [say('it does not work', { fails: true })],
        },
      },
      { name: 'absent', command: join(folder, 'nothing'), args: [], questions: { ill: [say('one')] } },
    ];
    const file = join(folder, 'peers.json');
    const json = join(folder, 'figures.json');
    await writeFile(file, JSON.stringify(peers));
    const args = ['--quick', '--pods', '20', '--peers', file, '--without-ours', '--json', json];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args]);
    printed = stdout + stderr;
    data = JSON.parse(await readFile(json, 'utf8'));
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('counts the calls, bytes and tokens of an answer', () => {
    const [figures] = data.figures as readonly {
      peer: string;
      questions: Record<string, Record<string, unknown>>;
    }[];
    expect(figures).toMatchObject({
      peer: 'fake',
      pods: 20,
      coldStartMs: { count: 1 },
      toolTokens: expect.any(Number),
    });
    const { workload } = figures?.questions ?? {};
    expect(workload).toMatchObject({ calls: 2, longestPingMs: expect.any(Number), latencyMs: { count: 1 } });
    // The names of the generated workload, and `two`.
    expect(workload?.bytes).toBeGreaterThan('team-/-'.length + 'two'.length);
  });

  it('says of a question whether a call failed or no tool answers it', () => {
    const [figures] = data.figures as readonly { questions: Record<string, unknown> }[];
    expect(figures?.questions.ill).toEqual({ failed: 'say: it does not work' });
    expect(figures?.questions.deployed).toEqual({ unable: true });
    expect(printed).toContain('failed: fake, 20 pods, "which pods are ill": say: it does not work');
    expect(printed).toContain('no tool for it');
  });

  it('leaves a server out that does not run, and says so', () => {
    expect(data.figures).toHaveLength(1);
    expect(printed).toContain('absent did not run and is left out');
  });

  it('refuses an option that there is not', async () => {
    await expect(promisify(execFile)(process.execPath, [program, '--pods', 'many'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--pods takes numbers'),
    });
  });
});

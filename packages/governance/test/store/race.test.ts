import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/index.js';
import { builtModule } from '../build-dist.js';
import { temporaryFolder } from '../temporary-folder.js';
import { exampleProposal } from './example-records.js';

const child = fileURLToPath(new URL('./race-child.mjs', import.meta.url));
const processes = 12;
let module: string;
beforeAll(() => {
  module = builtModule('store/index.js');
}, 120_000);

/** Starts the processes, waits until each has opened the store, lets them go at once, counts who won. */
async function race(directory: string, attempt: string): Promise<number> {
  const children = Array.from({ length: processes }, () =>
    fork(child, [module, directory, attempt], { execArgv: [] }),
  );
  await Promise.all(children.map(message));
  const answers = children.map(message);
  for (const process of children) process.send('go');
  const won = await Promise.all(answers);
  await Promise.all(children.map((process) => process.exitCode === null && once(process, 'exit')));
  return won.filter((answer) => answer.won === true).length;
}

async function message(process: ChildProcess): Promise<{ readonly won?: boolean }> {
  const ended = once(process, 'exit').then(([code]) =>
    Promise.reject(new Error(`A child ended with ${code}.`)),
  );
  const [answer] = await Promise.race([once(process, 'message'), ended]);
  return answer;
}

describe('twelve processes at once', () => {
  it('open a new store, and one of them uses the key', async () => {
    expect(await race(temporaryFolder(), 'use')).toBe(1);
  }, 60_000);

  it('let one of them move the proposal', async () => {
    const directory = temporaryFolder();
    const store = await openSqliteStore({ directory, clock: () => new Date() });
    await store.proposals.create(exampleProposal({ id: 'prop_race', state: 'approved' }));
    expect(await race(directory, 'transition')).toBe(1);
    expect(await store.proposals.get('prop_race')).toMatchObject({ state: 'consumed' });
    await store.close();
  }, 60_000);

  it('share a window of five', async () => {
    expect(await race(temporaryFolder(), 'add')).toBe(5);
  }, 60_000);

  it('give the lease to one', async () => {
    expect(await race(temporaryFolder(), 'lease')).toBe(1);
  }, 60_000);
});

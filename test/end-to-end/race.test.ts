import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportRequest, git, proposeRollback, signBoth } from './world/change.js';
import { runProgram, serverProgram } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await copyOfSandbox();
});
afterAll(() => sandbox.remove());

it('of twelve executor processes with one approved request exactly one applies it', async () => {
  const request = await exportRequest(sandbox, await proposeRollback(sandbox));
  const approvals = (await signBoth(sandbox, request)).flatMap((file) => ['--approval', file]);
  const commits = () => Number(git(sandbox, 'production', 'rev-list', '--count', 'main'));
  const before = commits();
  const racers = Array.from({ length: 12 }, () =>
    runProgram(serverProgram('rollback'), [
      ...['--execute', request, '--config', sandbox.executorConfig],
      ...approvals,
    ]),
  );
  const ends = await Promise.all(racers);
  const states = ends.map(({ out, err }) => {
    if (out === '') throw new Error(err);
    return JSON.parse(out).state;
  });
  expect(states.filter((state) => state === 'succeeded')).toHaveLength(1);
  expect(states.filter((state) => state === 'refused')).toHaveLength(11);
  expect(ends.filter(({ code }) => code === 0)).toHaveLength(1);
  expect(commits()).toBe(before + 1);
});

import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { executeRequest, exportRequest, git, proposeRollback, signBoth } from './world/change.js';
import { type OpenClient, openClient } from './world/client.js';
import { devopsMcp, mustRun } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

let sandbox: Sandbox;
let deployments: OpenClient;
let alerts: OpenClient;
beforeAll(async () => {
  sandbox = await copyOfSandbox();
  deployments = await openClient('deployments', sandbox.config);
  alerts = await openClient('alerts', sandbox.config);
});
afterAll(async () => {
  await deployments.close();
  await alerts.close();
  await sandbox.remove();
});

const read = () => deployments.call('get_deployment_history', { environment: 'production' });
const readStaging = () => deployments.call('get_deployment_history', { environment: 'staging' });
const scale = (environment: string) =>
  deployments.call('propose_scale_service', {
    ...{ environment, service: sandbox.truth.service, replicas: 2, reason: 'less traffic' },
    changeRef: sandbox.truth.changeRequest,
  });
const restart = () =>
  deployments.call('propose_restart_service', {
    ...{ environment: 'staging', service: sandbox.truth.service, reason: 'it hangs' },
  });
const kill = (...args: readonly string[]) =>
  mustRun('kill', ...args, '--reason', 'drill', '--config', sandbox.config);
const restore = (scope: string) =>
  mustRun('restore', scope, '--confirm', scope, '--reason', 'over', '--config', sandbox.config);

/** Off in the sense of the promise: this very call, in a process that was running before. */
const off = { isError: true, text: expect.stringContaining('switched_off') };

describe('a switch thrown in one process refuses the next call in another', () => {
  beforeEach(async () => {
    expect((await scale('staging')).text).not.toContain('switched_off');
  });

  it.each([
    ['*', 'everywhere'],
    ['server:deployments', 'a server'],
    ['tool:deployments/scale_service', 'a tool'],
    ['environment:staging', 'an environment'],
    ['tool:deployments/scale_service@staging', 'a tool in an environment'],
  ])('%s', async (scope) => {
    await kill(scope);
    expect(await scale('staging')).toMatchObject(off);
    expect((await read()).isError).toBe(false);
    const reaches = (what: { text: string }) => what.text.includes('switched_off');
    expect(reaches(await restart())).toBe(!scope.startsWith('tool:'));
    expect(reaches(await scale('production'))).toBe(!scope.includes('staging'));
    await restore(scope);
    expect((await scale('staging')).text).not.toContain('switched_off');
  });

  it('of reads as well, with --all', async () => {
    await kill('environment:production', '--all');
    expect(await read()).toMatchObject(off);
    expect((await readStaging()).isError).toBe(false);
    expect((await alerts.call('get_active_alerts', { environment: 'production' })).text).toContain(
      'switched_off',
    );
    await restore('environment:production');
    expect((await read()).isError).toBe(false);
  });
});

describe('the switch of an executor', () => {
  it('is its own, and is looked at before a side effect', async () => {
    const request = await exportRequest(sandbox, await proposeRollback(sandbox));
    const approvals = await signBoth(sandbox, request);
    const head = git(sandbox, 'production', 'rev-parse', 'main');
    const atExecutor = ['--reason', 'drill', '--config', sandbox.executorConfig];
    await mustRun('kill', 'tool:rollback/roll_back_service@production', ...atExecutor);
    const refused = await executeRequest(sandbox, request, approvals);
    expect(refused.refusals.map(({ check }) => check)).toContain('switch');
    expect(git(sandbox, 'production', 'rev-parse', 'main')).toBe(head);
    const scope = 'tool:rollback/roll_back_service@production';
    await mustRun('restore', scope, '--confirm', scope, ...atExecutor);
    expect((await executeRequest(sandbox, request, approvals)).state).toBe('succeeded');
  });
});

describe('while the state cannot be read', () => {
  it('changes are refused and reads go on', async () => {
    const broken = await copyOfSandbox();
    await rm(broken.at('state'), { recursive: true });
    await writeFile(broken.at('state'), 'a file where the folder should be');
    const open = await openClient('deployments', broken.config);
    const change = await open.call('propose_scale_service', {
      ...{ environment: 'staging', service: broken.truth.service, replicas: 2, reason: 'less traffic' },
    });
    expect(change.isError).toBe(true);
    const killed = await devopsMcp('kill', '*', '--reason', 'drill', '--config', broken.config);
    expect(killed.code).toBe(1);
    expect(killed.err).not.toContain('    at ');
    await open.close();
    await broken.remove();
  });
});

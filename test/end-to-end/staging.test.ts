import { writeFile } from 'node:fs/promises';
import { createSoftwareAuthenticator } from '@devops-mcp/governance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desiredState, field, manifestOf, proposeScale } from './world/change.js';
import { type OpenClient, openClient } from './world/client.js';
import { devopsMcp } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

describe('scaling in staging', () => {
  let sandbox: Sandbox;
  let deployments: OpenClient;
  let service: string;
  beforeAll(async () => {
    sandbox = await copyOfSandbox();
    service = sandbox.truth.service ?? '';
    deployments = await openClient('deployments', sandbox.config);
  });
  afterAll(async () => {
    await deployments.close();
    await sandbox.remove();
  });

  const execute = (proposalId: string) => deployments.call('execute_proposal', { proposalId });
  const replicas = () =>
    Number(
      /^ {2}replicas: (\d+)$/m.exec(
        desiredState(sandbox, manifestOf(service), { repository: 'staging' }),
      )?.[1],
    );
  const approve = (id: string, ...key: readonly string[]) =>
    devopsMcp('approve', id, ...key, '--confirm', service, '--config', sandbox.config);

  it('is applied by the server itself with one approver, whose key may be a plain one', async () => {
    const before = replicas();
    const id = await proposeScale(deployments, { service, environment: 'staging', replicas: before + 1 });
    expect(field(await execute(id), 'state')).toBe('awaiting_approval');
    expect(replicas()).toBe(before);
    const approved = await approve(id, '--key', sandbox.at('approver', 'plain.key'));
    expect(approved.out).toContain('is approved');
    expect(field(await execute(id), 'state')).toBe('succeeded');
    expect(replicas()).toBe(before + 1);
    // Asked again, it tells what happened and does nothing.
    expect(field(await execute(id), 'state')).toBe('succeeded');
    expect(replicas()).toBe(before + 1);
  });

  it('is refused when the live state has changed since', async () => {
    const before = replicas();
    const [stale, first] = [
      await proposeScale(deployments, { service, environment: 'staging', replicas: before + 1 }),
      await proposeScale(deployments, { service, environment: 'staging', replicas: before - 1 }),
    ];
    for (const id of [stale, first]) await approve(id, '--key', sandbox.at('approver', 'plain.key'));
    expect(field(await execute(first), 'state')).toBe('succeeded');
    const reply = await execute(stale);
    expect(reply.isError).toBe(true);
    expect(reply.text).toContain('Not applied');
    expect(replicas()).toBe(before - 1);
  });

  it('is over when an approver rejects it', async () => {
    const before = replicas();
    const id = await proposeScale(deployments, { service, environment: 'staging', replicas: before + 1 });
    const key = sandbox.at('approver', 'plain.key');
    const rejected = await devopsMcp(
      'reject',
      id,
      '--key',
      key,
      '--confirm',
      service,
      '--config',
      sandbox.config,
    );
    expect(rejected.out).toContain('is rejected');
    expect((await approve(id, '--key', key)).code).toBe(1);
    expect((await execute(id)).text).toContain('rejected');
    expect(replicas()).toBe(before);
  });

  it('is not approved with a key of which nobody knows', async () => {
    const proposed = await deployments.call('propose_restart_service', {
      ...{ environment: 'staging', service: 'fraud-check', reason: 'it hangs' },
    });
    const id = field(proposed, 'proposalId');
    const foreign = sandbox.at('foreign.key');
    await writeFile(foreign, createSoftwareAuthenticator().privateKey);
    const given = ['--software-key', foreign, '--confirm', 'fraud-check', '--config', sandbox.config];
    const refused = await devopsMcp('approve', id, ...given);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('not among the allowed signers');
    expect(field(await execute(id), 'state')).toBe('awaiting_approval');
  });
});

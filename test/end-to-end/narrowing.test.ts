import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withClient } from './world/client.js';
import { devopsMcp, mustRun } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await copyOfSandbox();
});
afterEach(() => sandbox.remove());

const served = (...args: readonly string[]) =>
  withClient('deployments', sandbox.config, { args }, (open) => open.toolNames());
const called = (tool: string, input: object, ...args: readonly string[]) =>
  withClient('deployments', sandbox.config, { args }, (open) => open.call(tool, { ...input }));
const changes = (names: readonly string[]) =>
  names.filter(
    (name) => name.startsWith('propose_') || name.endsWith('_proposal') || name.endsWith('_proposals'),
  );
const scaling = () => ({
  ...{ environment: 'staging', service: sandbox.truth.service, replicas: 2, reason: 'less traffic' },
});

describe('flags only ever take away', () => {
  let all: readonly string[];
  beforeAll(async () => {
    const own = await copyOfSandbox();
    all = await withClient('deployments', own.config, {}, (open) => open.toolNames());
    await own.remove();
    expect(changes(all).length).toBeGreaterThan(3);
  });

  it('--read-only serves no change, and refuses one that is called all the same', async () => {
    const names = await served('--read-only');
    expect(names).toEqual(all.filter((name) => !changes(all).includes(name)));
    const reply = await called('propose_scale_service', scaling(), '--read-only');
    expect(reply.isError).toBe(true);
    expect(reply.text).toContain('--read-only');
  });

  it('--tools serves these and no others', async () => {
    const names = await served('--tools', 'get_deployment_history,get_workload_status');
    expect([...names].sort()).toEqual(['get_deployment_history', 'get_workload_status']);
    const reply = await called('get_deployment_diff', {}, '--tools', 'get_deployment_history');
    expect(reply).toMatchObject({ isError: true, text: expect.stringContaining('--tools') });
  });

  it('--exclude-tools serves all but these', async () => {
    const names = await served('--exclude-tools', 'propose_scale_service');
    expect([...names].sort()).toEqual(all.filter((name) => name !== 'propose_scale_service').sort());
  });

  it('--read-only wins over a list that names a change', async () => {
    const names = await served('--read-only', '--tools', 'get_deployment_history,propose_scale_service');
    expect(names).toEqual(['get_deployment_history']);
  });
});

describe('pins', () => {
  it('without tools.lock only reads are served', async () => {
    await rm(sandbox.at('tools.lock'));
    const names = await served();
    expect(names.length).toBeGreaterThan(0);
    expect(changes(names)).toEqual([]);
    const reply = await called('propose_scale_service', scaling());
    expect(reply.isError).toBe(true);
    expect(reply.text).toContain('not served');
  });

  it('a surface that differs from its pin is refused, and the rest is served', async () => {
    const lock = JSON.parse(await readFile(sandbox.at('tools.lock'), 'utf8'));
    lock.servers.deployments.tools.get_deployment_diff.digest = '0'.repeat(64);
    delete lock.servers.deployments.tools.get_pipeline_status;
    await writeFile(sandbox.at('tools.lock'), JSON.stringify(lock));
    const names = await served();
    expect(names).toContain('get_deployment_history');
    expect(names).not.toContain('get_deployment_diff');
    expect(names).not.toContain('get_pipeline_status');
    const reply = await called('get_deployment_diff', { environment: 'production', service: 'checkout' });
    expect(reply).toMatchObject({
      isError: true,
      text: expect.stringContaining('differs from what tools.lock pins'),
    });
  });

  it('are written anew by devops-mcp pin, after which everything is served', async () => {
    await rm(sandbox.at('tools.lock'));
    expect(await mustRun('pin', '--config', sandbox.config)).toContain('Review the difference');
    expect(changes(await served()).length).toBeGreaterThan(3);
    expect((await devopsMcp('pin', 'no-such-server', '--config', sandbox.config)).code).toBe(1);
  });

  it('a server in another version than the one that was reviewed changes nothing', async () => {
    await sandbox.edit('devops-mcp.yaml', (text) =>
      text.replace(/(deployments: \{ owner: [^}]*version: )0\.1\.0/, '$10.0.9'),
    );
    expect(changes(await served())).toEqual([]);
  });

  it('nor does one without an owner', async () => {
    await sandbox.edit('devops-mcp.yaml', (text) => text.replace(/^ {2}deployments: \{ owner.*\n/m, ''));
    expect(changes(await served())).toEqual([]);
  });
});

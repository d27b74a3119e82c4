import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withClient } from './world/client.js';
import { devopsMcp } from './world/programs.js';
import { copyOfSandbox, type Sandbox } from './world/sandbox.js';

let sandbox: Sandbox;
let mounted: string | undefined;
beforeAll(async () => {
  sandbox = await copyOfSandbox();
  mounted = await mountSmall(sandbox.at('audit'));
});
afterAll(async () => {
  if (mounted !== undefined) execFileSync('umount', [mounted]);
  await sandbox.remove();
});

/** A file system of 64 kB, where this user may mount one. */
async function mountSmall(folder: string): Promise<string | undefined> {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,nr_inodes=64', 'tmpfs', folder], { stdio: 'pipe' });
    return folder;
  } catch {
    return undefined;
  }
}

it('on a full disk changes are refused with what to mend, and reads are answered', async ({ skip }) => {
  if (mounted === undefined) skip('this user cannot mount a small file system');
  await writeFile(sandbox.at('audit', 'ballast'), Buffer.alloc(56 * 1024));
  await withClient('deployments', sandbox.config, {}, async (open) => {
    const propose = () =>
      open.call('propose_restart_service', {
        ...{ environment: 'staging', service: 'fraud-check', reason: `it hangs ${'x'.repeat(400)}` },
      });
    let reply = await propose();
    // The first records may still fit.
    for (let calls = 0; calls < 9 && !reply.isError; calls += 1) reply = await propose();
    expect(reply.isError).toBe(true);
    expect(reply.text).toMatch(/audit/);
    expect(reply.text).not.toContain('ENOSPC');
    const read = await open.call('get_deployment_history', { environment: 'production' });
    expect(read.isError, read.text).toBe(false);
    // The switch that stops everything must not need the disk that is full.
    const killed = await devopsMcp('kill', '*', '--reason', 'disk full', '--config', sandbox.config);
    expect(killed.err).toContain('not recorded');
    expect(killed.code).toBe(0);
    await rm(sandbox.at('audit', 'ballast'));
    // With room again the log is tried once a second; the switch was thrown all the while.
    await expect
      .poll(async () => (await propose()).text, { timeout: 10_000, interval: 500 })
      .toContain('switched_off');
  });
  const verified = await devopsMcp('audit', 'verify', '--config', sandbox.config);
  expect(verified.code, verified.out).toBe(0);
});

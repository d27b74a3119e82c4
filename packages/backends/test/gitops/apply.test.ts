import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonObject } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import { deploymentsOver, deploymentsWriting, opener } from '../../src/gitops/deployments.js';
import { reachOfWrite } from '../../src/gitops/reach.js';
import {
  at,
  backendContext,
  bareRepository,
  callContext,
  fileAt,
  git,
  head,
  importCommits,
} from './git-fixture.js';
import { config, deployment, shopHistory } from './shop.js';

const service = 'payments-api';
const folder = 'services/payments-api';

describe('applying a change', () => {
  it('makes one commit with the planned content, its author and its key, and nothing else', async () => {
    const path = bareRepository(shopHistory);
    const { deployments } = open(path, path);
    const before = head(path);
    const { plan } = await deployments.planScale({ service, replicas: 4 }, callContext());
    const outcome = await deployments.applyChange(command(plan.change, 'key-aaaa'), callContext());
    expect(outcome).toMatchObject({ artifactRef: head(path), verified: true });
    expect(git(['-C', path, 'diff', '--name-only', before, 'main']).trim()).toBe(`${folder}/deployment.yaml`);
    expect(fileAt(path, 'main', `${folder}/deployment.yaml`)).toBe(
      deployment('1.2.0', { cpu: '750m', replicas: 4 }),
    );
    expect(git(['-C', path, 'log', '-1', '--format=%P|%an|%ae|%cI|%B', 'main']).trim()).toBe(
      `${before}|devops-mcp executor|devops-mcp@localhost.invalid|${at(10_000).toISOString().replace('.000Z', '+00:00')}|` +
        'Scale payments-api from 5 to 4 replicas\n\nA reason\n\nDevops-Mcp-Key: key-aaaa',
    );
    git(['-C', path, 'fsck', '--strict']);
  });

  it('survives unrelated commits, and refuses after related ones', async () => {
    const path = bareRepository(shopHistory);
    const { deployments } = open(path, path);
    const { plan } = await deployments.planScale({ service, replicas: 4 }, callContext());
    importCommits(path, [{ message: 'Elsewhere', at: at(100), files: { 'README.md': '# moved on\n' } }]);
    expect((await deployments.planScale({ service, replicas: 4 }, callContext())).plan).toEqual(plan);
    await expect(
      deployments.applyChange(command(plan.change, 'key-aaaa'), callContext()),
    ).resolves.toMatchObject({
      verified: true,
    });
    const again = await deployments.planScale({ service, replicas: 6 }, callContext());
    importCommits(path, [
      { message: 'Config', at: at(110), files: { [`${folder}/config.yaml`]: config({ A: '1' }) } },
    ]);
    await expect(
      deployments.applyChange(command(again.plan.change, 'key-bbbb'), callContext()),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('happens once, whichever process comes first', async () => {
    const path = bareRepository(shopHistory);
    const { deployments } = open(path, path);
    const { plan } = await deployments.planScale({ service, replicas: 4 }, callContext());
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => {
        const one = open(path, path).deployments;
        return one.applyChange(command(plan.change, 'key-race'), callContext());
      }),
    );
    expect(new Set(outcomes.map((outcome) => outcome.artifactRef)).size).toBe(1);
    expect(git(['-C', path, 'log', '--oneline', '--grep=key-race', 'main']).trim().split('\n')).toHaveLength(
      1,
    );
  }, 60_000);

  it('takes its place behind others who move the branch at the same time', async () => {
    const path = bareRepository(shopHistory);
    const { deployments } = open(path, path);
    const { plan } = await deployments.planScale({ service, replicas: 4 }, callContext());
    const noise = spawn('sh', [
      '-c',
      `cd '${path}' && for i in 1 2 3 4 5 6 7 8 9 10; do c=$(git -c user.name=x -c user.email=x@example.com commit-tree -p main -m n$i main^{tree}); git update-ref refs/heads/main $c; done`,
    ]);
    const done = new Promise((resolve) => noise.on('close', resolve));
    const outcome = await deployments.applyChange(command(plan.change, 'key-busy'), callContext());
    await done;
    expect(outcome.verified).toBe(true);
    expect(git(['-C', path, 'merge-base', '--is-ancestor', outcome.artifactRef ?? '', 'main'])).toBe('');
  }, 60_000);

  it('is not fooled by a key in somebody else’s message', async () => {
    const path = bareRepository(shopHistory);
    const { deployments } = open(path, path);
    const { plan } = await deployments.planScale({ service, replicas: 4 }, callContext());
    const other = await deployments.planConfigChange(
      { service, set: { NEW: '1' }, title: 'x' },
      callContext(),
    );
    const forged = { ...command(other.plan.change, 'key-other'), message: 'x\nDevops-Mcp-Key: key-real' };
    await deployments.applyChange(forged, callContext());
    expect(git(['-C', path, 'log', '--all', '--grep=Devops-Mcp-Key: key-real', '--oneline'])).toBe('');
    importCommits(path, [
      { message: 'Hm\n\nDevops-Mcp-Key: key-real', at: at(100), files: { 'README.md': 'x' } },
    ]);
    await deployments.applyChange(command(plan.change, 'key-real'), callContext());
    expect((await deployments.desired({ service }, callContext())).data.replicas).toBe(4);
  });

  it('refuses a change that was altered after it was planned', async () => {
    const path = bareRepository(shopHistory);
    const { deployments } = open(path, path);
    const { plan } = await deployments.planScale({ service, replicas: 4 }, callContext());
    const edit = (plan.change as { edits: JsonObject[] }).edits[0] ?? {};
    const altered: readonly (readonly [string, JsonObject])[] = [
      [
        'invalid_input',
        { ...plan.change, edits: [{ ...edit, path: 'services/orders-api/deployment.yaml' }] },
      ],
      ['invalid_input', { ...plan.change, edits: [{ ...edit, path: `${folder}/../../.git/config` }] }],
      ['invalid_input', { ...plan.change, branch: 'other' }],
      ['conflict', { ...plan.change, basePathTree: 'absent' }],
      [
        'conflict',
        { ...plan.change, edits: [{ ...edit, lines: [{ start: 0, remove: 0, insert: ['x\n'] }] }] },
      ],
      ['conflict', { ...plan.change, edits: [{ ...edit, before: null }] }],
    ];
    const before = head(path);
    for (const [code, change] of altered)
      await expect(deployments.applyChange(command(change, 'key-aaaa'), callContext())).rejects.toMatchObject(
        { code },
      );
    expect(head(path)).toBe(before);
  });

  it('never runs hooks that lie in the repository', async () => {
    const path = bareRepository(shopHistory);
    const trace = join(dirname(path), 'hook-ran');
    mkdirSync(join(path, 'hooks'), { recursive: true });
    for (const hook of ['reference-transaction', 'pre-receive', 'update', 'post-update', 'post-index-change'])
      writeFileSync(join(path, 'hooks', hook), `#!/bin/sh\necho ${hook} >> '${trace}'\n`, { mode: 0o755 });
    git(['-C', path, 'config', 'core.fsmonitor', `echo fsmonitor >> '${trace}'; false`]);
    const { deployments } = open(path, path);
    const { plan } = await deployments.planRestart({ service }, callContext());
    await deployments.applyChange(command(plan.change, 'key-hook'), callContext());
    await deployments.history({ limit: 5 }, callContext());
    expect(existsSync(trace)).toBe(false);
  });

  it('stops when asked to', async () => {
    const path = bareRepository(shopHistory);
    const { deployments } = open(path, path);
    const { plan } = await deployments.planRestart({ service }, callContext());
    const before = head(path);
    await expect(
      deployments.applyChange(command(plan.change, 'key-stop'), callContext(AbortSignal.abort())),
    ).rejects.toThrow();
    expect(head(path)).toBe(before);
  });
});

describe('changes for review', () => {
  it('become a branch of the fork, on top of what is desired now', async () => {
    const path = bareRepository(shopHistory);
    const fork = bareRepository(shopHistory.slice(0, 2), 'branches.git');
    const { deployments } = open(path, fork);
    const set = { TIMEOUT_SECONDS: '45', new_checkout: 'false', RETRIES: '3' };
    const { plan, next } = await deployments.planConfigChange(
      { service, set, title: 'Longer timeout!' },
      callContext(),
    );
    expect(next.configuration).toMatchObject({ TIMEOUT_SECONDS: '45', RETRIES: '3', API_TOKEN: '(masked)' });
    expect(JSON.stringify(plan)).not.toContain('token-value');
    const outcome = await deployments.applyChange(command(plan.change, 'key-branch'), callContext());
    const branch = String(outcome.observed.branch);
    expect(branch).toMatch(/^devops-mcp\/longer-timeout-[0-9a-f]{12}$/);
    expect(git(['-C', fork, 'rev-parse', `${branch}^`]).trim()).toBe(head(path));
    expect(fileAt(fork, branch, `${folder}/config.yaml`)).toContain('RETRIES: "3"');
    expect(fileAt(fork, branch, `${folder}/config.yaml`)).toContain('second-token-value');
    expect(git(['-C', path, 'for-each-ref', '--format=%(refname)']).trim()).not.toContain('devops-mcp');
    expect(await deployments.applyChange(command(plan.change, 'key-branch'), callContext())).toEqual(outcome);
    git(['-C', fork, 'fsck', '--strict', '--connectivity-only']);
  });

  it('cannot move what is desired from a process that has only a fork', async () => {
    const path = bareRepository(shopHistory);
    const fork = bareRepository(shopHistory, 'branches.git');
    const { deployments } = open(path, fork);
    const { plan } = await deployments.planScale({ service, replicas: 4 }, callContext());
    await expect(
      deployments.applyChange(command(plan.change, 'key-aaaa'), callContext()),
    ).rejects.toMatchObject({
      code: 'denied',
    });
  });

  it('never replace a branch that somebody else made', async () => {
    const path = bareRepository(shopHistory);
    const { deployments } = open(path, path);
    const { plan } = await deployments.planConfigChange(
      { service, set: { NEW: '1' }, title: 'x' },
      callContext(),
    );
    const probe = await deployments.applyChange(command(plan.change, 'key-mine'), callContext());
    const branch = String(probe.observed.branch);
    git(['-C', path, 'update-ref', `refs/heads/${branch}`, head(path)]);
    await expect(
      deployments.applyChange(command(plan.change, 'key-mine'), callContext()),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('carry no secrets', async () => {
    const path = bareRepository(shopHistory);
    const { deployments } = open(path, path);
    const secrets: readonly (readonly [string, string])[] = [
      ['API_TOKEN', 'x'],
      ['DATABASE_URL', 'postgres://app:hunter2@db/payments'],
    ];
    for (const [key, value] of secrets)
      await expect(
        deployments.planConfigChange({ service, set: { [key]: value }, title: 'x' }, callContext()),
      ).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('how far a write credential reaches', () => {
  it('is 3 for the desired repository under any name, 2 for a fork, 4 when it cannot be told', async () => {
    const path = bareRepository(shopHistory);
    const fork = bareRepository(shopHistory, 'branches.git');
    const link = join(dirname(fork), 'innocent.git');
    symlinkSync(path, link);
    const reach = (write: string) => reachOfWrite(backendContext(path, { write: { path: write } }));
    expect(await reach(path)).toBe(3);
    expect(await reach(`${path}/.`)).toBe(3);
    expect(await reach(link)).toBe(3);
    expect(await reach(fork)).toBe(2);
    expect(await reach(join(dirname(path), 'missing.git'))).toBe(4);
    expect(await reachOfWrite(backendContext(path))).toBe(1);
    const tree = join(dirname(fork), 'tree');
    git(['-C', path, 'worktree', 'add', '--quiet', '--detach', tree, 'main']);
    expect(await reach(tree)).toBe(3);
    const other = bareRepository(shopHistory, 'other.git');
    rmSync(join(other, 'refs'), { recursive: true });
    symlinkSync(join(path, 'refs'), join(other, 'refs'));
    expect(await reach(other)).toBe(3);
  });
});

function open(path: string, write: string) {
  const context = backendContext(path, { write: { path: write } });
  const opened = opener(context, path);
  return { deployments: { ...deploymentsOver(context, opened), ...deploymentsWriting(context, opened) } };
}

function command(change: JsonObject, idempotencyKey: string) {
  return { change, idempotencyKey, message: 'A reason' };
}

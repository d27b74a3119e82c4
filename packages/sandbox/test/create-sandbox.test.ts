import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  commandName,
  createSandbox,
  incidentKindOf,
  type SandboxApprover,
  type SandboxProgress,
} from '../src/index.js';
import { digestOf, isEmptyFolder, makeSandbox, now } from './read-sandbox.js';

const approvers: readonly SandboxApprover[] = [
  {
    person: 'user:default/approver-one',
    principal: 'approver-one@example.com',
    publicKey: 'sk-ssh-ed25519@openssh.com AAAAGnNr',
    fingerprint: `SHA256:${'a'.repeat(43)}`,
    environments: ['production', 'staging'],
    hardware: false,
    note: 'software key of the sandbox',
    privateKey: { file: 'approver-one.key', content: 'not a real key\n' },
  },
  {
    person: 'user:default/approver-two',
    principal: 'approver-two@example.com',
    publicKey: 'ssh-ed25519 AAAAC3Nz',
    fingerprint: `SHA256:${'b'.repeat(43)}`,
    environments: [],
    hardware: false,
  },
];
const executorKey = { privateKey: 'private\n', publicKey: 'public\n' };

describe('the same options', () => {
  it('make the same company to the last byte, and another seed makes another', async () => {
    const options = {
      incident: 'bad_deployment',
      approvers,
      executorKey,
      policyText: 'version: 1\n',
    } as const;
    const first = await makeSandbox(options);
    const second = await makeSandbox(options);
    const other = await makeSandbox({ ...options, seed: 2 });
    expect(digestOf(second.directory)).toBe(digestOf(first.directory));
    expect(second.truth).toEqual(first.truth);
    expect(digestOf(other.directory)).not.toBe(digestOf(first.directory));
    expect(other.truth.service).not.toBe(first.truth.service);
  }, 60_000);

  it('keep the incident when only scale changes', async () => {
    const small = await makeSandbox({ incident: 'bad_deployment', scale: 0.02 });
    const larger = await makeSandbox({ incident: 'bad_deployment', scale: 0.2 });
    expect(larger.truth).toEqual(small.truth);
    expect(larger.counts.requests).toBe(small.counts.requests);
    expect(larger.counts.firing).toBe(small.counts.firing);
    expect(larger.counts.logLines).toBeGreaterThan(small.counts.logLines * 4);
  });

  it('move with now, which is taken to the minute', async () => {
    const later = new Date('2026-07-01T22:05:41Z');
    const { truth } = await makeSandbox({ incident: 'bad_deployment', now: later });
    expect(truth.now).toBe('2026-07-01T22:05:00.000Z');
    const minutes = (later.getTime() - new Date(truth.onset ?? 0).getTime()) / 60_000;
    expect(minutes).toBeGreaterThan(30);
    expect(minutes).toBeLessThan(60);
  });
});

describe('roles', () => {
  it('have folders of their own, and keys that only their owner reads', async () => {
    const { directory } = await makeSandbox({
      incident: 'quiet_day',
      approvers,
      executorKey,
      policyText: 'version: 1\n',
    });
    const read = (path: string) => readFileSync(join(directory, path), 'utf8');
    for (const role of ['.', 'executor']) {
      expect(read(join(role, 'policy.yaml'))).toBe('version: 1\n');
      expect(read(join(role, 'catalog/payments-api/devops-mcp.service.yaml'))).toContain('limits:');
      expect(read(join(role, 'allowed_signers'))).toContain(
        'approver-one@example.com namespaces="devops-mcp-approval" sk-ssh-ed25519@openssh.com AAAAGnNr\n',
      );
      const enrolments = parse(read(join(role, 'enrolments.yaml')));
      expect(Object.keys(enrolments.keys)).toEqual([approvers[0]?.fingerprint]);
      expect(enrolments.keys[approvers[0]?.fingerprint ?? '']).toMatchObject({
        person: 'user:default/approver-one',
        environments: ['production', 'staging'],
        enrolled: '2026-03-04',
        hardware: false,
      });
      expect(isEmptyFolder(join(directory, role, 'state'))).toBe(true);
      expect(isEmptyFolder(join(directory, role, 'audit'))).toBe(true);
    }
    expect(read('executor.pub')).toBe('public\n');
    expect(readdirSync(join(directory, 'approver'))).toEqual(['approver-one.key']);
    for (const secret of ['executor/executor.key', 'approver/approver-one.key'])
      expect(statSync(join(directory, secret)).mode & 0o077).toBe(0);
    const own = parse(read('devops-mcp.yaml'));
    expect(own.executors).toEqual([
      {
        id: 'gitops-executor',
        kind: 'control-plane',
        publicKey: './executor.pub',
        audit: './executor/audit',
      },
    ]);
    expect(own.environments.production.ports.deployments.write.path).toBe('./gitops/production-branches.git');
    const organisation = read('catalog/organisation.yaml');
    for (const { owner } of Object.values<{ owner: string }>(own.servers))
      expect(organisation).toContain(
        `kind: Group\nmetadata:\n  name: ${owner.replace('group:default/', '')}\n`,
      );
    const executor = parse(read('executor/executor.yaml'));
    expect(executor).toMatchObject({ role: 'executor', executor: { privateKey: './executor.key' } });
    expect(executor.environments.production.ports.deployments.write.path).toBe('../gitops/production.git');
    expect(Object.keys(executor.environments)).toEqual(Object.keys(own.environments));
  });

  it('that nobody gave keys for are left out', async () => {
    const { directory } = await makeSandbox({ incident: 'quiet_day' });
    expect(readdirSync(directory).sort()).toEqual([
      'README.md',
      'alerts',
      'audit',
      'catalog',
      'devops-mcp.yaml',
      'gitops',
      'infrastructure',
      'knowledge',
      'on-call',
      'state',
      'telemetry',
      'truth.json',
    ]);
    const configuration = parse(readFileSync(join(directory, 'devops-mcp.yaml'), 'utf8'));
    expect(configuration).not.toHaveProperty('policy');
    expect(configuration).not.toHaveProperty('approvers');
    expect(configuration).not.toHaveProperty('executors');
  });
});

describe('refusals', () => {
  it('never write into a folder that has something in it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
    writeFileSync(join(directory, 'mine.txt'), 'mine');
    const attempt = createSandbox({ directory, incident: 'quiet_day', seed: 1, scale: 0.02, now });
    await expect(attempt).rejects.toMatchObject({ code: 'conflict' });
    expect(readdirSync(directory)).toEqual(['mine.txt']);
  });

  it.each([
    ['a seed that is no whole number', { seed: 1.5 }],
    ['a scale of nothing', { scale: 0 }],
    ['a scale without end', { scale: Number.POSITIVE_INFINITY }],
    ['a time that is none', { now: new Date(Number.NaN) }],
    ['too many hours', { hours: 1_000 }],
    [
      'a signer with a second line',
      { approvers: [{ ...approvers[1], principal: 'a@example.com\nroot@example.com' } as SandboxApprover] },
    ],
  ])('name the mistake: %s', async (_, wrong) => {
    const directory = join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'company');
    const attempt = createSandbox({ directory, incident: 'quiet_day', seed: 1, scale: 0.02, now, ...wrong });
    await expect(attempt).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

it('reports progress through its steps', async () => {
  const seen: SandboxProgress[] = [];
  await makeSandbox({ incident: 'quiet_day', onProgress: (progress) => seen.push(progress) });
  expect([...new Set(seen.map((progress) => progress.step))]).toEqual(['history', 'telemetry', 'files']);
  const telemetry = seen.filter((progress) => progress.step === 'telemetry').map((progress) => progress.done);
  expect(telemetry.length).toBeGreaterThan(10);
  expect([...telemetry].sort((a, b) => a - b)).toEqual(telemetry);
  expect(Math.max(...telemetry)).toBeLessThanOrEqual(1);
});

it('knows kinds by both their names', () => {
  expect(incidentKindOf('bad-deployment')).toBe('bad_deployment');
  expect(incidentKindOf('quiet_day')).toBe('quiet_day');
  expect(incidentKindOf('toString')).toBeUndefined();
  expect(commandName('irreversible_migration')).toBe('irreversible-migration');
});

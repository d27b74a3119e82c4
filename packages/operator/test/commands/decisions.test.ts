import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createSoftwareAuthenticator,
  createSshKeyFile,
  createSshSigner,
  type ProposalRecord,
} from '@devops-mcp/governance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDecisionCommands } from '../../src/commands/decisions.js';
import { addProposalCommands } from '../../src/commands/proposals.js';
import { type Office, openOffice } from '../office.js';
import { proposalIn } from '../proposal-record.js';
import { runCommand } from '../run-command.js';

const namespace = 'namespaces="devops-mcp-approval"';
let office: Office;
let record: ProposalRecord;
const plain = createSshKeyFile('plain@example.com');
const device = createSoftwareAuthenticator();
const file = (name: string) => path.join(office.folder, name);

beforeEach(async () => {
  office = await openOffice('approvers: { allowedSigners: ./allowed_signers }\n');
  const signers = [
    `plain@example.com ${namespace} ${createSshSigner(plain).publicKey}`,
    `device@example.com ${namespace} ${device.publicKey}`,
  ];
  await writeFile(file('allowed_signers'), `${signers.join('\n')}\n`);
  await writeFile(file('plain.key'), plain);
  await writeFile(file('device.key'), device.privateKey);
  record = await proposalIn(office);
});
afterEach(() => office.remove());

const decide = (...args: readonly string[]) =>
  runCommand(addDecisionCommands, ...args, '--config', office.config);
const proposals = (...args: readonly string[]) =>
  runCommand(addProposalCommands, 'proposals', ...args, '--config', office.config);
const state = async () => (await proposals('show', record.id)).out;

describe('approve', () => {
  it('shows what is approved before it signs, and records who signed', async () => {
    const ran = await decide('approve', record.id, '--key', file('plain.key'), '--confirm', 'checkout');
    expect(ran.code, ran.err).toBe(0);
    expect(ran.out.startsWith(record.rendering)).toBe(true);
    expect(ran.out).toContain(`Approved by plain@example.com. ${record.id} is approved.`);
    expect(await state()).toContain('approve by plain@example.com (ssh-signature)');
  });

  it('says of a software key that it proves nothing about a person', async () => {
    const ran = await decide(
      'approve',
      record.id,
      '--software-key',
      file('device.key'),
      '--confirm',
      'checkout',
    );
    expect(ran.err).toContain('proves nothing about a person');
  });

  it.each([
    ['a wrong target', ['--confirm', 'web'], 'not the target'],
    ['no terminal to ask at', [], 'no terminal'],
  ])('signs nothing with %s', async (_, confirm, said) => {
    const ran = await decide('approve', record.id, '--key', file('plain.key'), ...confirm);
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.err).toContain(said);
    expect(await state()).toContain('State: proposed');
  });

  it('does not count for production by a plain key', async () => {
    record = await proposalIn(office, { environment: 'production' });
    const ran = await decide('approve', record.id, '--key', file('plain.key'), '--confirm', 'checkout');
    expect(ran.err).toContain('plain key, which does not count for production');
    expect(await state()).toContain('State: proposed');
  });

  it.each([
    ['a key that is none', '--key', 'allowed_signers', 'private key'],
    [
      'a software key that is none',
      '--software-key',
      'allowed_signers',
      'no key of a software authenticator',
    ],
    ['a file that is not there', '--key', 'absent.key', 'there is no such file'],
  ])('says what is wrong with %s', async (_, flag, name, said) => {
    const ran = await decide('approve', record.id, flag, file(name), '--confirm', 'checkout');
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.err).toContain(said);
    expect(ran.err).not.toContain('    at ');
  });

  it('needs approvers in the configuration, and a proposal', async () => {
    const bare = await openOffice();
    const lonely = await proposalIn(bare);
    const args = ['--key', file('plain.key'), '--confirm', 'checkout', '--config', bare.config];
    const none = await runCommand(addDecisionCommands, 'approve', lonely.id, ...args);
    expect(none.err).toContain('names no approvers');
    expect((await decide('approve', 'prop_unknown')).err).toContain('no proposal prop_unknown');
    await bare.remove();
  });
});

describe('a decision made elsewhere', () => {
  it('is a file that is checked where it is recorded', async () => {
    await proposals('export', record.id, '--out', file('request.json'));
    const given = ['--key', file('plain.key'), '--confirm', 'checkout'];
    const unnamed = await decide('approve', file('request.json'), ...given);
    expect(unnamed.err).toContain('--out decision.json');
    const signed = await decide('approve', file('request.json'), ...given, '--out', file('decision.json'));
    expect(signed.out).toContain(record.rendering);
    expect(await state()).toContain('State: proposed');
    const recorded = await decide('approve', record.id, '--approval', file('decision.json'));
    expect(recorded.out).toContain('is approved');
    const other = await proposalIn(office);
    expect((await decide('approve', other.id, '--approval', file('decision.json'))).err).toContain(
      'another proposal',
    );
    expect((await decide('reject', record.id, '--approval', file('decision.json'))).err).toContain(
      'says approve',
    );
  });

  it('may be signed by ssh-keygen over the text that the command writes', async () => {
    const before = process.cwd();
    process.chdir(office.folder);
    const asked = await decide('approve', record.id, '--confirm', 'checkout').finally(() =>
      process.chdir(before),
    );
    expect(asked).toMatchObject({ code: 1 });
    expect(asked.err).toContain('ssh-keygen -Y sign -n devops-mcp-approval');
    const name = /Wrote (\S+)\./.exec(asked.err)?.[1] ?? '';
    const message = await readFile(file(name), 'utf8');
    await writeFile(file(`${name}.sig`), createSshSigner(plain).sign('devops-mcp-approval', message));
    const ran = await decide(
      'approve',
      record.id,
      '--signature',
      file(`${name}.sig`),
      '--confirm',
      'checkout',
    );
    expect(ran.out).toContain('Approved by plain@example.com');
  });
});

describe('reject', () => {
  it('ends a proposal, on which nobody can decide any more', async () => {
    const given = ['--key', file('plain.key'), '--confirm', 'checkout'];
    expect((await decide('reject', record.id, ...given)).out).toContain('is rejected');
    expect((await decide('approve', record.id, ...given)).err).toContain('The proposal is rejected');
  });
});

describe('proposals', () => {
  it('lists what is open, and with --all what is over', async () => {
    expect((await proposals('list')).out).toMatch(
      new RegExp(`${record.id}\\s+proposed\\s+3\\s+scale_service\\s+staging checkout\\s+user:default/oncall`),
    );
    await decide('reject', record.id, '--key', file('plain.key'), '--confirm', 'checkout');
    expect((await proposals('list')).out).toContain('No proposal is open');
    expect((await proposals('list', '--all')).out).toContain('rejected');
  });

  it('takes a report from a configured executor alone', async () => {
    record = await proposalIn(office, { environment: 'production' });
    const ran = await proposals('report', record.id, file('report.json'));
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.err).toContain('gitops-executor is not an executor of this configuration');
  });
});

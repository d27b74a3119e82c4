import { describe, expect, it } from 'vitest';
import { parseAllowedSigners } from '../../src/approvals/allowed-signers.js';
import { parseApprovalFile, type SignedDecision, verifyDecision } from '../../src/approvals/approval.js';
import { approverDirectory } from '../../src/approvals/approver-directory.js';
import { approveProposal, rejectProposal, signDecision } from '../../src/approvals/decide.js';
import { confirmationRule, countApprovals } from '../../src/approvals/quorum.js';
import { proposalId } from '../../src/proposals/binding.js';
import { propose, scaling } from '../proposals/steps.js';
import { testProcess } from '../road/process.js';
import { decisionBy, people } from './people.js';

const world = testProcess();
const keys = people();
const staging = await propose(world, scaling());
const production = await propose(world, scaling({ environment: 'production', changeRef: 'CHG-7' }));
const facts = { directory: keys.directory, ownership: world.deps.ownership, now: world.now };
const verify = (signed: SignedDecision, record = production, change: Partial<typeof facts> = {}) =>
  verifyDecision(signed, { ...facts, ...change, binding: record.binding });
const later = (minutes: number) => new Date(world.now.getTime() + minutes * 60_000);

describe('an approval for production', () => {
  it('counts by an enrolled device whose user was present and verified', () => {
    const approval = verify(decisionBy(keys.one, production.bindingDigest, world.now));
    expect(approval).toMatchObject({
      proposalId: proposalId(production.binding.nonce),
      approver: 'approver-one@example.com',
      kind: 'ssh-signature',
      expiresAt: production.binding.expiresAt,
      evidence: { userPresent: true, userVerified: true, fingerprint: keys.one.fingerprint },
    });
  });

  it.each([
    ['nobody touched', { userPresent: false, userVerified: true }, 'without anybody touching'],
    ['that did not verify its user', { userPresent: true, userVerified: false }, 'verifying its user'],
  ])('does not count by a key %s', (_, flags, problem) => {
    const sign = (namespace: string, message: string) => keys.one.signWith(flags, namespace, message);
    const signed = decisionBy({ sign }, production.bindingDigest, world.now);
    expect(() => verify(signed)).toThrow(problem);
    const elsewhere = decisionBy({ sign }, staging.bindingDigest, world.now);
    expect(verify(elsewhere, staging).decision).toBe('approve');
  });

  it('does not count by a plain key or a device that nobody enrolled', () => {
    expect(() => verify(decisionBy(keys.plain, production.bindingDigest, world.now))).toThrow('plain key');
    expect(() => verify(decisionBy(keys.stranger, production.bindingDigest, world.now))).toThrow(
      'without enrolment',
    );
  });

  it.each([
    ['another environment', '[production, staging]', '[staging]', 'not enrolled for production'],
    [
      'another owner',
      'enrolled:',
      'owners: [group:default/team-orders]\n    enrolled:',
      'not enrolled for the owner',
    ],
    ['a day to come', 'enrolled: 2025-01-01', 'enrolled: 2025-07-01', 'in the future'],
  ])('does not count by an enrolment for %s', (_, from, to, problem) => {
    const scoped = people((yaml) => yaml.replaceAll(from, to));
    const signed = decisionBy(scoped.one, production.bindingDigest, world.now);
    expect(() => verify(signed, production, { directory: scoped.directory })).toThrow(problem);
  });

  it('counts by an enrolment for the owner of the service', () => {
    const owners = 'owners: [group:default/team-payments]\n    enrolled:';
    const own = people((yaml) => yaml.replaceAll('enrolled:', owners));
    const signed = decisionBy(own.one, production.bindingDigest, world.now);
    expect(verify(signed, production, { directory: own.directory }).decision).toBe('approve');
  });
});

describe('no approval counts', () => {
  it('for another proposal, another decision or another moment than was signed', () => {
    const signed = decisionBy(keys.plain, staging.bindingDigest, world.now);
    expect(() => verify({ ...signed, bindingDigest: production.bindingDigest }, production)).toThrow(
      'does not verify',
    );
    expect(() => verify(signed, production)).toThrow('another proposal');
    expect(() => verify({ ...signed, decision: 'reject' }, staging)).toThrow('does not verify');
    expect(() => verify({ ...signed, at: later(-1).toISOString() }, staging)).toThrow('does not verify');
  });

  it('under another namespace', () => {
    const sign = (_: string, message: string) => keys.plain.sign('file', message);
    expect(() => verify(decisionBy({ sign }, staging.bindingDigest, world.now), staging)).toThrow(
      'namespace',
    );
  });

  it('by a key that is not among the signers', () => {
    const other = people();
    expect(() => verify(decisionBy(other.plain, staging.bindingDigest, world.now), staging)).toThrow(
      'not among the allowed signers',
    );
  });

  it.each([
    ['for other purposes', 'namespaces="git"'],
    ['no longer', 'valid-before="20250601"'],
    ['not yet', 'valid-after="20250602"'],
  ])('by a key that is allowed %s', (_, option) => {
    const line = `approver-four@example.com ${option} ${keys.plain.publicKey}`;
    const directory = approverDirectory(parseAllowedSigners(line), new Map());
    const signed = decisionBy(keys.plain, staging.bindingDigest, world.now);
    expect(() => verify(signed, staging, { directory })).toThrow('not allowed for approvals at this time');
  });

  it('before its time, after it, or from before the proposal', () => {
    const at = (date: Date) => decisionBy(keys.plain, staging.bindingDigest, date);
    expect(() => verify(at(later(5)), staging)).toThrow('in the future');
    expect(() => verify(at(later(-5)), staging)).toThrow('older than the proposal');
    expect(() => verify(at(world.now), staging, { now: later(30) })).toThrow('expired');
    expect(verify(at(world.now), staging, { now: later(29) }).decision).toBe('approve');
  });

  it('the other way round', () => {
    const yes = decisionBy(keys.plain, staging.bindingDigest, world.now);
    const no = decisionBy(keys.plain, staging.bindingDigest, world.now, 'reject');
    const given = { ...facts, binding: staging.binding };
    expect(() => approveProposal({ ...given, signed: no })).toThrow('says reject');
    expect(() => rejectProposal({ ...given, signed: yes })).toThrow('says approve');
    expect(rejectProposal({ ...given, signed: no }).decision).toBe('reject');
  });

  it.each(['', '{}', 'null', '[1]', '{"format":"devops-mcp/approval/v1"}', `"${'x'.repeat(40_000)}"`])(
    'from a file that is none: %.20s',
    (text) => {
      expect(() => parseApprovalFile(text)).toThrow('not an approval');
    },
  );

  it('reads its own file', () => {
    const signed = signDecision(keys.plain, {
      bindingDigest: staging.bindingDigest,
      decision: 'approve',
      at: world.now.toISOString(),
    });
    expect(parseApprovalFile(JSON.stringify(signed))).toEqual(signed);
  });
});

describe('who has to confirm', () => {
  const rule = (
    effectiveTier: 2 | 3 | 4,
    environmentClass: 'production' | 'staging',
    requesterProven = false,
  ) =>
    confirmationRule({
      binding: { effectiveTier, environmentClass },
      effect: 'allow_with_conditions',
      requesterProven,
    });

  it('follows tier, environment and how far the requester is proven', () => {
    expect(rule(2, 'production')).toMatchObject({ way: 'client' });
    expect(rule(2, 'staging')).toMatchObject({ way: 'client' });
    expect(rule(3, 'staging')).toEqual({ way: 'out-of-band', approvers: 1, separate: false });
    expect(rule(3, 'production')).toEqual({ way: 'out-of-band', approvers: 2, separate: true });
    expect(rule(3, 'production', true)).toEqual({ way: 'out-of-band', approvers: 1, separate: true });
    expect(rule(4, 'staging').way).toBe('out-of-band');
  });

  const ruled = (records: ReturnType<typeof verify>[], directory = keys.directory) =>
    countApprovals(records, rule(3, 'production'), { ...facts, directory, binding: production.binding });
  const by = (key: typeof keys.one, decision?: 'reject', directory = keys.directory) =>
    verify(decisionBy(key, production.bindingDigest, world.now, decision), production, { directory });

  it('is not satisfied at tier 3 by the client', () => {
    const attested = { ...by(keys.one), kind: 'client-attested', approver: 'user:default/oncall' } as const;
    expect(ruled([attested, by(keys.one)])).toMatchObject({
      reached: false,
      problems: ['A confirmation given in the client does not suffice for this action.'],
    });
  });

  it('takes from the client only what it said of this proposal, itself and lately', () => {
    const client = rule(2, 'staging');
    const attested = {
      proposalId: proposalId(staging.binding.nonce),
      bindingDigest: staging.bindingDigest,
      decision: 'approve',
      approver: 'user:default/oncall',
      kind: 'client-attested',
      evidence: {},
      at: world.now.toISOString(),
      expiresAt: later(30).toISOString(),
    } as const;
    const count = (change: object) =>
      countApprovals([{ ...attested, ...change }], client, { ...facts, binding: staging.binding }).reached;
    expect(count({})).toBe(true);
    expect(count({ bindingDigest: production.bindingDigest })).toBe(false);
    expect(count({ approver: 'approver-one@example.com' })).toBe(false);
    expect(count({ expiresAt: world.now.toISOString() })).toBe(false);
    expect(count({ kind: 'account-attested' })).toBe(false);
  });

  it('counts people and not keys or signatures', () => {
    expect(ruled([by(keys.one), by(keys.one)])).toMatchObject({ reached: false });
    const same = people((yaml) => yaml.replace('person: approver-two@', 'person: approver-one@'));
    const both = [by(same.one, undefined, same.directory), by(same.two, undefined, same.directory)];
    expect(ruled(both, same.directory)).toMatchObject({
      reached: false,
      approvers: ['approver-one@example.com'],
    });
    expect(ruled([by(keys.one), by(keys.two)]).reached).toBe(true);
  });

  it('takes an entity and an address of the same name for one person', () => {
    const oncall = people((yaml) => yaml.replace('person: approver-one@', 'person: oncall@'));
    const own = ruled([by(oncall.one, undefined, oncall.directory)], oncall.directory);
    expect(own.problems.join()).toContain("is the requester's own");
    const same = people((yaml) =>
      yaml.replace('person: approver-two@example.com', 'person: user:default/approver-one'),
    );
    const both = [by(same.one, undefined, same.directory), by(same.two, undefined, same.directory)];
    expect(ruled(both, same.directory)).toMatchObject({ reached: false });
    expect(ruled(both, same.directory).approvers).toHaveLength(1);
  });

  it('is undone by one rejection', () => {
    const records = [by(keys.one), by(keys.two), by(keys.two, 'reject')];
    expect(ruled(records)).toMatchObject({ reached: false, rejectedBy: ['approver-two@example.com'] });
  });
});

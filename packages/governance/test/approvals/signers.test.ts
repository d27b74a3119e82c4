import { describe, expect, it } from 'vitest';
import { parseAllowedSigners } from '../../src/approvals/allowed-signers.js';
import { parseEnrolments } from '../../src/approvals/enrolments.js';
import { createSoftwareAuthenticator } from '../../src/approvals/software-authenticator.js';

const device = createSoftwareAuthenticator();

describe('allowed_signers', () => {
  it('reads principals, options, comments and blank lines', () => {
    const [first, second] = parseAllowedSigners(
      [
        '# approvers',
        '',
        `approver-one@example.com,user:default/one ${device.publicKey} a comment`,
        `approver-two@example.com namespaces="devops-mcp-approval,git",valid-after="20250101",valid-before="202512312359Z" ${device.publicKey}`,
      ].join('\r\n'),
    );
    expect(first).toMatchObject({
      principals: ['approver-one@example.com', 'user:default/one'],
      fingerprint: device.fingerprint,
      namespaces: [],
      validAfter: null,
    });
    expect(second).toMatchObject({
      namespaces: ['devops-mcp-approval', 'git'],
      validAfter: new Date('2025-01-01T00:00:00Z'),
      validBefore: new Date('2025-12-31T23:59:00Z'),
    });
  });

  it.each([
    ['a certificate authority', `*@example.com cert-authority ${device.publicKey}`, 'cert-authority'],
    ['a pattern', `*@example.com ${device.publicKey}`, 'without patterns'],
    ['an unknown option', `a@example.com verify-required ${device.publicKey}`, 'unknown option'],
    ['a key that is none', 'a@example.com ssh-ed25519 AAAA', 'shorter'],
    ['an unaccepted type', 'a@example.com ssh-rsa AAAA', 'accepted type'],
    [
      'a type that is not the key’s',
      `a@example.com ${device.publicKey.replace(/^\S+/, 'ssh-ed25519')}`,
      'another type',
    ],
    ['a time that is none', `a@example.com valid-after="soon" ${device.publicKey}`, 'YYYYMMDD'],
  ])('refuses the whole file for %s', (_, line, problem) => {
    const file = `good@example.com ${device.publicKey}\n${line}\n`;
    expect(() => parseAllowedSigners(file)).toThrow(problem);
    expect(() => parseAllowedSigners(file)).toThrow('line 2');
  });
});

describe('enrolments.yaml', () => {
  const good = `version: 1
keys:
  "${device.fingerprint}":
    person: approver-one@example.com
    roles: [approver]
    environments: [production]
    owners: [group:default/team-payments]
    enrolled: 2025-01-01
    by: security@example.com
    evidence: record
    hardware: false
    note: a software authenticator
`;

  it('maps fingerprints to enrolments', () => {
    expect(parseEnrolments(good).get(device.fingerprint)).toMatchObject({
      person: 'approver-one@example.com',
      enrolled: '2025-01-01',
      hardware: false,
    });
  });

  it.each([
    ['nothing', ''],
    ['an unknown key', good.replace('note:', 'trusted: true\n    note:')],
    ['an unknown role', good.replace('[approver]', '[root]')],
    ['no date', good.replace(/ {4}enrolled.*\n/, '')],
    ['a duplicate key', `${good}    hardware: true\n`],
    ['another version', good.replace('version: 1', 'version: 2')],
    ['a fingerprint that is none', good.replace('SHA256:', 'MD5:')],
    [
      'an alias',
      good.replace('[production]', '&a [production]').replace('[group:default/team-payments]', '*a'),
    ],
    ['a tab', '\t'],
  ])('refuses %s', (_, text) => {
    expect(() => parseEnrolments(text)).toThrow(/enrolments\.yaml/);
  });
});

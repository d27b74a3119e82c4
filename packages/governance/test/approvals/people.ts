import { parseAllowedSigners } from '../../src/approvals/allowed-signers.js';
import { type ApproverDirectory, approverDirectory } from '../../src/approvals/approver-directory.js';
import { signDecision } from '../../src/approvals/decide.js';
import { parseEnrolments } from '../../src/approvals/enrolments.js';
import {
  createSoftwareAuthenticator,
  type SoftwareAuthenticator,
} from '../../src/approvals/software-authenticator.js';
import { createSshKeyFile } from '../../src/approvals/ssh-key-file.js';
import { createSshSigner, type SshSigner } from '../../src/approvals/ssh-signer.js';

/** Keys of the tests' approvers: two enrolled devices, one device nobody enrolled, and one plain key. */
export interface People {
  readonly one: SoftwareAuthenticator;
  readonly two: SoftwareAuthenticator;
  readonly stranger: SoftwareAuthenticator;
  readonly plain: SshSigner;
  readonly directory: ApproverDirectory;
}

export function people(enrol: (yaml: string) => string = (yaml) => yaml): People {
  const [one, two, stranger] = [1, 2, 3].map(() => createSoftwareAuthenticator());
  if (one === undefined || two === undefined || stranger === undefined) throw new Error('three keys');
  const plain = createSshSigner(createSshKeyFile('approver@example.com'));
  const signers = parseAllowedSigners(
    [
      `approver-one@example.com ${one.publicKey}`,
      `approver-two@example.com ${two.publicKey}`,
      `approver-three@example.com ${stranger.publicKey}`,
      `approver-four@example.com ${plain.publicKey}`,
    ].join('\n'),
  );
  const entry = (key: SshSigner, person: string) => `  "${key.fingerprint}":
    person: ${person}
    roles: [approver]
    environments: [production, staging]
    enrolled: 2025-01-01
    by: security@example.com
    evidence: record
    hardware: false
`;
  const entries = `${entry(one, 'approver-one@example.com')}${entry(two, 'approver-two@example.com')}`;
  const enrolments = parseEnrolments(enrol(`version: 1\nkeys:\n${entries}`));
  return { one, two, stranger, plain, directory: approverDirectory(signers, enrolments) };
}

export function decisionBy(
  signer: Pick<SshSigner, 'sign'>,
  bindingDigest: string,
  at: Date,
  decision: 'approve' | 'reject' = 'approve',
) {
  return signDecision(signer, { bindingDigest, decision, at: at.toISOString() });
}

import type { Ownership } from '@devops-mcp/contract';
import { type Json, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import type { ActionBinding, ApprovalRecord } from '../model.js';
import { proposalId } from '../proposals/binding.js';
import { bindingDigest } from '../proposals/digest.js';
import type { AllowedSigner } from './allowed-signers.js';
import type { ApproverDirectory } from './approver-directory.js';
import type { Enrolment } from './enrolments.js';
import { fingerprint } from './ssh-keys.js';
import { type VerifiedSignature, verifySshSignature } from './ssh-signature.js';

export const approvalNamespace = 'devops-mcp-approval';
export const approvalLifetimeMs = 30 * 60_000;
/** Approvers' and executors' clocks differ a little; more than this is refused. */
export const clockSkewMs = 60_000;

/** A signed decision as it travels in a file. */
export const signedDecisionSchema = z.strictObject({
  format: z.literal('devops-mcp/approval/v1'),
  bindingDigest: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['approve', 'reject']),
  at: z.iso.datetime(),
  signature: z.string().max(16_384),
});
export type SignedDecision = z.output<typeof signedDecisionSchema>;

/** The exact text that an approver's key signs: what, which way and when. */
export function approvalMessage(decision: Omit<SignedDecision, 'format' | 'signature'>): string {
  return `devops-mcp/approval/v1\ndecision: ${decision.decision}\nbinding: sha256:${decision.bindingDigest}\nat: ${decision.at}\n`;
}

export interface VerificationFacts {
  readonly binding: ActionBinding;
  readonly directory: ApproverDirectory;
  readonly ownership: Pick<Ownership, 'ownerOf'>;
  readonly now: Date;
}

/**
 * Verifies a signed decision and that its signer may decide on this proposal now.
 * @throws ToolError `denied` with the reason why it does not count.
 */
export function verifyDecision(signed: SignedDecision, facts: VerificationFacts): ApprovalRecord {
  const { binding, directory, now } = facts;
  const digest = bindingDigest(binding);
  if (signed.bindingDigest !== digest) refuse('is for another proposal');
  const verified = verifiedSignature(signed);
  const print = fingerprint(verified.publicKey.blob);
  const signer = currentSigner(directory.signers(print), now);
  const enrolment = directory.enrolment(print);
  const at = decidedAt(signed, binding, now);
  if (enrolment !== undefined) withinScope(enrolment, facts);
  if (binding.environmentClass === 'production') countsForProduction(verified, enrolment, now);
  const expires = Math.min(at.getTime() + approvalLifetimeMs, Date.parse(binding.expiresAt));
  const evidence: Record<string, Json> = {
    signature: signed.signature,
    fingerprint: print,
    keyType: verified.publicKey.type,
    userPresent: verified.userPresent,
    userVerified: verified.userVerified,
    counter: verified.counter,
    principals: signer.principals,
    enrolment:
      enrolment === undefined ? null : { evidence: enrolment.evidence, hardware: enrolment.hardware },
  };
  return {
    proposalId: proposalId(binding.nonce),
    bindingDigest: digest,
    decision: signed.decision,
    approver: enrolment?.person ?? signer.principals[0] ?? print,
    kind: 'ssh-signature',
    evidence,
    at: signed.at,
    expiresAt: new Date(expires).toISOString(),
  };
}

/**
 * The signed decision inside a stored record, to be verified again: a row proves nothing.
 * @throws ToolError `denied` for a record that holds none.
 */
export function decisionOf(record: ApprovalRecord): SignedDecision {
  const parsed = signedDecisionSchema.safeParse({
    format: 'devops-mcp/approval/v1',
    bindingDigest: record.bindingDigest,
    decision: record.decision,
    at: record.at,
    signature: record.evidence.signature,
  });
  if (!parsed.success) refuse('holds no signature');
  return parsed.data;
}

/** @throws ToolError `invalid_input` for a file that is no signed decision. */
export function parseApprovalFile(text: string): SignedDecision {
  try {
    if (text.length > 32_768) throw new RangeError('too long');
    return signedDecisionSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ToolError('invalid_input', 'The file is not an approval of this suite.', {
      hint: '`devops-mcp approve` writes such a file.',
      cause,
    });
  }
}

function verifiedSignature(signed: SignedDecision): VerifiedSignature {
  try {
    return verifySshSignature(signed.signature, approvalNamespace, approvalMessage(signed));
  } catch (cause) {
    return refuse(
      `has a signature that ${cause instanceof RangeError ? cause.message : 'is malformed'}`,
      cause,
    );
  }
}

function currentSigner(signers: readonly AllowedSigner[], now: Date): AllowedSigner {
  if (signers.length === 0) refuse('is signed by a key that is not among the allowed signers');
  const valid = signers.find(
    ({ namespaces, validAfter, validBefore }) =>
      (namespaces.length === 0 || namespaces.includes(approvalNamespace)) &&
      (validAfter === null || now >= validAfter) &&
      (validBefore === null || now < validBefore),
  );
  return valid ?? refuse('is signed by a key that is not allowed for approvals at this time');
}

function decidedAt(signed: SignedDecision, binding: ActionBinding, now: Date): Date {
  const at = new Date(signed.at);
  if (at.getTime() > now.getTime() + clockSkewMs) refuse('is dated in the future');
  if (at.getTime() < Date.parse(binding.requestedAt) - clockSkewMs) refuse('is older than the proposal');
  if (now.getTime() >= at.getTime() + approvalLifetimeMs) refuse('has expired');
  if (now.getTime() >= Date.parse(binding.expiresAt)) refuse('is for a proposal that has expired');
  return at;
}

function withinScope(enrolment: Enrolment, { binding, ownership, now }: VerificationFacts): void {
  if (!enrolment.roles.includes('approver')) refuse('is by a key that is not enrolled as approver');
  if (Date.parse(enrolment.enrolled) > now.getTime())
    refuse('is by a key whose enrolment lies in the future');
  if (!enrolment.environments.includes(binding.environment)) {
    refuse(`is by a key that is not enrolled for ${binding.environment}`);
  }
  if (enrolment.owners === undefined) return;
  const services = Array.isArray(binding.target.services) ? binding.target.services.map(String) : [];
  const foreign = services.find((service) => {
    const owner = ownership.ownerOf(service);
    return owner === undefined || !enrolment.owners?.includes(owner);
  });
  if (foreign !== undefined) refuse(`is by a key that is not enrolled for the owner of ${foreign}`);
}

/** A key's type proves nothing by itself: the enrolment says that somebody saw the device. */
function countsForProduction(verified: VerifiedSignature, enrolment: Enrolment | undefined, now: Date): void {
  if (!verified.publicKey.type.startsWith('sk-'))
    refuse('is by a plain key, which does not count for production');
  if (enrolment === undefined || Date.parse(enrolment.enrolled) > now.getTime()) {
    refuse('is by a key without enrolment, which does not count for production');
  }
  if (!verified.userPresent) refuse('was made without anybody touching the key');
  if (!verified.userVerified) refuse('was made without the key verifying its user (PIN or biometry)');
}

function refuse(why: string, cause?: unknown): never {
  throw new ToolError('denied', `The approval ${why}.`, cause === undefined ? {} : { cause });
}

import { ToolError } from '@devops-mcp/contract';
import { samePerson } from '../identity/caller.js';
import type { ActionBinding, ApprovalRecord, Effect } from '../model.js';
import { bindingDigest } from '../proposals/digest.js';
import { decisionOf, type VerificationFacts, verifyDecision } from './approval.js';

/** Who has to confirm an action before it may be applied. */
export interface ConfirmationRule {
  /** `client`: the person at the client may confirm by themselves. */
  readonly way: 'client' | 'out-of-band';
  /** Distinct people. */
  readonly approvers: number;
  /** Approvers must be other people than the requester. */
  readonly separate: boolean;
}

/** The table of governance: by effective tier, environment and how far the requester is proven. */
export function confirmationRule(facts: {
  readonly binding: Pick<ActionBinding, 'effectiveTier' | 'environmentClass'>;
  readonly effect: Effect;
  readonly requesterProven: boolean;
}): ConfirmationRule {
  const { effectiveTier, environmentClass } = facts.binding;
  const strict = facts.effect === 'require_human_approval' || facts.effect === 'deny_by_default';
  if (effectiveTier <= 2 && !strict) return { way: 'client', approvers: 1, separate: false };
  if (environmentClass !== 'production') return { way: 'out-of-band', approvers: 1, separate: false };
  // An identity that is only asserted separates nobody from anybody, but two people are two people.
  return { way: 'out-of-band', approvers: facts.requesterProven ? 1 : 2, separate: true };
}

export interface Quorum {
  readonly reached: boolean;
  readonly approvers: readonly string[];
  readonly rejectedBy: readonly string[];
  /** Why approvals that were brought do not count. */
  readonly problems: readonly string[];
}

/** Verifies every approval again, by signature and against the signers of this moment. */
export function countApprovals(
  records: readonly ApprovalRecord[],
  rule: ConfirmationRule,
  facts: Omit<VerificationFacts, 'directory'> & {
    readonly directory: VerificationFacts['directory'] | undefined;
  },
): Quorum {
  const people: { readonly approver: string; readonly names: readonly string[] }[] = [];
  const rejectedBy: string[] = [];
  const problems: string[] = [];
  for (const record of records) {
    try {
      const counted = valid(record, rule, facts);
      const { approver, decision } = counted;
      const names = namesOf(counted);
      if (decision === 'reject') rejectedBy.push(approver);
      // Two keys that share a name are one person.
      else if (!people.some((other) => meet(names, other.names))) people.push({ approver, names });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      problems.push(error.message);
    }
  }
  const reached = rejectedBy.length === 0 && people.length >= rule.approvers;
  return { reached, approvers: people.map(({ approver }) => approver), rejectedBy, problems };
}

function valid(
  record: ApprovalRecord,
  rule: ConfirmationRule,
  facts: Parameters<typeof countApprovals>[2],
): ApprovalRecord {
  const { binding, directory } = facts;
  if (record.kind === 'client-attested') return clientAttested(record, rule, facts);
  if (record.kind !== 'ssh-signature') {
    throw new ToolError('denied', `An approval of the kind ${record.kind} is not accepted here.`);
  }
  if (directory === undefined) {
    throw new ToolError('denied', 'No approvers are configured, so no signature can be checked.');
  }
  const verified = verifyDecision(decisionOf(record), { ...facts, directory });
  const represented = [binding.requester.subject, ...binding.requester.delegation];
  // Anybody who may decide may also say no, the requester included.
  if (verified.decision === 'approve' && rule.separate && meet(namesOf(verified), represented)) {
    throw new ToolError('denied', `The approval of ${verified.approver} is the requester's own.`);
  }
  return verified;
}

/** Shows that the client answered, not that a person did; never enough beyond tier 2. */
function clientAttested(
  record: ApprovalRecord,
  rule: ConfirmationRule,
  { binding, now }: Parameters<typeof countApprovals>[2],
): ApprovalRecord {
  if (rule.way !== 'client') {
    throw new ToolError('denied', 'A confirmation given in the client does not suffice for this action.');
  }
  if (record.bindingDigest !== bindingDigest(binding)) {
    throw new ToolError('denied', 'The confirmation in the client is for another proposal.');
  }
  if (record.approver !== binding.requester.subject) {
    throw new ToolError('denied', 'A confirmation in the client counts for the requester alone.');
  }
  if (now.getTime() >= Date.parse(record.expiresAt)) {
    throw new ToolError('denied', 'The confirmation in the client has expired.');
  }
  return record;
}

function namesOf(record: ApprovalRecord): readonly string[] {
  const { principals } = record.evidence;
  const others = Array.isArray(principals) ? principals.map(String) : [];
  return [record.approver, ...others];
}

function meet(names: readonly string[], others: readonly string[]): boolean {
  return names.some((name) => others.some((other) => samePerson(name, other)));
}

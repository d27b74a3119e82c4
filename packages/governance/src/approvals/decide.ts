import { ToolError } from '@devops-mcp/contract';
import type { AuditLog } from '../collaborators.js';
import type { ApprovalRecord, Caller, ProposalRecord, TraceContext } from '../model.js';
import { actionEvent } from '../road/action-events.js';
import type { GovernedProcess } from '../road/dependencies.js';
import type { Store } from '../store/store.js';
import type { VerificationFacts } from './approval.js';
import { approvalMessage, approvalNamespace, type SignedDecision, verifyDecision } from './approval.js';
import { confirmationRule, countApprovals } from './quorum.js';
import type { SshSigner } from './ssh-signer.js';

/** Signs a decision with a key at hand. The text must have been shown before. */
export function signDecision(
  signer: Pick<SshSigner, 'sign'>,
  decision: Omit<SignedDecision, 'format' | 'signature'>,
): SignedDecision {
  const signature = signer.sign(approvalNamespace, approvalMessage(decision));
  return { format: 'devops-mcp/approval/v1', ...decision, signature };
}

export interface DecisionFacts extends VerificationFacts {
  readonly signed: SignedDecision;
}

/** @throws ToolError `denied` when the signature does not count, or says no. */
export function approveProposal({ signed, ...facts }: DecisionFacts): ApprovalRecord {
  return decided('approve', signed, facts);
}

/** @throws ToolError `denied` when the signature does not count, or says yes. */
export function rejectProposal({ signed, ...facts }: DecisionFacts): ApprovalRecord {
  return decided('reject', signed, facts);
}

function decided(
  decision: SignedDecision['decision'],
  signed: SignedDecision,
  facts: VerificationFacts,
): ApprovalRecord {
  if (signed.decision !== decision) {
    throw new ToolError('denied', `The signature says ${signed.decision} and not ${decision}.`);
  }
  return verifyDecision(signed, facts);
}

/**
 * Writes a verified decision into the store of the requester's side: durably into the audit log,
 * then the approval, then the state. It counts later by its signature, never by this row.
 * @returns the proposal as it stands then.
 * @throws ToolError `conflict` for a proposal that is not open any more.
 */
export async function recordDecision(
  deps: Pick<GovernedProcess, 'facts' | 'ownership' | 'random' | 'approvers' | 'clock'> & {
    readonly store: Store;
    readonly audit: AuditLog;
  },
  record: ProposalRecord,
  approval: ApprovalRecord,
  by: { readonly caller: Caller; readonly trace: TraceContext },
): Promise<ProposalRecord> {
  const open: readonly ProposalRecord['state'][] = ['proposed', 'awaiting_approval', 'approved'];
  if (!open.includes(record.state)) {
    throw new ToolError('conflict', `The proposal is ${record.state}; nobody can decide on it any more.`);
  }
  const status = approval.decision === 'approve' ? 'approved' : 'rejected';
  await deps.audit.durable(
    actionEvent(deps, {
      record,
      ...by,
      decision: null,
      eventType: 'mcp.approval',
      phase: 'result',
      approval: { status, approver: approval.approver },
      result: { status: 'success', detail: approval.kind },
    }),
  );
  const { approvals, proposals } = deps.store;
  await approvals.add(approval);
  const at = deps.clock().toISOString();
  if (status === 'rejected') await proposals.transition(record.id, open, 'rejected', at);
  else await advance(deps, record, at);
  return (await proposals.get(record.id)) ?? record;
}

async function advance(
  deps: Parameters<typeof recordDecision>[0],
  record: ProposalRecord,
  at: string,
): Promise<void> {
  const { approvals, proposals } = deps.store;
  await proposals.transition(record.id, ['proposed'], 'awaiting_approval', at);
  const { binding } = record;
  const requesterProven = binding.requester.assurance === 'authenticated';
  // Policy is asked when it is executed; here the table alone says when enough people have agreed.
  const rule = confirmationRule({ binding, effect: 'require_human_approval', requesterProven });
  const directory = await deps.approvers?.load();
  const facts = { binding, directory, ownership: deps.ownership, now: deps.clock() };
  const quorum = countApprovals(await approvals.list(record.id), rule, facts);
  if (quorum.reached) await proposals.transition(record.id, ['awaiting_approval'], 'approved', at);
}

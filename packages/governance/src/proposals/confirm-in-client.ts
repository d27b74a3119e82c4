import { type AnyAction, ToolError } from '@devops-mcp/contract';
import { approvalLifetimeMs } from '../approvals/approval.js';
import type { ApprovalRecord, ConfirmationState, ProposalRecord } from '../model.js';
import { actionEvent } from '../road/action-events.js';
import type { Produced, Trip } from '../road/trip.js';
import { confirmationTarget, outOfBandSteps } from './proposal-answer.js';

const questionLifetimeMs = 10 * 60_000;

/**
 * Asks the person at the client to type the target. An answer counts only with the state of a
 * question that was asked in an earlier round for this caller and this very proposal, once.
 * Undefined: confirmed, and recorded as attested by the client, which shows that the client
 * answered and not that a person did.
 * @throws ToolError `approval_required` or `denied` when it was not confirmed.
 */
export async function confirmInClient(
  trip: Trip,
  action: AnyAction,
  record: ProposalRecord,
): Promise<Produced | undefined> {
  const { confirmation, signal } = trip.request;
  if (!confirmation.available) {
    throw new ToolError('approval_required', 'This client cannot ask its user to confirm.', {
      hint: `Have it approved out of band: ${outOfBandSteps(record)}`,
    });
  }
  // A client that gave up on the call gets no change from an answer that comes late.
  if (signal.aborted) throw new ToolError('timeout', 'The call was cancelled; the answer is not used.');
  const { answer } = confirmation;
  const expected = confirmationTarget(action, record);
  if (answer === undefined || !(await isOurs(trip, record, answer.state)))
    return question(trip, record, expected);
  if (answer.action === 'decline') {
    await reject(trip, record);
    throw new ToolError('denied', 'The user declined; the proposal is rejected.', {
      hint: 'Propose again only when the user asks for it.',
    });
  }
  if (answer.action === 'cancel') {
    throw new ToolError('approval_required', 'The user dismissed the question; nothing was changed.', {
      hint: 'Call execute_proposal again when the user wants to be asked.',
    });
  }
  if (answer.text?.trim() !== expected) {
    throw new ToolError('denied', 'What was typed is not the target; nothing was changed.', {
      hint: 'Call execute_proposal again to be asked anew.',
    });
  }
  await attest(trip, record, answer.state);
  return undefined;
}

function question(trip: Trip, record: ProposalRecord, expected: string): Produced {
  const { deps, request, startedAt } = trip;
  const expires = Math.min(startedAt.getTime() + questionLifetimeMs, Date.parse(record.binding.expiresAt));
  const field = `type ${expected} to confirm`;
  return {
    kind: 'confirm',
    message: deps.redactor.text(
      `${record.rendering}\nDigest: ${record.bindingDigest}\nTo apply this, ${field}.`,
    ),
    field,
    state: {
      proposalId: record.id,
      bindingDigest: record.bindingDigest,
      subject: request.caller.subject,
      nonce: deps.random.hex(16),
      expires: new Date(expires).toISOString(),
    },
  };
}

/** The runtime has verified the seal; that the question was this one, and is answered once, is checked here. */
async function isOurs(trip: Trip, record: ProposalRecord, state: ConfirmationState): Promise<boolean> {
  const { deps, request, startedAt } = trip;
  const bound =
    state.proposalId === record.id &&
    state.bindingDigest === record.bindingDigest &&
    state.subject === request.caller.subject &&
    startedAt.getTime() < Date.parse(state.expires);
  if (!bound) return false;
  const { singleUse } = await deps.store();
  return singleUse.use('request-state', state.nonce, startedAt.toISOString());
}

async function attest(trip: Trip, record: ProposalRecord, state: ConfirmationState): Promise<void> {
  const { deps, request, startedAt } = trip;
  const { binding } = record;
  const { client, subject } = request.caller;
  const expires = Math.min(startedAt.getTime() + approvalLifetimeMs, Date.parse(binding.expiresAt));
  const approval: ApprovalRecord = {
    proposalId: record.id,
    bindingDigest: record.bindingDigest,
    decision: 'approve',
    approver: subject,
    kind: 'client-attested',
    evidence: { client: client === null ? null : `${client.name} ${client.version}`, nonce: state.nonce },
    at: startedAt.toISOString(),
    expiresAt: new Date(expires).toISOString(),
  };
  await write(trip, record, 'approved');
  await (await deps.store()).approvals.add(approval);
}

async function reject(trip: Trip, record: ProposalRecord): Promise<void> {
  await write(trip, record, 'rejected');
  const { proposals } = await trip.deps.store();
  const at = trip.startedAt.toISOString();
  await proposals.transition(record.id, ['proposed', 'awaiting_approval', 'approved'], 'rejected', at);
}

async function write(trip: Trip, record: ProposalRecord, status: 'approved' | 'rejected'): Promise<void> {
  const { deps, request, decision } = trip;
  await deps.audit.durable(
    actionEvent(deps, {
      record,
      caller: request.caller,
      trace: request.trace,
      decision,
      eventType: 'mcp.approval',
      phase: 'result',
      approval: { status, approver: request.caller.subject },
      result: { status: 'success', detail: 'client-attested' },
    }),
  );
}

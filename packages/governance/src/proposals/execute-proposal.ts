import { type AnyAction, ToolError } from '@devops-mcp/contract';
import { confirmationRule, countApprovals, type Quorum } from '../approvals/quorum.js';
import type { ProposalRecord } from '../model.js';
import { refuseUnenforced } from '../road/admission.js';
import { commit } from '../road/commit.js';
import type { Refusal } from '../road/recheck.js';
import type { Journey, Produced, Trip } from '../road/trip.js';
import { confirmInClient } from './confirm-in-client.js';
import { actionOf, findProposal, proposalOf, reload } from './find-proposal.js';
import { proposalAnswer } from './proposal-answer.js';
import { proposalTools } from './proposal-schemas.js';

/**
 * `execute_proposal`: asks for whatever confirmation is missing, says whose move it is, and applies
 * the plan when nothing is missing.
 */
export const executeJourney: Journey = {
  eventType: 'mcp.tool_invocation',
  name: 'execute_proposal',
  tier: 2,
  limits: { timeoutMs: 60_000, outputBytes: 200_000 },
  ports: {},
  input: proposalTools.execute_proposal.input,
  locate: async (trip) => {
    const target = await findProposal(trip);
    const { binding } = proposalOf(trip);
    // Switches, limits and policy judge the action itself and not the tool that executes it.
    trip.name = binding.tool;
    trip.tier = binding.effectiveTier;
    return target;
  },
  run: async (trip) => {
    const record = proposalOf(trip);
    if (record.state === 'succeeded' || record.state === 'failed') return proposalAnswer(trip, record);
    refuseEnded(record);
    refuseUnenforced(trip.deps, record.binding);
    const action = actionOf(trip.deps, record);
    const quorum = await gather(trip, record);
    if (quorum.rejectedBy.length > 0) throw await rejected(trip, quorum);
    if (quorum.reached) return proceed(trip, action, record);
    await advance(trip, ['proposed'], 'awaiting_approval');
    if (ruleOf(trip, record).way === 'out-of-band') return waiting(trip, quorum);
    const question = await confirmInClient(trip, action, record);
    return question ?? proceed(trip, action, record);
  },
};

function refuseEnded({ state }: ProposalRecord): void {
  if (state === 'consumed') {
    throw new ToolError('conflict', 'The proposal is being applied, or its execution was interrupted.', {
      hint: 'Ask get_proposal for the outcome; nothing is applied twice.',
    });
  }
  if (state === 'ambiguous') {
    throw new ToolError('conflict', 'It is not known what this proposal changed, so it is never retried.', {
      hint: 'Read the live system; if the change is still wanted, propose it again.',
    });
  }
  if (state === 'rejected' || state === 'expired' || state === 'cancelled') {
    throw new ToolError('conflict', `The proposal is ${state}.`, { hint: 'Propose the change again.' });
  }
}

function ruleOf(trip: Trip, { binding }: ProposalRecord) {
  return confirmationRule({
    binding,
    effect: trip.decision?.effect ?? 'deny_by_default',
    requesterProven: binding.requester.assurance === 'authenticated',
  });
}

async function gather(trip: Trip, record: ProposalRecord): Promise<Quorum> {
  const { deps, startedAt: now } = trip;
  const approvals = await (await deps.store()).approvals.list(record.id);
  const signed = approvals.some(({ kind }) => kind === 'ssh-signature');
  const directory = signed ? await deps.approvers?.load() : undefined;
  const facts = { binding: record.binding, directory, ownership: deps.ownership, now };
  return countApprovals(approvals, ruleOf(trip, record), facts);
}

/** Enough people agreed: an executor's proposal waits for it, a local one is applied. */
async function proceed(trip: Trip, action: AnyAction, record: ProposalRecord): Promise<Produced> {
  await advance(trip, ['proposed', 'awaiting_approval'], 'approved');
  if (record.binding.executor !== 'local') return proposalAnswer(trip, await reload(trip));
  return apply(trip, action);
}

async function waiting(trip: Trip, { problems }: Quorum): Promise<Produced> {
  const answer = proposalAnswer(trip, await reload(trip), { state: 'awaiting_approval' });
  if (problems.length === 0 || answer.kind !== 'answer') return answer;
  const text = trip.deps.redactor.text(problems.join(' '));
  return { ...answer, text: `${answer.text}\nNot counted: ${text}` };
}

async function rejected(trip: Trip, { rejectedBy }: Quorum): Promise<ToolError> {
  await advance(trip, ['proposed', 'awaiting_approval', 'approved'], 'rejected');
  return new ToolError('conflict', `The proposal was rejected by ${rejectedBy.join(', ')}.`);
}

async function advance(
  trip: Trip,
  from: readonly ProposalRecord['state'][],
  to: ProposalRecord['state'],
): Promise<void> {
  const { proposals } = await trip.deps.store();
  await proposals.transition(proposalOf(trip).id, from, to, trip.startedAt.toISOString());
}

async function apply(trip: Trip, action: AnyAction): Promise<Produced> {
  const { deps, request } = trip;
  const record = await reload(trip);
  const store = await deps.store();
  const approvals = await store.approvals.list(record.id);
  const end = await commit(
    deps,
    { record, action, caller: request.caller, approvals },
    {
      signal: request.signal,
      progress: request.progress,
      trace: request.trace,
      claim: () =>
        store.proposals.transition(record.id, ['approved'], 'consumed', deps.clock().toISOString()),
    },
  );
  if (end.state === 'refused') throw refusedError(end.refusals);
  trip.recorded = true;
  await store.proposals.transition(
    record.id,
    ['consumed'],
    end.state,
    deps.clock().toISOString(),
    end.outcome,
  );
  return proposalAnswer(trip, await reload(trip));
}

function refusedError(refusals: readonly Refusal[]): ToolError {
  const reasons = refusals.map(({ check, reason }) => `${check}: ${reason}`);
  return new ToolError(refusals[0]?.code ?? 'denied', `Not applied. ${reasons.join(' ')}`, {
    hint: 'Nothing was changed. Propose the change again if it is still wanted.',
    details: { refusals: refusals.map(({ check, reason }) => ({ check, reason })) },
  });
}

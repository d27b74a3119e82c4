import { noEnvironment, ToolError } from '@devops-mcp/contract';
import { mayDecide } from '../approvals/may-decide.js';
import type { ProposalState } from '../model.js';
import { actionEvent } from '../road/action-events.js';
import type { Journey, Trip } from '../road/trip.js';
import { findProposal, proposalOf, reload } from './find-proposal.js';
import { proposalAnswer, shownState } from './proposal-answer.js';
import { proposalTools } from './proposal-schemas.js';

const limits = { timeoutMs: 10_000, outputBytes: 200_000 };

export const getJourney: Journey = {
  eventType: 'mcp.tool_invocation',
  name: 'get_proposal',
  tier: 1,
  limits,
  ports: {},
  input: proposalTools.get_proposal.input,
  locate: (trip) =>
    findProposal(trip, async (record) => {
      const directory = await trip.deps.approvers?.load();
      return directory !== undefined && mayDecide(directory, trip.request.caller.subject, record.binding);
    }),
  run: async (trip) => proposalAnswer(trip, proposalOf(trip), { rendering: true }),
};

export const listJourney: Journey = {
  eventType: 'mcp.tool_invocation',
  name: 'list_proposals',
  tier: 1,
  limits,
  ports: {},
  input: proposalTools.list_proposals.input,
  locate: () => ({ environment: noEnvironment, services: [] }),
  run: async (trip) => {
    // Boundary: the journey's input schema has checked it.
    const { limit, states } = trip.input as { limit: number; states?: readonly ProposalState[] };
    const { subject, issuer } = trip.request.caller;
    const { proposals } = await trip.deps.store();
    const filter = { subject, server: trip.deps.facts.name, limit: limit + 1 };
    const found = await proposals.list(states === undefined ? filter : { ...filter, states });
    const own = found.filter((record) => record.binding.requester.issuer === issuer);
    const listed = own.slice(0, limit).map((record) => ({
      proposalId: record.id,
      state: shownState(record),
      action: record.binding.tool,
      environment: record.binding.environment,
      summary: record.plan.summary,
      expires: record.binding.expiresAt,
    }));
    const structured = trip.deps.redactor.json({ proposals: listed, more: own.length > limit });
    const text = structured.proposals.map(
      (one) => `${one.proposalId} ${one.state} ${one.action} in ${one.environment}: ${one.summary}`,
    );
    return { kind: 'answer', structured, text: text.join('\n') || 'No proposals.' };
  },
};

/** Works while writes are switched off: taking back a wish changes nothing. */
export const cancelJourney: Journey = {
  eventType: 'mcp.tool_invocation',
  name: 'cancel_proposal',
  tier: 1,
  limits,
  ports: {},
  input: proposalTools.cancel_proposal.input,
  locate: (trip) => findProposal(trip),
  run: async (trip) => {
    await cancel(trip);
    return proposalAnswer(trip, await reload(trip));
  },
};

async function cancel(trip: Trip): Promise<void> {
  const { deps, request } = trip;
  const record = proposalOf(trip);
  const open: readonly ProposalState[] = ['proposed', 'awaiting_approval', 'approved'];
  const done = () =>
    new ToolError('conflict', `The proposal is ${proposalOf(trip).state} and cannot be cancelled.`);
  if (!open.includes(record.state)) throw done();
  await deps.audit.durable({
    ...actionEvent(deps, {
      record,
      caller: request.caller,
      trace: request.trace,
      decision: trip.decision,
      eventType: 'mcp.proposal',
      phase: 'result',
      approval: { status: 'rejected', approver: null },
      result: { status: 'success', detail: 'cancelled by its requester' },
    }),
    id: trip.id,
  });
  const { proposals } = await deps.store();
  const cancelled = await proposals.transition(record.id, open, 'cancelled', trip.startedAt.toISOString());
  if (!cancelled) {
    await reload(trip);
    throw done();
  }
  trip.recorded = true;
}

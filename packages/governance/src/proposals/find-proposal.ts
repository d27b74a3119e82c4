import { type AnyAction, type Target, ToolError } from '@devops-mcp/contract';
import type { Caller, ProposalRecord } from '../model.js';
import { actionEvent } from '../road/action-events.js';
import type { RoadDependencies } from '../road/dependencies.js';
import type { Trip } from '../road/trip.js';

/** A proposal whose application began and never ended is not waited for any longer than this. */
const applyingLimitMs = 15 * 60_000;

/**
 * The proposal that a call names, brought up to date: expired, or given up as ambiguous.
 * @throws ToolError `not_found` for one that is unknown, of another server or of somebody else.
 */
export async function findProposal(
  trip: Trip,
  mayAlsoSee: (record: ProposalRecord) => Promise<boolean> = async () => false,
): Promise<Target> {
  const { deps, request } = trip;
  // Boundary: the journey's input schema has checked it.
  const { proposalId } = trip.input as { readonly proposalId: string };
  const { proposals } = await deps.store();
  const record = await proposals.get(proposalId);
  const visible =
    record !== undefined &&
    record.binding.server === deps.facts.name &&
    (isRequester(request.caller, record) || (await mayAlsoSee(record)));
  if (!visible) {
    throw new ToolError('not_found', `There is no proposal ${proposalId} that you can see here.`, {
      hint: 'list_proposals shows yours; the server that proposed it executes it.',
    });
  }
  trip.proposal = await upToDate(trip, record);
  const { binding } = record;
  trip.subject = {
    proposalId: record.id,
    bindingDigest: record.bindingDigest,
    blastRadius: binding.blastRadius,
    reason: binding.reason,
    changeRef: binding.changeRef,
  };
  // Boundary: a binding's target is a `Target` turned into JSON.
  return binding.target as unknown as Target;
}

export function isRequester(caller: Caller, { binding }: ProposalRecord): boolean {
  return caller.issuer === binding.requester.issuer && caller.subject === binding.requester.subject;
}

/** @throws ToolError `conflict` when the server no longer has the action. */
export function actionOf(deps: RoadDependencies, record: ProposalRecord): AnyAction {
  const action = deps.server.actions.find(({ name }) => name === record.binding.tool);
  if (action === undefined) {
    throw new ToolError('conflict', `This server has no action ${record.binding.tool} any more.`);
  }
  return action;
}

export function proposalOf(trip: Trip): ProposalRecord {
  if (trip.proposal === null) throw new TypeError('a call about a proposal without one');
  return trip.proposal;
}

export async function reload(trip: Trip): Promise<ProposalRecord> {
  const { proposals } = await trip.deps.store();
  const record = await proposals.get(proposalOf(trip).id);
  if (record === undefined) throw new ToolError('conflict', 'The proposal is gone from the store.');
  trip.proposal = record;
  return record;
}

async function upToDate(trip: Trip, record: ProposalRecord): Promise<ProposalRecord> {
  const { deps, startedAt } = trip;
  const { proposals } = await deps.store();
  const open = ['proposed', 'awaiting_approval', 'approved'] as const;
  if (open.some((state) => state === record.state) && startedAt >= new Date(record.binding.expiresAt)) {
    if (await proposals.transition(record.id, open, 'expired', startedAt.toISOString())) {
      await recordExpiry(trip, record);
    }
  }
  const since = startedAt.getTime() - Date.parse(record.updatedAt);
  if (record.state === 'consumed' && since > applyingLimitMs) {
    const outcome = { summary: 'Its execution never reported an end.', artifactRef: null, verified: false };
    await proposals.transition(record.id, ['consumed'], 'ambiguous', startedAt.toISOString(), outcome);
  }
  return (await proposals.get(record.id)) ?? record;
}

async function recordExpiry(trip: Trip, record: ProposalRecord): Promise<void> {
  const { deps, request } = trip;
  await deps.audit.durable(
    actionEvent(deps, {
      record,
      caller: request.caller,
      trace: request.trace,
      decision: null,
      eventType: 'mcp.proposal',
      phase: 'result',
      approval: { status: 'expired', approver: null },
      result: { status: 'error', errorCode: 'conflict', detail: 'expired' },
    }),
  );
}

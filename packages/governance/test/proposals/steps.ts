import type { JsonObject } from '@devops-mcp/contract';
import { approveProposal, recordDecision, rejectProposal } from '../../src/approvals/decide.js';
import type { SshSigner } from '../../src/approvals/ssh-signer.js';
import type { ActionBinding, ProposalRecord, RoadAnswer, RoadRequest } from '../../src/model.js';
import { createRoad } from '../../src/pipeline.js';
import { proposalId } from '../../src/proposals/binding.js';
import { bindingDigest, planDigest, renderingDigest } from '../../src/proposals/digest.js';
import { renderProposal } from '../../src/proposals/rendering.js';
import { decisionBy } from '../approvals/people.js';
import { noteService, scaleService } from '../road/company.js';
import { answered, oncall, request, type TestProcess } from '../road/process.js';

export const reason = 'the queue is growing';

export const scaling = (change: JsonObject = {}) => ({
  environment: 'staging',
  service: 'payments-api',
  replicas: 5,
  reason,
  ...change,
});

export const noting = (change: JsonObject = {}) => ({
  environment: 'production',
  service: 'payments-api',
  text: 'looked at it',
  reason,
  changeRef: 'INC-7',
  ...change,
});

export async function propose(
  world: TestProcess,
  args: JsonObject,
  action = scaleService,
): Promise<ProposalRecord> {
  const answer = answered(await world.road.propose(action as never, request(args)));
  return stored(world, String(answer.proposalId));
}

export const proposeNote = (world: TestProcess, args = noting()) =>
  propose(world, args, noteService as never);

export async function stored(world: TestProcess, id: string): Promise<ProposalRecord> {
  const record = await world.store.proposals.get(id);
  if (record === undefined) throw new Error(`no proposal ${id}`);
  return record;
}

export function execute(
  world: TestProcess,
  id: string,
  change: Partial<RoadRequest> = {},
): Promise<RoadAnswer> {
  return world.road.executeProposal(request({ proposalId: id }, change));
}

/** Has it decided out of band and written into the requester's store, as `devops-mcp approve` does. */
export function decide(
  world: TestProcess,
  record: ProposalRecord,
  signer: Pick<SshSigner, 'sign'>,
  decision: 'approve' | 'reject' = 'approve',
): Promise<ProposalRecord> {
  const { directory, deps, now } = world;
  const signed = decisionBy(signer, record.bindingDigest, now, decision);
  const facts = { signed, binding: record.binding, directory, ownership: deps.ownership, now };
  const approval = decision === 'approve' ? approveProposal(facts) : rejectProposal(facts);
  const by = { caller: { ...oncall, subject: approval.approver }, trace: { traceId: '', traceparent: null } };
  return recordDecision({ ...deps, store: world.store }, record, approval, by);
}

/** Asks, and answers as a client would that shows the question to its user. */
export async function confirmed(
  world: TestProcess,
  id: string,
  text: string | null = 'payments-api',
  action: 'accept' | 'decline' | 'cancel' = 'accept',
): Promise<RoadAnswer> {
  const { state } = asked(await execute(world, id));
  return execute(world, id, { confirmation: { available: true, answer: { state, action, text } } });
}

export function asked(answer: RoadAnswer): Extract<RoadAnswer, { kind: 'confirm' }> {
  if (answer.kind !== 'confirm') throw new Error(`expected a question: ${JSON.stringify(answer)}`);
  return answer;
}

/** What an attacker with everything of the requester's can make: consistent in itself. */
export function rebound(
  record: ProposalRecord,
  change: Partial<ActionBinding>,
  plan = record.plan,
): ProposalRecord {
  const unrendered = { ...record.binding, ...change, planDigest: planDigest(plan) };
  const rendering = renderProposal(unrendered, plan);
  const binding = { ...unrendered, renderingDigest: renderingDigest(rendering) };
  const id = proposalId(binding.nonce);
  return { ...record, id, binding, plan, rendering, bindingDigest: bindingDigest(binding) };
}

/** The same process, whose store gives this proposal. */
export function withRecord(world: TestProcess, record: ProposalRecord): TestProcess {
  const proposals = { ...world.store.proposals, get: async () => record };
  const store = { ...world.store, proposals };
  const deps = { ...world.deps, store: async () => store };
  return { ...world, deps, road: createRoad(deps) };
}

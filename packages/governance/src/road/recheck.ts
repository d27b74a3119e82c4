import {
  type AnyAction,
  type CallContext,
  type ErrorCode,
  type JsonObject,
  ToolError,
} from '@devops-mcp/contract';
import { clockSkewMs } from '../approvals/approval.js';
import { confirmationRule, countApprovals } from '../approvals/quorum.js';
import { checkWindows } from '../limits/blast-radius.js';
import type { ActionBinding, ApprovalRecord, Caller, Decision, ProposalRecord } from '../model.js';
import { bindAction, plainJson, proposalId } from '../proposals/binding.js';
import { bindingDigest, planDigest, renderingDigest, sameJson } from '../proposals/digest.js';
import { auditUnavailable, refuseWhenDenied, refuseWhenSwitchedOff } from './admission.js';
import type { GovernedProcess } from './dependencies.js';
import { type DerivedAction, deriveAction, locateAction } from './derive.js';
import { attachedDocuments } from './plan-documents.js';
import { strictInput } from './strict-input.js';

/** Why a proposal is not applied; every check that fails gives one. */
export interface Refusal {
  readonly check: string;
  readonly reason: string;
  readonly code: ErrorCode;
}

export interface Rechecked {
  readonly refusals: readonly Refusal[];
  /** Present when there are no refusals. */
  readonly derived: DerivedAction | undefined;
  readonly approvers: readonly string[];
}

export const proposalLifetimeLimitMs = 4 * 60 * 60_000;

/** Who wants what applied, and on whose word. */
export interface CommitOrder {
  readonly record: ProposalRecord;
  readonly action: AnyAction;
  readonly caller: Caller;
  readonly approvals: readonly ApprovalRecord[];
}

/**
 * Everything once more, from the live system and this process's own configuration. The record is
 * believed in nothing: what follows from the request is derived again, and any difference refuses.
 */
export async function recheck(
  deps: GovernedProcess,
  order: CommitOrder,
  context: CallContext,
): Promise<Rechecked> {
  const { record, action, caller } = order;
  const { binding } = record;
  const refusals: Refusal[] = [];
  const check = collector(refusals);
  await check('digest', () => unaltered(record));
  await check('audience', () => addressedToThis(deps, binding));
  await check('time', () => timely(binding, context.now));
  await check('switch', () =>
    refuseWhenSwitchedOff(deps, {
      tool: action.name,
      environment: binding.environment,
      tier: binding.effectiveTier,
    }),
  );
  await check('audit', () => {
    if (!deps.audit.writable()) throw auditUnavailable();
  });
  await check('consumed', () => unused(deps, record));
  let derived: DerivedAction | undefined;
  await check('plan', async () => {
    // Boundary: validated arguments are JSON, since they were received as JSON.
    const input = strictInput(action.input, binding.arguments) as JsonObject;
    mustEqual('arguments', plainJson(input), binding.arguments);
    const documents = attachedDocuments(record.attachments);
    const request = { action, input, caller, changeRef: binding.changeRef, documents };
    const target = await locateAction(deps, request, context);
    derived = await deriveAction(deps, request, target, context);
  });
  if (derived === undefined) return { refusals, derived, approvers: [] };
  const { decision } = derived;
  refusals.push(...differences(deps, derived, binding));
  await check('policy', () => refuseWhenStricter(decision, binding));
  refusals.push(...(await limitRefusals(deps, derived, context.now)));
  refusals.push(...requirementRefusals(derived));
  let approvers: readonly string[] = [];
  await check('approvals', async () => {
    approvers = await sufficientlyApproved(deps, order, decision, context.now);
  });
  return { refusals, derived: refusals.length === 0 ? derived : undefined, approvers };
}

function collector(refusals: Refusal[]) {
  return async (name: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ToolError) || error.code === 'internal') throw error;
      const hint = error.hint === undefined ? '' : ` ${error.hint}`;
      refusals.push({ check: name, reason: `${error.message}${hint}`, code: error.code });
    }
  };
}

function unaltered(record: ProposalRecord): void {
  const { binding } = record;
  const whole =
    bindingDigest(binding) === record.bindingDigest &&
    planDigest(record.plan) === binding.planDigest &&
    renderingDigest(record.rendering) === binding.renderingDigest &&
    proposalId(binding.nonce) === record.id;
  if (!whole)
    throw new ToolError('conflict', 'The proposal was altered: its digests do not fit its content.');
}

function addressedToThis(deps: GovernedProcess, binding: ActionBinding): void {
  const self = deps.role === 'executor' ? deps.executors[0]?.id : 'local';
  if (binding.executor !== self) {
    throw new ToolError('denied', `The proposal is for ${binding.executor} and this is ${self ?? 'nobody'}.`);
  }
  if (binding.server !== deps.facts.name || binding.serverVersion !== deps.facts.version) {
    throw new ToolError(
      'conflict',
      `Proposed by ${binding.server} ${binding.serverVersion}; this is ${deps.facts.name} ${deps.facts.version}.`,
    );
  }
}

function timely(binding: ActionBinding, now: Date): void {
  const requested = Date.parse(binding.requestedAt);
  const expires = Date.parse(binding.expiresAt);
  if (!(requested <= now.getTime() + clockSkewMs)) throw new ToolError('denied', 'Requested in the future.');
  if (!(expires - requested <= proposalLifetimeLimitMs)) {
    throw new ToolError('denied', 'The proposal would live longer than four hours.');
  }
  if (!(now.getTime() < expires))
    throw new ToolError('conflict', `The proposal expired at ${binding.expiresAt}.`);
}

async function unused(deps: GovernedProcess, record: ProposalRecord): Promise<void> {
  const store = await deps.store();
  if (await store.singleUse.used('binding', record.bindingDigest)) {
    throw new ToolError('conflict', 'The proposal was consumed before: nothing is applied twice.');
  }
}

function mustEqual(what: string, found: unknown, bound: unknown): void {
  if (!sameJson(found, bound)) throw new ToolError('conflict', `The ${what} are not what was approved.`);
}

const meanings: Readonly<Partial<Record<keyof ActionBinding, string>>> = {
  toolDigest: 'the definition of the tool has changed',
  effectiveTier: 'the risk tier is another now',
  environmentClass: 'the class of the environment is another now',
  target: 'the action resolves to another target now',
  planDigest: 'planning again gives another plan',
  executor: 'another executor, or none, is to apply this',
  observed: 'the live system is no longer what the plan was made on',
  blastRadius: 'the blast radius on live state is another now',
  limits: 'the limits that the owners set are others here',
  policyDigest: 'the policy here is another',
  requirements: 'the policy here asks for other things',
  renderingDigest: 'the text that was shown is not what this change renders to',
};

/** Binds the derived action anew and names each field in which the two differ. */
function differences(deps: GovernedProcess, derived: DerivedAction, binding: ActionBinding): Refusal[] {
  // On the requester's side a changed policy is judged by whether it is stricter; the executor knows
  // one policy, its own.
  const decision =
    deps.role === 'executor'
      ? derived.decision
      : { ...derived.decision, policyDigest: binding.policyDigest, requirements: binding.requirements };
  const again = bindAction(deps, { ...derived, decision }, { ...binding, input: binding.arguments }).binding;
  // Boundary: the keys of a binding are its own keys.
  const differing = (Object.keys(again) as (keyof ActionBinding)[]).filter(
    (key) => !sameJson(again[key], binding[key]),
  );
  // The text repeats the other fields; it is a finding of its own only when nothing else differs.
  const named = differing.length > 1 ? differing.filter((key) => key !== 'renderingDigest') : differing;
  return named.map((key) => ({
    check: key,
    reason: `${meanings[key] ?? `\`${key}\` is not what was approved`}.`,
    code: 'conflict',
  }));
}

function refuseWhenStricter(decision: Decision, binding: ActionBinding): void {
  refuseWhenDenied(decision);
  const added = decision.requirements.filter((name) => !binding.requirements.includes(name));
  if (added.length > 0) {
    throw new ToolError('conflict', `Policy has become stricter: it also asks for ${added.join(', ')}.`, {
      hint: 'Propose the change again.',
    });
  }
  if (binding.effectiveTier >= 4) {
    throw new ToolError('denied', 'Tier 4 needs a break-glass session, which this version does not offer.');
  }
}

async function limitRefusals(deps: GovernedProcess, derived: DerivedAction, now: Date): Promise<Refusal[]> {
  const { counters } = await deps.store();
  const passed = await checkWindows(derived.blast.windows, counters, now);
  return [...derived.blast.problems, ...passed].map((reason) => ({
    check: 'blast radius',
    reason,
    code: 'limit_exceeded',
  }));
}

function requirementRefusals({ requirements }: DerivedAction): Refusal[] {
  return requirements.flatMap((finding) =>
    finding.met ? [] : [{ check: finding.name, reason: finding.how, code: 'denied' as const }],
  );
}

async function sufficientlyApproved(
  deps: GovernedProcess,
  { record, approvals }: CommitOrder,
  { effect }: Decision,
  now: Date,
): Promise<readonly string[]> {
  const { binding } = record;
  // What a request says about the proof of its requester is a claim to an executor.
  const requesterProven = deps.role !== 'executor' && binding.requester.assurance === 'authenticated';
  const rule = confirmationRule({ binding, effect, requesterProven });
  const signed = approvals.some(({ kind }) => kind === 'ssh-signature');
  const directory = signed ? await deps.approvers?.load() : undefined;
  const quorum = countApprovals(approvals, rule, { binding, directory, ownership: deps.ownership, now });
  if (quorum.reached) return quorum.approvers;
  const rejected = quorum.rejectedBy.length === 0 ? [] : [`Rejected by ${quorum.rejectedBy.join(', ')}.`];
  const counted = `${quorum.approvers.length} of ${rule.approvers} needed approvals count.`;
  throw new ToolError('approval_required', [counted, ...rejected, ...quorum.problems].join(' '));
}

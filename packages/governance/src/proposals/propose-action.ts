import { type AnyAction, type JsonObject, type ReportProgress, ToolError } from '@devops-mcp/contract';
import { confirmationRule } from '../approvals/quorum.js';
import { checkWindows } from '../limits/blast-radius.js';
import type { ProposalRecord } from '../model.js';
import { actionEvent } from '../road/action-events.js';
import { knownEnvironment, refuseUnenforced, refuseWhenDenied } from '../road/admission.js';
import { bounded } from '../road/answers.js';
import { withDeadline } from '../road/deadline.js';
import { type DerivedAction, deriveAction, locateAction } from '../road/derive.js';
import { recordedDocuments } from '../road/plan-documents.js';
import type { Journey, Produced, Trip } from '../road/trip.js';
import { bindAction, plainJson, proposalId, requesterOf } from './binding.js';
import { canonicalJson } from './digest.js';
import { proposalAnswer } from './proposal-answer.js';
import { proposalInput } from './proposal-schemas.js';

const proposalLifetimeMs = 30 * 60_000;
const attachmentBytes = 256_000;

/** `propose_<action>`: plans with read-only ports, judges, and stores what a person will be asked. */
export function proposeJourney(action: AnyAction): Journey {
  return {
    eventType: 'mcp.proposal',
    name: action.name,
    tier: action.riskTier,
    limits: action.limits,
    ports: action.ports,
    input: proposalInput(action),
    locate: async (trip) => {
      const { reason, changeRef, ...rest } = trip.input as JsonObject;
      const given = typeof changeRef === 'string' ? changeRef : null;
      const said = typeof reason === 'string' ? reason : '';
      trip.subject = {
        proposalId: null,
        bindingDigest: null,
        blastRadius: null,
        reason: said,
        changeRef: given,
      };
      const input = plainJson(rest);
      const { caller } = trip.request;
      const request = { action, input, caller, changeRef: given, documents: recordedDocuments() };
      trip.action = request;
      return withDeadline(limitsOf(trip), callOf(trip), (context) =>
        locateAction(trip.deps, request, context),
      );
    },
    run: (trip) => propose(trip, action),
  };
}

async function propose(trip: Trip, action: AnyAction): Promise<Produced> {
  const { deps, target, action: request } = trip;
  if (request === null || target === null) throw new TypeError('a proposal without a request');
  const environment = knownEnvironment(deps, target.environment);
  trip.auth = deps.connector.principal(action.ports, environment.name, 'read');
  const derived = await withDeadline(limitsOf(trip), callOf(trip), (context) =>
    deriveAction(deps, request, target, context),
  );
  trip.tier = derived.effectiveTier;
  trip.decision = derived.decision;
  const subject = { proposalId: null, bindingDigest: null, reason: null, changeRef: request.changeRef };
  trip.subject = { ...subject, ...trip.subject, blastRadius: derived.blast.measured };
  refuseWhenDenied(derived.decision);
  refuseUnconfirmable(trip, derived);
  await refuseBeyondLimits(trip, derived);
  refuseWithoutEvidence(derived);
  const record = makeRecord(trip, derived, request.documents.read());
  const answer = proposalAnswer(trip, record, { required: derived.requirements, rendering: true });
  // Before it is stored: what is too long to be shown is too long to be approved.
  if (answer.kind === 'answer') bounded(answer, action.limits.outputBytes);
  await store(trip, record);
  return answer;
}

/** What nobody could ever confirm is not proposed. */
function refuseUnconfirmable(trip: Trip, derived: DerivedAction): void {
  const { deps } = trip;
  if (derived.effectiveTier >= 4) {
    throw new ToolError('denied', 'This change is tier 4: destructive or of high blast radius.', {
      hint: 'It needs a break-glass session, which this version does not offer: use the break-glass procedure of your organisation, or propose a smaller change.',
    });
  }
  if (derived.executor === undefined) {
    throw new ToolError('denied', 'This change is applied by an executor, and none is configured.', {
      hint: 'Add one under `executors:` with `kind: ci` or `kind: control-plane`.',
    });
  }
  refuseUnenforced(deps, {
    environmentClass: derived.environment.class,
    executor: derived.executor === 'local' ? 'local' : derived.executor.id,
  });
  const { way } = ruleOf(trip, derived);
  if (way === 'out-of-band' && deps.approvers === undefined) {
    throw new ToolError('denied', 'This change needs an approver, and none is configured.', {
      hint: 'Set `approvers.allowedSigners` in the configuration.',
    });
  }
}

function ruleOf(trip: Trip, { effectiveTier, environment, decision }: DerivedAction) {
  return confirmationRule({
    binding: { effectiveTier, environmentClass: environment.class },
    effect: decision.effect,
    requesterProven: trip.request.caller.assurance === 'authenticated',
  });
}

async function refuseBeyondLimits(trip: Trip, { blast }: DerivedAction): Promise<void> {
  const { counters } = await trip.deps.store();
  const problems = [...blast.problems, ...(await checkWindows(blast.windows, counters, trip.startedAt))];
  if (problems.length === 0) return;
  throw new ToolError('limit_exceeded', `Beyond what is allowed: ${problems.join('; ')}.`, {
    hint: 'Propose a smaller change, or ask the owner of the service to change its limits.',
    details: { problems },
  });
}

function refuseWithoutEvidence({ requirements, decision }: DerivedAction): void {
  const missing = requirements.flatMap((finding) =>
    finding.met ? [] : [{ name: finding.name, how: finding.how }],
  );
  if (missing.length === 0) return;
  throw new ToolError(
    'denied',
    `Policy asks for what is missing: ${missing.map(({ name }) => name).join(', ')}.`,
    {
      hint: missing.map(({ name, how }) => `${name}: ${how}`).join('; '),
      details: { missing, rules: decision.rules },
    },
  );
}

function makeRecord(
  trip: Trip,
  derived: DerivedAction,
  attachments: Readonly<Record<string, JsonObject>>,
): ProposalRecord {
  const { deps, request, action } = trip;
  if (canonicalJson(attachments).length > attachmentBytes) {
    throw new ToolError(
      'limit_exceeded',
      'The documents that the plan refers to are too large to travel with it.',
    );
  }
  const nonce = deps.random.hex(32);
  const at = trip.startedAt.toISOString();
  const { binding, digest, rendering } = bindAction(deps, derived, {
    tool: trip.journey.name,
    input: action?.input ?? {},
    requester: requesterOf(request.caller),
    reason: trip.subject?.reason ?? '',
    changeRef: trip.subject?.changeRef ?? null,
    nonce,
    requestedAt: at,
    expiresAt: new Date(trip.startedAt.getTime() + proposalLifetimeMs).toISOString(),
  });
  const { way } = ruleOf(trip, derived);
  return {
    id: proposalId(nonce),
    state: way === 'client' ? 'proposed' : 'awaiting_approval',
    binding,
    bindingDigest: digest,
    plan: derived.plan,
    attachments,
    rendering,
    createdAt: at,
    updatedAt: at,
    outcome: null,
  };
}

async function store(trip: Trip, record: ProposalRecord): Promise<void> {
  const { deps, request, decision } = trip;
  const event = actionEvent(deps, {
    record,
    caller: request.caller,
    trace: request.trace,
    decision,
    auth: trip.auth,
    eventType: 'mcp.proposal',
    phase: 'result',
    approval: { status: 'pending', approver: null },
    result: { status: 'pending', durationMs: deps.clock().getTime() - trip.startedAt.getTime() },
  });
  await deps.audit.durable({ ...event, id: trip.id });
  const { proposals } = await deps.store();
  await proposals.create({ ...record, state: 'proposed' });
  if (record.state !== 'proposed') {
    await proposals.transition(record.id, ['proposed'], record.state, record.createdAt);
  }
  trip.recorded = true;
}

function limitsOf(trip: Trip) {
  return { timeoutMs: trip.journey.limits.timeoutMs, cancel: trip.request.signal };
}

function callOf(trip: Trip): { readonly now: Date; readonly progress: ReportProgress } {
  const { redactor } = trip.deps;
  const progress: ReportProgress = (done, total, message) =>
    trip.request.progress(done, total, message === undefined ? undefined : redactor.text(message));
  return { now: trip.startedAt, progress };
}

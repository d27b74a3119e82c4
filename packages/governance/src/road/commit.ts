import {
  type ActionOutcome,
  type CallContext,
  type ErrorCode,
  type JsonObject,
  type ReportProgress,
  ToolError,
} from '@devops-mcp/contract';
import { consumeWindows } from '../limits/blast-radius.js';
import type { TraceContext } from '../model.js';
import { plainJson } from '../proposals/binding.js';
import { digestOfText } from '../proposals/digest.js';
import { actionEvent } from './action-events.js';
import { describeCause } from './answers.js';
import { withDeadline } from './deadline.js';
import type { GovernedProcess } from './dependencies.js';
import type { DerivedAction } from './derive.js';
import { type CommitOrder, type Refusal, recheck } from './recheck.js';

export type CommitResult =
  | { readonly state: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly state: 'succeeded' | 'failed' | 'ambiguous'; readonly outcome: JsonObject };

export interface CommitCall {
  /** The caller's; obeyed until the proposal is consumed, and no longer after that. */
  readonly signal: AbortSignal;
  readonly progress: ReportProgress;
  readonly trace: TraceContext;
  /** Takes the proposal out of `approved`; false when somebody else did. */
  claim(): Promise<boolean>;
}

/**
 * The one place in which anything is changed. In this order and no other: check everything again,
 * consume exactly once, count against the windows, write the intent durably, apply, read back,
 * write the result durably.
 */
export async function commit(
  deps: GovernedProcess,
  order: CommitOrder,
  call: CommitCall,
): Promise<CommitResult> {
  const { record, action } = order;
  const now = deps.clock();
  const limits = { timeoutMs: action.limits.timeoutMs, cancel: call.signal };
  const checked = await withDeadline(limits, { now, progress: call.progress }, (context) =>
    recheck(deps, order, context),
  );
  if (checked.derived === undefined) return { state: 'refused', refusals: checked.refusals };
  const store = await deps.store();
  // A caller who has gone by now changes nothing; after the claim it is too late to go.
  if (call.signal.aborted) throw new ToolError('timeout', 'The caller cancelled; nothing was changed.');
  const at = now.toISOString();
  const mine = (await call.claim()) && (await store.singleUse.use('binding', record.bindingDigest, at));
  if (!mine) {
    const reason = 'The proposal was consumed by another execution: nothing is applied twice.';
    return { state: 'refused', refusals: [{ check: 'consumed', reason, code: 'conflict' }] };
  }
  const journal = journalOf(deps, order, call, checked.derived, checked.approvers);
  try {
    const [passed] = await consumeWindows(checked.derived.blast.windows, store.counters, now);
    if (passed !== undefined) throw new ToolError('limit_exceeded', passed);
  } catch (error) {
    return journal.failed(error);
  }
  try {
    await journal.intent();
  } catch (unwritable) {
    // Nothing was done and the log cannot say so.
    return { state: 'failed', outcome: unapplied(asRefusal(unwritable)) };
  }
  return apply(deps, order, call, checked.derived, journal);
}

/** An error that a backend throws on purpose before it has changed anything. */
const cleanRefusals: ReadonlySet<ErrorCode> = new Set([
  'invalid_input',
  'not_found',
  'denied',
  'conflict',
  'limit_exceeded',
  'rate_limited',
  'unsupported',
  'switched_off',
  'approval_required',
]);

async function apply(
  deps: GovernedProcess,
  { record, action, caller }: CommitOrder,
  call: CommitCall,
  derived: DerivedAction,
  journal: Journal,
): Promise<CommitResult> {
  const { binding } = record;
  let ports: Awaited<ReturnType<typeof deps.connector.write>>;
  try {
    ports = await deps.connector.write(action.ports, binding.environment, caller);
  } catch (error) {
    return journal.failed(error);
  }
  let outcome: ActionOutcome;
  try {
    // The caller's cancellation ends here: half a change is worse than a whole one.
    const limits = { timeoutMs: action.limits.timeoutMs, cancel: undefined };
    outcome = await withDeadline(
      limits,
      { now: deps.clock(), progress: call.progress },
      (context: CallContext) =>
        action.apply({
          plan: derived.plan,
          target: derived.target,
          ports,
          idempotencyKey: digestOfText('devops-mcp/idempotency-key/v1', record.bindingDigest),
          reason: binding.reason,
          requestedBy: binding.requester.subject,
          ...context,
        }),
    );
  } catch (error) {
    return changedNothing(error) ? journal.failed(error) : journal.ambiguous(error);
  }
  return journal.applied(outcome);
}

function changedNothing(error: unknown): boolean {
  if (!(error instanceof ToolError)) return false;
  return cleanRefusals.has(error.code) || error.details?.nothingChanged === true;
}

interface Journal {
  intent(): Promise<void>;
  failed(error: unknown): Promise<CommitResult>;
  ambiguous(error: unknown): Promise<CommitResult>;
  applied(outcome: ActionOutcome): Promise<CommitResult>;
}

/** Writes what happens to one consumed proposal. */
function journalOf(
  deps: GovernedProcess,
  { record, action, caller }: CommitOrder,
  { trace }: CommitCall,
  { decision, target }: DerivedAction,
  approvers: readonly string[],
): Journal {
  const started = deps.clock().getTime();
  const subject = { record, caller, trace, decision, eventType: 'mcp.execution' } as const;
  const approval = { status: 'approved', approver: approvers.join(', ') } as const;
  const auth = deps.connector.principal(action.ports, target.environment, 'write');
  const end = async (state: 'succeeded' | 'failed' | 'ambiguous', outcome: JsonObject, error?: unknown) => {
    const result = {
      status: state === 'succeeded' ? 'success' : 'error',
      durationMs: deps.clock().getTime() - started,
      artifactRef: typeof outcome.artifactRef === 'string' ? outcome.artifactRef : null,
      errorCode: state === 'succeeded' ? null : state === 'ambiguous' ? 'ambiguous' : asRefusal(error).code,
      detail: detailOf(outcome, error),
    } as const;
    const event = actionEvent(deps, { ...subject, phase: 'result', approval, result, auth });
    try {
      await deps.audit.durable(event);
    } catch {
      // What was done stays done; the intent without a result tells a reader of the log to look.
      return { state, outcome: { ...outcome, recorded: false } };
    }
    return { state, outcome };
  };
  return {
    intent: () =>
      deps.audit.durable(
        actionEvent(deps, { ...subject, phase: 'intent', approval, auth, result: { status: 'pending' } }),
      ),
    failed: (error) => end('failed', unapplied(asRefusal(error)), error),
    ambiguous: (error) =>
      end(
        'ambiguous',
        { ...unapplied(asRefusal(error)), summary: 'It is not known whether the change was made.' },
        error,
      ),
    applied: (outcome) => {
      const plain = plainJson(outcome);
      return outcome.verified
        ? end('succeeded', plain)
        : end('ambiguous', { ...plain, error: 'the system does not show the planned state' });
    },
  };
}

/** For readers of the log: what went wrong with its causes, or what was done. */
function detailOf(outcome: JsonObject, error: unknown): string | null {
  if (error instanceof Error) {
    return [error.message, describeCause(error)]
      .filter((part) => part !== null)
      .join(' <- ')
      .slice(0, 2000);
  }
  return typeof outcome.summary === 'string' ? outcome.summary.slice(0, 2000) : null;
}

function asRefusal(error: unknown): ToolError {
  return error instanceof ToolError ? error : new ToolError('internal', 'Something unexpected went wrong.');
}

function unapplied(error: ToolError): JsonObject {
  return {
    summary: 'Nothing was changed.',
    artifactRef: null,
    verified: false,
    error: error.code,
    message: error.message,
  };
}

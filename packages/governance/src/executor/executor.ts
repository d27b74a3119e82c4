import { type JsonObject, type ReportProgress, ToolError } from '@devops-mcp/contract';
import { parseApprovalFile } from '../approvals/approval.js';
import type { AuditEvent } from '../collaborators.js';
import type { ApprovalRecord, Caller, ProposalRecord, TraceContext } from '../model.js';
import { parseRequestFile, type RequestFile } from '../proposals/request-file.js';
import { actionEvent } from '../road/action-events.js';
import { asToolError } from '../road/answers.js';
import { type CommitResult, commit } from '../road/commit.js';
import type { ExecutorFacts, GovernedProcess } from '../road/dependencies.js';
import type { Refusal } from '../road/recheck.js';
import { signOutcome } from './outcome-file.js';
import { unreadableRequestEvent } from './unreadable-request.js';

export interface ExecutorDependencies extends Omit<GovernedProcess, 'role' | 'executors'> {
  readonly executor: ExecutorFacts;
  /** Signs the report of the outcome: Ed25519, PKCS#8 PEM. Absent: no report is made. */
  readonly privateKey: string | undefined;
}

export interface ExecutionRequest {
  /** The text of a file that `devops-mcp proposals export` wrote, and of those that approvers signed. */
  readonly requestFile: string;
  readonly approvalFiles: readonly string[];
  readonly trace: TraceContext;
  readonly signal: AbortSignal;
  readonly progress: ReportProgress;
}

export interface ExecutionResult {
  readonly state: CommitResult['state'];
  /** Why it was refused: each check that failed, so that a person sees all of them at once. */
  readonly refusals: readonly Refusal[];
  readonly proposalId: string | null;
  readonly bindingDigest: string | null;
  /** What the change renders to here. */
  readonly rendering: string | null;
  readonly outcome: JsonObject | null;
  /** Signed, for the requester's side; null when refused or without a key. */
  readonly outcomeFile: string | null;
}

export interface Executor {
  execute(request: ExecutionRequest): Promise<ExecutionResult>;
}

/**
 * Applies what the process that an agent talks to may not. It holds the production credential and
 * believes nothing that it is handed: configuration, catalog, policy, signers, store, clock and
 * audit are its own, and everything that follows from a request is derived again from them.
 */
export function createExecutor(deps: ExecutorDependencies): Executor {
  const process: GovernedProcess = { ...deps, role: 'executor', executors: [deps.executor] };
  return {
    execute: async (request) => {
      let file: RequestFile;
      try {
        file = parseRequestFile(request.requestFile);
      } catch (error) {
        const refusal = refusalOf('request', error);
        const unwritten = await written(deps, unreadableRequestEvent(deps, request.trace, refusal));
        return refused([refusal, ...unwritten], null);
      }
      return execute(deps, process, request, file);
    },
  };
}

async function execute(
  deps: ExecutorDependencies,
  process: GovernedProcess,
  request: ExecutionRequest,
  file: RequestFile,
): Promise<ExecutionResult> {
  const record = recordOf(file);
  const caller = claimedCaller(deps, file);
  const { trace } = request;
  let end: CommitResult;
  try {
    const action = deps.server.actions.find(({ name }) => name === file.binding.tool);
    if (action === undefined) {
      throw new ToolError('conflict', `${deps.facts.name} has no action of the name that was proposed.`);
    }
    const approvals = request.approvalFiles.map((text) => asRecord(text, record));
    // The record of consumption is this executor's own; there is no row of a proposal to take here.
    const call = { ...request, claim: async () => true };
    end = await commit(process, { record, action, caller, approvals }, call);
  } catch (error) {
    end = { state: 'refused', refusals: [refusalOf('execution', error)] };
  }
  if (end.state === 'refused') {
    const detail = end.refusals.map(({ check, reason }) => `${check}: ${reason}`).join(' ');
    const unwritten = await written(
      deps,
      actionEvent(deps, {
        record,
        caller,
        trace,
        decision: null,
        eventType: 'mcp.execution',
        phase: 'denied',
        approval: { status: 'pending', approver: null },
        result: { status: 'denied', errorCode: end.refusals[0]?.code ?? 'denied', detail },
      }),
    );
    return refused([...end.refusals, ...unwritten], file);
  }
  const report = {
    format: 'devops-mcp/executor-outcome/v1',
    executor: deps.executor.id,
    proposalId: file.proposalId,
    bindingDigest: file.bindingDigest,
    state: end.state,
    outcome: end.outcome,
    at: deps.clock().toISOString(),
  } as const;
  const outcomeFile = deps.privateKey === undefined ? null : signOutcome(report, deps.privateKey);
  return { ...refused([], file), state: end.state, outcome: end.outcome, outcomeFile };
}

/** A refusal stands whether or not it could be written; that it could not is told. */
async function written(deps: ExecutorDependencies, event: AuditEvent): Promise<readonly Refusal[]> {
  try {
    await deps.audit.durable(event);
    return [];
  } catch (error) {
    return [refusalOf('audit', error)];
  }
}

function refused(refusals: readonly Refusal[], file: RequestFile | null): ExecutionResult {
  return {
    state: 'refused',
    refusals,
    outcome: null,
    outcomeFile: null,
    proposalId: file?.proposalId ?? null,
    bindingDigest: file?.bindingDigest ?? null,
    rendering: file?.rendering ?? null,
  };
}

function recordOf(file: RequestFile): ProposalRecord {
  const { proposalId: id, binding } = file;
  const times = { createdAt: binding.requestedAt, updatedAt: binding.requestedAt };
  const { bindingDigest, plan, attachments, rendering } = file;
  return {
    id,
    state: 'approved',
    binding,
    bindingDigest,
    plan,
    attachments,
    rendering,
    ...times,
    outcome: null,
  };
}

/** Whoever made the file says who asks; nothing here proves it. */
function claimedCaller(deps: ExecutorDependencies, { binding }: RequestFile): Caller {
  const { subject, issuer, delegation } = binding.requester;
  return {
    subject,
    issuer,
    delegation,
    assurance: 'asserted',
    client: null,
    model: null,
    transport: 'stdio',
    sessionId: `execution-${deps.random.hex(8)}`,
  };
}

/** Only the signature inside counts; who signed is found when it is verified. */
function asRecord(text: string, record: ProposalRecord): ApprovalRecord {
  const { bindingDigest, decision, at, signature } = parseApprovalFile(text);
  return {
    proposalId: record.id,
    bindingDigest,
    decision,
    approver: '',
    kind: 'ssh-signature',
    evidence: { signature },
    at,
    expiresAt: record.binding.expiresAt,
  };
}

function refusalOf(check: string, error: unknown): Refusal {
  const known = asToolError(error, 'of this execution');
  return { check, reason: known.message, code: known.code };
}

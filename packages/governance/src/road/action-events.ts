import type { Target } from '@devops-mcp/contract';
import type { AuditEvent } from '../collaborators.js';
import type { Caller, Decision, ProposalRecord, TraceContext } from '../model.js';
import { digestOf } from '../proposals/digest.js';
import type { GovernedProcess } from './dependencies.js';

/** What is about to be written about one proposal. */
export interface ActionHappening {
  readonly record: ProposalRecord;
  readonly caller: Caller;
  readonly trace: TraceContext;
  readonly decision: Decision | null;
  readonly eventType: 'mcp.proposal' | 'mcp.approval' | 'mcp.execution';
  readonly phase: AuditEvent['phase'];
  readonly approval: Pick<AuditEvent['approval'], 'status' | 'approver'>;
  readonly result: Partial<AuditEvent['result']> & Pick<AuditEvent['result'], 'status'>;
  readonly auth?: AuditEvent['auth'];
}

/**
 * The audit event of a step in a proposal's life. How the steps are told apart:
 *
 * | step | eventType | phase | approval.status | result.status |
 * |---|---|---|---|---|
 * | proposed | mcp.proposal | result | pending | pending |
 * | cancelled | mcp.proposal | result | rejected | success |
 * | expired | mcp.proposal | result | expired | error |
 * | approved, rejected | mcp.approval | result | approved, rejected | success |
 * | being applied | mcp.execution | intent | approved | pending |
 * | applied | mcp.execution | result | approved | success |
 * | failed, ambiguous | mcp.execution | result | approved | error (errorCode `ambiguous` for the latter) |
 * | reported by its executor, on the requester's side | mcp.proposal | result | approved | success, error |
 * | refused by an executor | mcp.execution | denied | pending | denied |
 */
export function actionEvent(
  deps: Pick<GovernedProcess, 'facts' | 'ownership' | 'random'>,
  happening: ActionHappening,
): AuditEvent {
  const { record, caller, trace } = happening;
  const { binding } = record;
  // Boundary: a binding's target is a `Target` turned into JSON.
  const target = binding.target as unknown as Target;
  const [service] = target.services;
  return {
    eventType: happening.eventType,
    phase: happening.phase,
    traceId: trace.traceId,
    traceparent: trace.traceparent,
    caller,
    server: deps.facts,
    tool: { name: binding.tool, riskTier: binding.effectiveTier, target },
    auth: happening.auth ?? null,
    approval: { required: true, changeRef: binding.changeRef, ...happening.approval },
    result: { durationMs: null, artifactRef: null, errorCode: null, detail: null, ...happening.result },
    environment: binding.environment,
    owner: service === undefined ? null : (deps.ownership.ownerOf(service) ?? null),
    argumentsDigest: digestOf('devops-mcp/arguments/v1', binding.arguments),
    arguments: binding.arguments,
    reason: binding.reason,
    proposalId: record.id,
    bindingDigest: record.bindingDigest,
    blastRadius: binding.blastRadius,
    decision: happening.decision,
    id: deps.random.hex(10),
  };
}

import type { AuditEvent } from '../collaborators.js';
import type { TraceContext } from '../model.js';
import type { GovernedProcess } from '../road/dependencies.js';
import type { Refusal } from '../road/recheck.js';

/** The record of a request that could not even be read: nothing in it is known, so nothing is claimed. */
export function unreadableRequestEvent(
  deps: Pick<GovernedProcess, 'facts' | 'random'>,
  trace: TraceContext,
  refusal: Refusal,
): AuditEvent {
  return {
    eventType: 'mcp.execution',
    phase: 'denied',
    ...trace,
    caller: {
      subject: 'unknown',
      issuer: 'unknown',
      assurance: 'asserted',
      client: null,
      model: null,
      delegation: [],
      transport: 'stdio',
      sessionId: 'none',
    },
    server: deps.facts,
    // What cannot be read is taken for the worst.
    tool: { name: 'unknown', riskTier: 4, target: null },
    auth: null,
    approval: { required: true, status: 'pending', approver: null, changeRef: null },
    result: {
      status: 'denied',
      durationMs: null,
      artifactRef: null,
      errorCode: refusal.code,
      detail: refusal.reason,
    },
    environment: null,
    owner: null,
    argumentsDigest: null,
    arguments: {},
    reason: null,
    proposalId: null,
    bindingDigest: null,
    blastRadius: null,
    decision: null,
    id: deps.random.hex(10),
  };
}

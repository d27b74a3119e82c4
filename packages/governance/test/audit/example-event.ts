import type { AuditEvent, Redactor } from '../../src/collaborators.js';

export const plain: Redactor = { json: (value) => value, text: (value) => value };

/** A read by a person through an editor. */
export function exampleEvent(change: Partial<AuditEvent> = {}): AuditEvent {
  return {
    eventType: 'mcp.tool_invocation',
    phase: 'result',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    caller: {
      subject: 'user:default/oncall',
      issuer: 'local',
      assurance: 'asserted',
      client: { name: 'editor', version: '1.4.0' },
      model: 'vendor/model',
      delegation: [],
      transport: 'stdio',
      sessionId: 'session-1',
    },
    server: {
      name: 'metrics',
      version: '0.1.0',
      host: 'laptop-1',
      owner: 'group:default/team-observability',
      killSwitchOwner: 'group:default/team-oncall',
    },
    tool: {
      name: 'get_service_metrics',
      riskTier: 1,
      target: { environment: 'production', services: ['payments-api'] },
    },
    auth: { principal: 'otlp:production:metrics:read', authType: 'file' },
    approval: { required: false, status: 'not_required', approver: null, changeRef: null },
    result: { status: 'success', durationMs: 12.5, artifactRef: null, errorCode: null, detail: null },
    environment: 'production',
    owner: 'group:default/team-payments',
    argumentsDigest: 'a'.repeat(64),
    arguments: { service: 'payments-api', environment: 'production', '10': 1, '9': 2, é: 'ü' },
    reason: null,
    proposalId: null,
    bindingDigest: null,
    blastRadius: null,
    decision: {
      effect: 'allow',
      requirements: ['log_to_siem'],
      exceptions: [],
      rules: ['tier1-read-only'],
      policyDigest: 'b'.repeat(64),
    },
    id: 'call-1',
    ...change,
  };
}

import type { AuditEvent, SwitchRecord } from '@devops-mcp/governance';
import type { Administration } from './administration.js';

/** A switch as the audit log records it, before it takes effect. */
export function switchEvent(
  admin: Administration,
  record: Pick<SwitchRecord, 'scope' | 'reason' | 'blocks'>,
  change: 'switched_off' | 'restored',
): AuditEvent {
  return {
    eventType: 'mcp.switch',
    phase: 'intent',
    ...admin.trace,
    caller: admin.caller,
    server: admin.facts,
    tool: {
      name: change,
      riskTier: 2,
      target: {
        environment: environmentOf(record.scope),
        services: [],
        resources: [`switch:${record.scope}`],
      },
    },
    auth: null,
    approval: { required: false, status: 'not_required', approver: null, changeRef: null },
    result: { status: 'success', durationMs: null, artifactRef: null, errorCode: null, detail: null },
    environment: environmentOf(record.scope),
    owner: null,
    argumentsDigest: null,
    arguments: { scope: record.scope, blocks: record.blocks },
    reason: record.reason,
    proposalId: null,
    bindingDigest: null,
    blastRadius: null,
    decision: null,
    id: admin.random.hex(10),
  };
}

function environmentOf(scope: string): string {
  return /^environment:(.+)$/.exec(scope)?.[1] ?? /@(.+)$/.exec(scope)?.[1] ?? 'none';
}

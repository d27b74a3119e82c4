import type { ActionHistoryApi, AuditedAction } from '@devops-mcp/domain';
import { type AuditRecord, readAudit } from '@devops-mcp/governance';

const mostActions = 1_000;
const eventTypes = ['mcp.proposal', 'mcp.approval', 'mcp.execution', 'mcp.switch'] as const;

/**
 * The suite's own actions, read from the audit segments of this machine and of the executors whose
 * folders can be read from here. Oldest first; at most the last 1,000 of a window.
 */
export function actionHistoryFrom(directories: readonly string[]): ActionHistoryApi {
  return {
    async actions({ window, service, environment }) {
      const { start, end } = { start: window.start.toISOString(), end: window.end.toISOString() };
      const found: AuditedAction[] = [];
      for (const eventType of eventTypes) {
        // Reads are by far the most records; looking for the type first leaves them unparsed.
        for await (const record of readAudit({ directories, mention: `"eventType":"${eventType}"` })) {
          if (record.timestamp < start || record.timestamp >= end) continue;
          if (environment !== undefined && !concerns(record, environment)) continue;
          if (service !== undefined && record.services.length > 0 && !record.services.includes(service))
            continue;
          const action = actionOf(record);
          if (action) found.push(action);
        }
      }
      return found.sort((a, b) => a.time.getTime() - b.time.getTime()).slice(-mostActions);
    },
  };
}

function actionOf(record: AuditRecord): AuditedAction | undefined {
  const kind = kindOf(record);
  if (kind === undefined) return undefined;
  return {
    time: new Date(record.timestamp),
    kind,
    action: record.tool.name,
    environment: record.environment ?? '',
    services: record.services,
    actor:
      kind === 'approved' || kind === 'rejected'
        ? (record.approval.approver ?? record.actor.humanId)
        : record.actor.humanId,
    proposalId: record.proposalId,
    summary: record.result.detail ?? record.reason ?? '',
    changeRef: record.approval.changeRef,
    artifactRef: record.result.artifactRef,
  };
}

/** The steps as the road writes them; a refused attempt is no action. */
function kindOf(record: AuditRecord): AuditedAction['kind'] | undefined {
  const { eventType, phase, approval, result } = record;
  // A switch takes effect at once after its one record.
  if (eventType === 'mcp.switch') return record.tool.name === 'restored' ? 'restored' : 'switched_off';
  if (phase !== 'result') return undefined;
  switch (eventType) {
    case 'mcp.proposal':
      if (approval.status === 'pending' && result.status === 'pending') return 'proposed';
      return approval.status === 'rejected' && result.status === 'success' ? 'cancelled' : undefined;
    case 'mcp.approval':
      return approval.status === 'approved'
        ? 'approved'
        : approval.status === 'rejected'
          ? 'rejected'
          : undefined;
    case 'mcp.execution':
      if (result.status === 'success') return 'executed';
      return result.errorCode === 'ambiguous' ? 'ambiguous' : 'failed';
    default:
      return undefined;
  }
}

/** A switch on everything has no environment of its own and concerns them all. */
function concerns(record: AuditRecord, environment: string): boolean {
  return record.environment === environment || record.environment === null || record.environment === 'none';
}

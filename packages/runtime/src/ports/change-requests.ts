import { optional } from '@devops-mcp/contract';
import { changesPort } from '@devops-mcp/domain';
import type { Caller, ChangeRequests, PortConnector } from '@devops-mcp/governance';

/** Whoever the suite itself is when it looks for evidence on its own behalf. */
const itself: Caller = {
  subject: 'system:devops-mcp',
  issuer: 'local',
  assurance: 'asserted',
  client: null,
  model: null,
  delegation: [],
  transport: 'stdio',
  sessionId: 'devops-mcp',
};

/** Evidence of approved changes from the port `changes` of each environment. */
export function changeRequestsFrom(connector: PortConnector): ChangeRequests {
  return {
    async find(id, environment) {
      const { changes } = await connector.read({ changes: optional(changesPort) }, environment, itself);
      const found = await changes?.find(id);
      if (!found) return undefined;
      const { status, requester, approvedBy, services, environments, window } = found;
      return { id: found.id, status, requester, approvedBy, services, environments, window };
    },
  };
}

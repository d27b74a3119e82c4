import type { AnyAction, AnyTool } from '@devops-mcp/contract';
import type { Road, RoadAnswer, RoadRequest } from '@devops-mcp/governance';
import type { Tool } from '@modelcontextprotocol/server';
import type { PublishedTool, ToolOrigin } from '../surface/published-tool.js';
import { toolResult } from './answers.js';
import type { PartsContext } from './definition-parts.js';
import type { McpTool } from './mcp-parts.js';
import { metaKeys } from './naming.js';

export function toolPart(tool: PublishedTool, context: PartsContext): McpTool {
  const { name, title, description, inputSchema, outputSchema, annotations, riskTier, origin } = tool;
  return {
    descriptor: {
      ...{ name, title, description },
      // Boundary: both are object schemas by construction, which their plain JSON type does not say.
      inputSchema: inputSchema as Tool['inputSchema'],
      outputSchema: outputSchema as Tool['inputSchema'],
      annotations: { ...annotations },
      _meta: { [metaKeys.riskTier]: riskTier },
    },
    async call(incoming) {
      const answer = await travel(await context.road(), origin, context.requestOf(incoming));
      return toolResult(answer, incoming, context.requestStates);
    },
  };
}

function travel(road: Road, origin: ToolOrigin, request: RoadRequest): Promise<RoadAnswer> {
  if (origin.kind === 'tool') return road.callTool(origin.tool as AnyTool, request);
  if (origin.kind === 'action') return road.propose(origin.action as AnyAction, request);
  switch (origin.operation) {
    case 'execute':
      return road.executeProposal(request);
    case 'get':
      return road.getProposal(request);
    case 'list':
      return road.listProposals(request);
    case 'cancel':
      return road.cancelProposal(request);
  }
}

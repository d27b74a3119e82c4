import { type AnyAction, type AnyTool, defineTool, ToolError } from '@devops-mcp/contract';
import type { Road, RoadAnswer, RoadRequest } from '@devops-mcp/governance';
import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  type Tool,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Selection } from '../surface/narrowing.js';
import type { PublishedTool, ToolOrigin } from '../surface/published-tool.js';
import { toolFailure, toolResult } from './answers.js';
import type { PartsContext } from './definition-parts.js';
import type { Incoming, McpTool } from './mcp-parts.js';
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

/** A tool that is not served is refused on the road too, so that the attempt is on record. */
export async function refuseTool(
  incoming: Incoming,
  name: string,
  selection: Selection,
  context: PartsContext,
): Promise<CallToolResult> {
  const why = selection.withheld.get(name);
  const shown = name.slice(0, 64);
  const message =
    why === undefined ? `There is no tool "${shown}" here.` : `"${shown}" is not served: ${why}.`;
  const hint = `Served: ${selection.served.map((tool) => tool.name).join(', ') || 'none'}.`;
  const refused = refusedTool(shown, new ToolError('denied', message, { hint }));
  const request = { ...context.requestOf(incoming), arguments: {} };
  const answer = await (await context.road()).callTool(refused, request);
  if (answer.kind !== 'error') throw new Error('a refused tool gave an answer');
  if (why !== undefined) return toolFailure(answer.error);
  // The protocol wants an error of its own for a name that does not exist.
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${message} ${hint}`);
}

function refusedTool(name: string, reason: ToolError): AnyTool {
  return defineTool({
    ...{ name, title: name, description: '', riskTier: 1, ports: {} },
    input: z.strictObject({}),
    output: z.object({}),
    limits: { timeoutMs: 1_000, outputBytes: 1_000 },
    target: () => {
      throw reason;
    },
    run: () => Promise.reject(reason),
    render: () => '',
  });
}

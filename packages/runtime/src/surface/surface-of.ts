import type { AnyAction, AnyTool, ServerDefinition } from '@devops-mcp/contract';
import type { z } from 'zod';
import { jsonSchemaOf } from './json-schema-of.js';
import { proposalTools, proposeTool } from './proposal-tools.js';
import { leavesTheSuite, type PublishedTool, published } from './published-tool.js';

/** Everything of a server that clients can call, in a stable order; the same for every caller. */
export interface Surface {
  readonly server: string;
  readonly version: string;
  readonly tools: readonly PublishedTool[];
}

/** Computes what a definition publishes: each tool, each action as `propose_<name>`, and the proposal tools. */
export function surfaceOf(definition: ServerDefinition, version: string): Surface {
  const proposals = definition.actions.length > 0 ? proposalTools(definition.actions) : [];
  const tools = [
    ...definition.tools.map(readTool),
    ...definition.actions.map((action: AnyAction) => proposeTool(action)),
    ...proposals,
  ];
  return { server: definition.name, version, tools };
}

function readTool(tool: AnyTool): PublishedTool {
  return published({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    riskTier: tool.riskTier,
    // Boundary: the list erases the schemas' types; both are zod objects by declaration.
    inputSchema: jsonSchemaOf(tool.input as z.ZodType, 'input'),
    outputSchema: jsonSchemaOf(tool.output as z.ZodType, 'output'),
    annotations: {
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: leavesTheSuite(tool.ports),
    },
    origin: { kind: 'tool', tool },
  });
}

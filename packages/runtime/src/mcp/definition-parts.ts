import type { ServerDefinition } from '@devops-mcp/contract';
import type { Road } from '@devops-mcp/governance';
import type { Selection } from '../surface/narrowing.js';
import type { McpParts } from './mcp-parts.js';
import { promptPart, resourcePart } from './read-parts.js';
import { refuse } from './refusals.js';
import type { RequestStates } from './request-state.js';
import type { MakeRoadRequest } from './road-request.js';
import { toolPart } from './tool-parts.js';

export interface PartsContext {
  /** Made on first use, so that a listing of tools opens nothing. */
  readonly road: () => Promise<Road>;
  readonly requestOf: MakeRoadRequest;
  readonly requestStates: RequestStates;
}

/** Everything that a definition offers, each call of which takes the road. */
export function partsOf(
  definition: ServerDefinition,
  selection: Selection,
  version: string,
  context: PartsContext,
): McpParts {
  return {
    info: { name: `devops-mcp-${definition.name}`, title: definition.title, version },
    instructions: definition.instructions,
    tools: selection.served.map((tool) => toolPart(tool, context)),
    resources: definition.resources.map((resource) => resourcePart(resource, context)),
    prompts: definition.prompts.map((prompt) => promptPart(prompt, context)),
    refuse: (incoming, kind, name) => refuse(incoming, kind, name, selection, context),
    requestStates: context.requestStates,
  };
}

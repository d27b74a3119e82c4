import type { RawDefinition, Road } from '@devops-mcp/governance';
import {
  type Incoming,
  type McpPrompt,
  type McpResource,
  type McpTool,
  protocolFailure,
  type roadRequests,
  toolFailure,
} from '@devops-mcp/runtime/protocol';
import type {
  CallToolResult,
  GetPromptResult,
  InputRequiredResult,
  ReadResourceResult,
  Result,
  Tool,
} from '@modelcontextprotocol/server';

/** Takes protocol fixtures along the road that products take. */
export interface FixtureContext {
  readonly road: () => Promise<Road>;
  readonly requestOf: ReturnType<typeof roadRequests>;
}

export interface FixtureTool {
  readonly name: string;
  readonly description: string;
  readonly properties?: Readonly<Record<string, { readonly type: string; readonly description: string }>>;
  run(
    incoming: Incoming,
  ): Promise<CallToolResult | InputRequiredResult> | CallToolResult | InputRequiredResult;
}

export interface FixtureResource {
  readonly address: McpResource['address'];
  readonly name: string;
  readonly mimeType: string;
  read(uri: string, variables: Readonly<Record<string, string>>): ReadResourceResult;
}

export interface FixturePrompt {
  readonly name: string;
  readonly description: string;
  readonly arguments?: readonly string[];
  get(incoming: Incoming, args: Readonly<Record<string, string>>): GetPromptResult | InputRequiredResult;
}

const limits = { timeoutMs: 20_000, outputBytes: 64_000 };

export function toolPart(fixture: FixtureTool, context: FixtureContext): McpTool {
  const properties = fixture.properties ?? {};
  const inputSchema: Tool['inputSchema'] = {
    type: 'object',
    properties: { ...properties },
    required: Object.keys(properties),
    additionalProperties: false,
  };
  return {
    descriptor: { name: fixture.name, description: fixture.description, inputSchema },
    call: (incoming) =>
      travel<CallToolResult | InputRequiredResult>(
        context,
        { name: fixture.name, eventType: 'mcp.tool_invocation', run: async () => fixture.run(incoming) },
        incoming,
        (error) => toolFailure(error),
      ),
  };
}

export function resourcePart(fixture: FixtureResource, context: FixtureContext): McpResource {
  const { address, name, mimeType } = fixture;
  return {
    address,
    descriptor: { name, title: name, description: `The fixture ${name}`, mimeType },
    list: async () => [],
    read: (incoming, uri, variables) =>
      travel<ReadResourceResult>(
        context,
        { name, eventType: 'mcp.resource_read', run: async () => fixture.read(uri, variables) },
        incoming,
        (error) => {
          throw protocolFailure(error, { uri });
        },
      ),
    complete: async () => ({ values: [], total: 0, hasMore: false }),
  };
}

export function promptPart(fixture: FixturePrompt, context: FixtureContext): McpPrompt {
  const { name, description } = fixture;
  const names = fixture.arguments ?? [];
  return {
    descriptor: {
      name,
      description,
      arguments: names.map((argument) => ({
        name: argument,
        description: `The argument ${argument}`,
        required: true,
      })),
    },
    get: (incoming) =>
      travel<GetPromptResult | InputRequiredResult>(
        context,
        {
          name,
          eventType: 'mcp.prompt_get',
          // Boundary: the protocol allows strings alone as arguments of prompts.
          run: async () => fixture.get(incoming, incoming.arguments as Record<string, string>),
        },
        incoming,
        (error) => {
          throw protocolFailure(error);
        },
      ),
    complete: async (incoming) => {
      const raw = {
        name,
        eventType: 'mcp.completion' as const,
        run: async () => ({ values: ['paris', 'park', 'party'] }),
      };
      const { values } = await travel<{ values: string[] }>(context, raw, incoming, (error) => {
        throw protocolFailure(error);
      });
      return { values, total: values.length, hasMore: false };
    },
  };
}

async function travel<R extends Result | { values: string[] }>(
  context: FixtureContext,
  raw: Pick<RawDefinition, 'name' | 'eventType' | 'run'>,
  incoming: Incoming,
  onError: (error: Parameters<typeof toolFailure>[0]) => R,
): Promise<R> {
  const road = await context.road();
  const answer = await road.callRaw({ kind: 'raw', limits, ...raw }, context.requestOf(incoming));
  // Boundary: the road hands a fixture's own result back, redacted and otherwise as it was made.
  return answer.kind === 'raw' ? (answer.result as R) : onError(answer.error);
}

import {
  type CallToolResult,
  type CompleteRequest,
  type InputRequiredResult,
  type McpServerFactory,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  Server,
  type ServerCapabilities,
  type ServerContext,
  type ServerOptions,
} from '@modelcontextprotocol/server';
import { toolFailure } from './answers.js';
import type { Incoming, McpParts, McpResource } from './mcp-parts.js';
import { noSchemaValidation } from './no-schema-validation.js';
import { matchUri } from './uri-template.js';

const listHint = { ttlMs: 60_000, cacheScope: 'public' } as const;
const readHint = { ttlMs: 0, cacheScope: 'private' } as const;

/**
 * Makes the protocol's server objects: one for each stdio connection and each modern HTTP request.
 * The SDK's low-level class is used, because its high-level one validates arguments, answers unknown
 * names and passes exceptions on by itself, before and past the one road.
 */
export function createServerFactory(parts: McpParts, track: Track = (call) => call): McpServerFactory {
  const tools = new Map(parts.tools.map((tool) => [tool.descriptor.name, tool]));
  const toolList = { tools: parts.tools.map((tool) => tool.descriptor) };
  const servePrompts = promptsOf(parts, track);
  const options = serverOptions(parts);
  return () => {
    const server = new Server(parts.info, options);
    const incoming: MakeIncoming = (context, args) => ({ server, context, arguments: args });
    server.setRequestHandler('tools/list', () => toolList);
    server.setRequestHandler('tools/call', (request, context) => {
      const { name, arguments: args } = request.params;
      const call = incoming(context, args ?? {});
      return track(tools.get(name)?.call(call) ?? refusedTool(parts, call, name));
    });
    servePrompts(server, incoming);
    serveResources(server, parts, incoming, track);
    if (options.capabilities?.completions) {
      server.setRequestHandler('completion/complete', async (request, context) => ({
        completion: await track(complete(parts, request, incoming(context, request.params.argument))),
      }));
    }
    for (const [method, handler] of Object.entries(parts.fixtures?.methods ?? {})) {
      // Boundary: the names of the protocol's methods are a closed type, and fixtures name theirs as text.
      server.setRequestHandler(method as 'ping', (request, context) =>
        handler(request, incoming(context, request.params)),
      );
    }
    return server;
  };
}

/** Sees every call from its arrival to its end. */
export type Track = <T>(call: Promise<T>) => Promise<T>;

type MakeIncoming = (context: ServerContext, args: unknown) => Incoming;

function serverOptions(parts: McpParts): ServerOptions {
  return {
    capabilities: capabilitiesOf(parts),
    ...(parts.instructions === undefined ? {} : { instructions: parts.instructions }),
    requestState: { verify: parts.requestStates.verify },
    jsonSchemaValidator: noSchemaValidation,
    cacheHints: {
      'server/discover': listHint,
      'tools/list': listHint,
      'prompts/list': listHint,
      'resources/list': readHint,
      'resources/templates/list': listHint,
      'resources/read': readHint,
    },
  };
}

function capabilitiesOf(parts: McpParts): ServerCapabilities {
  const completions = [...parts.prompts, ...parts.resources].some((part) => part.complete !== undefined);
  return {
    // Every server answers every listing: an empty list says more than an unknown method.
    ...{ tools: {}, resources: {}, prompts: {} },
    ...(completions ? { completions: {} } : {}),
    ...parts.fixtures?.capabilities,
  };
}

/** A withheld tool is told why, as a model reads it; a name that does not exist is a protocol error. */
async function refusedTool(parts: McpParts, incoming: Incoming, name: string): Promise<CallToolResult> {
  const { known, error, text } = await parts.refuse(incoming, 'tool', name);
  if (known) return toolFailure(error);
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, text);
}

function promptsOf(parts: McpParts, track: Track): (server: Server, incoming: MakeIncoming) => void {
  const prompts = new Map(parts.prompts.map((prompt) => [prompt.descriptor.name, prompt]));
  const list = { prompts: parts.prompts.map((prompt) => prompt.descriptor) };
  const refused = async (call: Incoming, name: string): Promise<never> => {
    const { text } = await parts.refuse(call, 'prompt', name);
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, text);
  };
  return (server, incoming) => {
    server.setRequestHandler('prompts/list', () => list);
    server.setRequestHandler('prompts/get', (request, context) => {
      const { name, arguments: args } = request.params;
      const call = incoming(context, args ?? {});
      return track(prompts.get(name)?.get(call) ?? refused(call, name));
    });
  };
}

function serveResources(server: Server, parts: McpParts, incoming: MakeIncoming, track: Track): void {
  const { resources } = parts;
  const templates = resources.filter(({ address }) => address.kind === 'template');
  const templateList = {
    resourceTemplates: templates.map(({ address, descriptor }) => ({
      ...descriptor,
      uriTemplate: address.text,
    })),
  };
  server.setRequestHandler('resources/templates/list', () => templateList);
  server.setRequestHandler('resources/list', async (_request, context) => {
    const lists = resources.map((resource) => listOf(resource, incoming(context, {})));
    return { resources: (await track(Promise.all(lists))).flat() };
  });
  server.setRequestHandler('resources/read', (request, context) =>
    track(readResource(parts, request.params.uri, (variables) => incoming(context, variables))),
  );
}

async function readResource(
  parts: McpParts,
  uri: string,
  incoming: (variables: Readonly<Record<string, string>>) => Incoming,
): Promise<ReadResourceResult | InputRequiredResult> {
  for (const resource of parts.resources) {
    const { kind, text } = resource.address;
    const variables = kind === 'fixed' ? (text === uri ? {} : undefined) : matchUri(text, uri);
    if (variables) return resource.read(incoming(variables), uri, variables);
  }
  await parts.refuse(incoming({}), 'resource', uri);
  throw new ResourceNotFoundError(uri);
}

async function listOf(resource: McpResource, incoming: Incoming): Promise<readonly Resource[]> {
  if (resource.address.kind === 'fixed') return [{ ...resource.descriptor, uri: resource.address.text }];
  return (await resource.list?.(incoming)) ?? [];
}

async function complete(parts: McpParts, request: CompleteRequest, incoming: Incoming) {
  const { ref, argument } = request.params;
  const owner =
    ref.type === 'ref/prompt'
      ? parts.prompts.find((prompt) => prompt.descriptor.name === ref.name)
      : parts.resources.find((resource) => resource.address.text === ref.uri);
  if (!owner) {
    const name = ref.type === 'ref/prompt' ? ref.name : ref.uri;
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `There is nothing to complete for ${name.slice(0, 200)}.`,
    );
  }
  const found = await owner.complete?.(incoming, argument.name, argument.value);
  return found ? { values: [...found.values], total: found.total, hasMore: found.hasMore } : { values: [] };
}

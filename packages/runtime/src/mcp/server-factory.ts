import {
  type CompleteRequest,
  type McpServerFactory,
  ProtocolError,
  ProtocolErrorCode,
  type Resource,
  ResourceNotFoundError,
  Server,
  type ServerCapabilities,
  type ServerContext,
} from '@modelcontextprotocol/server';
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
export function createServerFactory(parts: McpParts): McpServerFactory {
  const tools = new Map(parts.tools.map((tool) => [tool.descriptor.name, tool]));
  const prompts = new Map(parts.prompts.map((prompt) => [prompt.descriptor.name, prompt]));
  const toolList = { tools: parts.tools.map((tool) => tool.descriptor) };
  const promptList = { prompts: parts.prompts.map((prompt) => prompt.descriptor) };
  const capabilities = capabilitiesOf(parts);
  return () => {
    const server = new Server(parts.info, {
      capabilities,
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
    });
    const incoming = (context: ServerContext, args: unknown): Incoming => ({
      server,
      context,
      arguments: args,
    });
    server.setRequestHandler('tools/list', () => toolList);
    server.setRequestHandler('tools/call', (request, context) => {
      const { name, arguments: args } = request.params;
      const call = incoming(context, args ?? {});
      return tools.get(name)?.call(call) ?? parts.refuseTool(call, name);
    });
    server.setRequestHandler('prompts/list', () => promptList);
    server.setRequestHandler('prompts/get', (request, context) => {
      const { name, arguments: args } = request.params;
      const prompt = prompts.get(name);
      if (!prompt) throw unknownName('prompt', name, [...prompts.keys()]);
      return prompt.get(incoming(context, args ?? {}));
    });
    serveResources(server, parts.resources, incoming);
    if (capabilities.completions) {
      server.setRequestHandler('completion/complete', async (request, context) => ({
        completion: await complete(parts, request, incoming(context, request.params.argument)),
      }));
    }
    for (const [method, handler] of Object.entries(parts.fixtures?.methods ?? {})) {
      server.setRequestHandler(method as 'ping', (request, context) =>
        handler(request, incoming(context, request.params)),
      );
    }
    return server;
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

function serveResources(
  server: Server,
  resources: readonly McpResource[],
  incoming: (context: ServerContext, args: unknown) => Incoming,
): void {
  const templates = resources.filter(({ address }) => address.kind === 'template');
  const templateList = {
    resourceTemplates: templates.map(({ address, descriptor }) => ({
      ...descriptor,
      uriTemplate: address.text,
    })),
  };
  server.setRequestHandler('resources/templates/list', () => templateList);
  server.setRequestHandler('resources/list', async (_request, context) => {
    const lists = await Promise.all(resources.map((resource) => listOf(resource, incoming(context, {}))));
    return { resources: lists.flat() };
  });
  server.setRequestHandler('resources/read', (request, context) => {
    const { uri } = request.params;
    for (const resource of resources) {
      const { kind, text } = resource.address;
      const variables = kind === 'fixed' ? (text === uri ? {} : undefined) : matchUri(text, uri);
      if (variables) return resource.read(incoming(context, variables), uri, variables);
    }
    throw new ResourceNotFoundError(uri);
  });
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

function unknownName(kind: string, name: string, known: readonly string[]): ProtocolError {
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `There is no ${kind} "${name.slice(0, 100)}"; known: ${known.join(', ')}.`,
  );
}

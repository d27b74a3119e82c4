import { Client, InMemoryTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, type McpServerFactory } from '@modelcontextprotocol/server';

export interface InProcessOptions {
  /** `modern` is 2026-07-28, each request on its own; `legacy` is 2025-11-25 over one connection. */
  readonly era: 'modern' | 'legacy';
  /** Answers what the server asks through a form; absent, the client cannot be asked. */
  readonly onQuestion?: (question: { readonly message: string; readonly fields: readonly string[] }) => {
    readonly action: 'accept' | 'decline' | 'cancel';
    readonly content?: Record<string, string>;
  };
}

export interface ConnectedClient {
  readonly client: Client;
  close(): Promise<void>;
}

/** Connects the official client to a server without sockets or processes. */
export async function connectInProcess(
  factory: McpServerFactory,
  options: InProcessOptions,
): Promise<ConnectedClient> {
  const { era, onQuestion } = options;
  const client = new Client(
    { name: 'in-process', version: '1.0.0' },
    {
      capabilities: onQuestion ? { elicitation: { form: {} } } : {},
      ...(era === 'modern' ? { versionNegotiation: { mode: 'auto' } } : {}),
    },
  );
  if (onQuestion) {
    client.setRequestHandler('elicitation/create', (request) => {
      const { params } = request;
      const fields = 'requestedSchema' in params ? Object.keys(params.requestedSchema.properties) : [];
      return onQuestion({ message: params.message, fields });
    });
  }
  return era === 'modern' ? connectModern(client, factory) : connectLegacy(client, factory);
}

async function connectModern(client: Client, factory: McpServerFactory): Promise<ConnectedClient> {
  const handler = createMcpHandler(factory, { legacy: 'reject' });
  const transport = new StreamableHTTPClientTransport(new URL('http://in-process.local/mcp'), {
    fetch: (url, init) => handler.fetch(new Request(url, init)),
  });
  await client.connect(transport);
  return {
    client,
    close: async () => {
      await client.close();
      await handler.close();
    },
  };
}

async function connectLegacy(client: Client, factory: McpServerFactory): Promise<ConnectedClient> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await (await factory({ era: 'legacy' })).connect(theirs);
  await client.connect(ours);
  return { client, close: () => client.close() };
}

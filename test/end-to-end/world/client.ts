import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { type ServerName, serverProgram } from './programs.js';

export interface Reply {
  readonly isError: boolean;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface OpenClient {
  readonly client: Client;
  readonly pid: number;
  call(tool: string, input: Readonly<Record<string, unknown>>): Promise<Reply>;
  toolNames(): Promise<readonly string[]>;
  /** What the server has written to standard error so far. */
  err(): string;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly args?: readonly string[];
  /** `modern`: the revision of 2026-07-28; `legacy`: 2025-11-25. */
  readonly era?: 'modern' | 'legacy';
  /** Answers questions of the server; without it the client declares no elicitation. */
  readonly answer?: (question: Question) => Answer;
  readonly name?: string;
}

export interface Question {
  readonly message: string;
  readonly fields: readonly string[];
}

export type Answer =
  | { readonly action: 'accept'; readonly text: string }
  | { readonly action: 'decline' | 'cancel' };

/** Starts a built server over stdio, as an editor does. */
export async function openClient(
  server: ServerName,
  config: string,
  options: ClientOptions = {},
): Promise<OpenClient> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [serverProgram(server), '--config', config, ...(options.args ?? [])],
    stderr: 'pipe',
  });
  let err = '';
  transport.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  const client = new Client(
    { name: options.name ?? 'end-to-end', version: '1.0.0' },
    {
      capabilities: options.answer ? { elicitation: {} } : {},
      ...(options.era === 'modern' ? { versionNegotiation: { mode: 'auto' as const } } : {}),
    },
  );
  if (options.answer) answerWith(client, options.answer);
  await client.connect(transport);
  return {
    client,
    pid: transport.pid ?? 0,
    call: (tool, input) => call(client, tool, input),
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    err: () => err,
    close: () => client.close(),
  };
}

/** Opens, works and closes, whatever happens in between. */
export async function withClient<T>(
  server: ServerName,
  config: string,
  options: ClientOptions,
  work: (open: OpenClient) => Promise<T>,
): Promise<T> {
  const open = await openClient(server, config, options);
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

async function call(client: Client, tool: string, input: Readonly<Record<string, unknown>>): Promise<Reply> {
  const result = await client.callTool({ name: tool, arguments: { ...input } }, { timeout: 60_000 });
  const content = Array.isArray(result.content) ? result.content : [];
  return {
    isError: result.isError === true,
    text: content.map((part) => (part.type === 'text' ? part.text : '')).join('\n'),
    // Boundary: structured content is an object by the protocol.
    data: (result.structuredContent ?? {}) as Readonly<Record<string, unknown>>,
  };
}

function answerWith(client: Client, answer: (question: Question) => Answer): void {
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    const schema = 'requestedSchema' in params ? params.requestedSchema : undefined;
    const fields = Object.keys(schema?.properties ?? {});
    const given = answer({ message: params.message, fields });
    if (given.action !== 'accept') return { action: given.action };
    return { action: 'accept', content: Object.fromEntries(fields.map((field) => [field, given.text])) };
  });
}

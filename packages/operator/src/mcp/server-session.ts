import { ToolError } from '@devops-mcp/contract';
import type { Client } from '@modelcontextprotocol/client';
import { type ServerName, serverCommand } from './server-bins.js';

export interface ToolReply {
  readonly isError: boolean;
  readonly text: string;
  readonly structured: Readonly<Record<string, unknown>> | undefined;
}

/** Answers a server's question to the person, as a client does; undefined declares no elicitation. */
export type AnswerQuestion = (message: string) => Promise<{ action: 'accept' | 'decline'; text: string }>;

export interface ServerSession {
  readonly name: ServerName;
  call(tool: string, input: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<ToolReply>;
  toolNames(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
}

export interface SessionOptions {
  /** Path of devops-mcp.yaml. */
  readonly config: string;
  readonly args?: readonly string[];
  readonly clientName?: string;
  readonly answer?: AnswerQuestion;
}

const callTimeoutMs = 120_000;

/** Starts a server over stdio. Rejects with `unavailable` and the server's own last words when it does not start. */
export async function openSession(name: ServerName, options: SessionOptions): Promise<ServerSession> {
  const [{ Client }, { StdioClientTransport }] = await Promise.all([
    import('@modelcontextprotocol/client'),
    import('@modelcontextprotocol/client/stdio'),
  ]);
  const { command, args } = serverCommand(name);
  const transport = new StdioClientTransport({
    command,
    args: [...args, '--config', options.config, ...(options.args ?? [])],
    env: environmentOfChild(),
    stderr: 'pipe',
  });
  const lastWords = keepTail(transport.stderr);
  const client = new Client(
    { name: options.clientName ?? 'devops-mcp', version: '0.1.0' },
    { capabilities: options.answer ? { elicitation: {} } : {} },
  );
  if (options.answer) answerWith(client, options.answer);
  try {
    await client.connect(transport);
  } catch (cause) {
    await client.close().catch(() => undefined);
    throw new ToolError('unavailable', `The ${name} server did not start.`, {
      hint: lastWords() || 'Run it alone to see why.',
      cause,
    });
  }
  return sessionOf(name, client);
}

function sessionOf(name: ServerName, client: Client): ServerSession {
  return {
    name,
    async call(tool, input, options = {}) {
      const reply = await client.callTool(
        { name: tool, arguments: { ...input } },
        {
          timeout: callTimeoutMs,
          ...(options.signal ? { signal: options.signal } : {}),
          ...(options.onProgress
            ? { onprogress: (progress) => progress.message && options.onProgress?.(progress.message) }
            : {}),
        },
      );
      const content = Array.isArray(reply.content) ? reply.content : [];
      return {
        isError: reply.isError === true,
        text: content.map((part) => (part.type === 'text' ? part.text : '')).join('\n'),
        structured: isRecord(reply.structuredContent) ? reply.structuredContent : undefined,
      };
    },
    toolNames: async () => (await client.listTools()).tools.map((tool) => tool.name),
    close: () => client.close(),
  };
}

function answerWith(client: Client, answer: AnswerQuestion): void {
  client.setRequestHandler('elicitation/create', async (request) => {
    const { action, text } = await answer(request.params.message);
    if (action === 'decline') return { action };
    const fields =
      'requestedSchema' in request.params ? Object.keys(request.params.requestedSchema.properties ?? {}) : [];
    return { action, content: Object.fromEntries(fields.map((field) => [field, text])) };
  });
}

/** The child gets the whole environment: credentials are named there by the configuration. */
function environmentOfChild(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function keepTail(stream: unknown): () => string {
  let tail = '';
  if (hasOn(stream)) stream.on('data', (chunk) => (tail = (tail + String(chunk)).slice(-2_000)));
  return () => tail.trim();
}

function hasOn(stream: unknown): stream is { on(event: 'data', listener: (chunk: unknown) => void): void } {
  return typeof stream === 'object' && stream !== null && 'on' in stream;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

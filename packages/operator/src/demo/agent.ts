import type { ServerName } from '../mcp/server-bins.js';
import { openSession, type ServerSession, type ToolReply } from '../mcp/server-session.js';

/** An MCP client as an agent is one: it may ask for anything that the servers publish, and nothing else. */
export interface Agent {
  call(server: ServerName, tool: string, input: Readonly<Record<string, unknown>>): Promise<ToolReply>;
  close(): Promise<void>;
}

export function createAgent(config: string): Agent {
  const sessions = new Map<ServerName, Promise<ServerSession>>();
  const session = (server: ServerName) => {
    const open = sessions.get(server) ?? openSession(server, { config, clientName: 'demo-agent' });
    sessions.set(server, open);
    return open;
  };
  return {
    call: async (server, tool, input) => (await session(server)).call(tool, input),
    close: async () => {
      for (const open of sessions.values()) await (await open).close();
      sessions.clear();
    },
  };
}

/** A field of an answer that must be there for the story to go on. */
export function textField(reply: ToolReply, ...names: readonly string[]): string {
  let value: unknown = reply.structured;
  for (const name of names)
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof value !== 'string')
    throw new Error(`${names.join('.')} is missing from: ${reply.text.slice(0, 600)}`);
  return value;
}

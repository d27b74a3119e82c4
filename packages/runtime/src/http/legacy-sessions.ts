import { randomUUID } from 'node:crypto';
import {
  isInitializeRequest,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';

const mostSessions = 64;
const idleMs = 30 * 60_000;

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  lastUsed: number;
}

export interface LegacySessions {
  handle(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/**
 * Sessions for clients of protocol revisions up to 2025-11-25, which can be asked questions only in
 * one. Their number is capped and idle ones end, since such a client may leave without a word.
 */
export function createLegacySessions(
  factory: McpServerFactory,
  now: () => number = Date.now,
): LegacySessions {
  const sessions = new Map<string, Session>();
  const expire = async () => {
    const idle = [...sessions].filter(([, session]) => now() - session.lastUsed > idleMs);
    await Promise.all(idle.map(([, session]) => session.transport.close()));
  };
  const open = async (request: Request): Promise<Response> => {
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } });
    const body: unknown = await request
      .clone()
      .json()
      .catch(() => undefined);
    if (!isInitializeRequest(body))
      return refusal(400, -32000, 'Begin with initialize, or send the session id.');
    await expire();
    if (sessions.size >= mostSessions)
      return refusal(503, -32000, 'Too many sessions are open; try again later.');
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        sessions.set(id, { transport, lastUsed: now() });
      },
    });
    transport.onclose = () => {
      if (transport.sessionId !== undefined) sessions.delete(transport.sessionId);
    };
    await (await factory({ era: 'legacy', requestInfo: request })).connect(transport);
    return transport.handleRequest(request);
  };
  return {
    handle: async (request) => {
      const id = request.headers.get('mcp-session-id');
      if (id === null) return open(request);
      const session = sessions.get(id);
      if (!session) return refusal(404, -32001, 'There is no such session; begin again with initialize.');
      session.lastUsed = now();
      return session.transport.handleRequest(request);
    },
    close: async () => {
      await Promise.all([...sessions.values()].map((session) => session.transport.close()));
    },
  };
}

function refusal(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}

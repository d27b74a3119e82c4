import type { z } from 'zod';
import { type ServerName, serverNames } from '../mcp/server-bins.js';
import { openSession, type ServerSession, type SessionOptions } from '../mcp/server-session.js';

export interface Unreached {
  readonly server: string;
  readonly reason: string;
}

/** Asks servers in parallel, keeps what they could not say, and never fails as a whole. */
export interface Asker {
  /** Undefined when the server is not there, refuses, or answers in a shape that is not understood. */
  ask<S extends z.ZodType>(
    server: ServerName,
    tool: string,
    input: Readonly<Record<string, unknown>>,
    shape: S,
  ): Promise<z.output<S> | undefined>;
  readonly unreached: readonly Unreached[];
  /** Calls made, for those who pay by the call. */
  readonly calls: () => number;
  close(): Promise<void>;
}

/** Starts the named servers at once; one that does not start is noted and the others go on. */
export async function openAsker(
  options: SessionOptions & {
    readonly servers?: readonly ServerName[];
    readonly onProgress: (message: string) => void;
  },
): Promise<Asker> {
  const unreached: Unreached[] = [];
  const sessions = new Map<ServerName, ServerSession>();
  let calls = 0;
  await Promise.all(
    (options.servers ?? serverNames).map(async (name) => {
      try {
        sessions.set(name, await openSession(name, options));
      } catch (error) {
        unreached.push({ server: name, reason: reasonOf(error) });
      }
    }),
  );
  return {
    unreached,
    calls: () => calls,
    async ask(server, tool, input, shape) {
      const session = sessions.get(server);
      if (!session) return undefined;
      calls += 1;
      try {
        const reply = await session.call(tool, input, {
          onProgress: (message) => options.onProgress(`${server}: ${message}`),
        });
        if (reply.isError) throw new Error(firstLine(reply.text));
        const parsed = shape.safeParse(reply.structured);
        if (!parsed.success) throw new Error('it answered in a shape that this version does not know');
        return parsed.data;
      } catch (error) {
        unreached.push({ server: `${server} ${tool}`, reason: reasonOf(error) });
        return undefined;
      }
    },
    close: async () => {
      await Promise.all([...sessions.values()].map((session) => session.close()));
    },
  };
}

function reasonOf(error: unknown): string {
  const hint =
    error instanceof Error && 'hint' in error && typeof error.hint === 'string'
      ? ` ${firstLine(error.hint)}`
      : '';
  return error instanceof Error ? `${firstLine(error.message)}${hint}` : 'unknown';
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 300);
}

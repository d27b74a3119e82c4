import { z } from 'zod';
import { type ServerName, serverNames } from '../mcp/server-bins.js';
import { openSession, type ServerSession, type SessionOptions } from '../mcp/server-session.js';

export interface Unreached {
  readonly server: string;
  readonly reason: string;
}

/** One call, or the start of a server (`tool` null), and what it took. */
export interface CallTime {
  readonly server: ServerName;
  readonly tool: string | null;
  readonly ms: number;
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
  /** In the order of their ends. */
  readonly times: readonly CallTime[];
  close(): Promise<void>;
}

export type OpenServer = (name: ServerName, options: SessionOptions) => Promise<ServerSession>;

/**
 * Starts the named servers at once; one that does not start is noted and the others go on. Nobody waits
 * for the slowest: a call waits for its own server only.
 */
export function openAsker(
  options: SessionOptions & {
    readonly servers?: readonly ServerName[];
    readonly onProgress: (message: string) => void;
    /** For tests and for servers that are reached otherwise. */
    readonly open?: OpenServer;
  },
): Asker {
  const unreached: Unreached[] = [];
  const times: CallTime[] = [];
  const timed = async <T>(server: ServerName, tool: string | null, work: Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await work;
    } finally {
      times.push({ server, tool, ms: Math.round(performance.now() - start) });
    }
  };
  const start = async (name: ServerName): Promise<ServerSession | undefined> => {
    try {
      return await timed(name, null, (options.open ?? openSession)(name, options));
    } catch (error) {
      unreached.push({ server: name, reason: reasonOf(error) });
      return undefined;
    }
  };
  const sessions = new Map((options.servers ?? serverNames).map((name) => [name, start(name)]));
  return {
    unreached,
    times,
    async ask(server, tool, input, shape) {
      const session = await sessions.get(server);
      if (!session) return undefined;
      try {
        const onProgress = (message: string) => options.onProgress(`${server}: ${message}`);
        const reply = await timed(server, tool, session.call(tool, input, { onProgress }));
        if (reply.isError) throw new Error(firstLine(reply.text));
        const parsed = shape.safeParse(reply.structured);
        for (const part of partsMissing(reply.structured))
          unreached.push({ server: `${server} ${tool}`, ...part });
        if (!parsed.success) throw new Error('it answered in a shape that this version does not know');
        return parsed.data;
      } catch (error) {
        unreached.push({ server: `${server} ${tool}`, reason: reasonOf(error) });
        return undefined;
      }
    },
    close: async () => {
      const open = await Promise.all(sessions.values());
      await Promise.allSettled(open.map((session) => session?.close()));
    },
  };
}

const partial = z.object({
  partial: z.array(z.object({ backend: z.string(), reason: z.string() })).catch([]),
});

/** An answer that came without one of its sources says so; so does the brief. */
function partsMissing(structured: unknown): readonly { readonly reason: string }[] {
  const parsed = partial.safeParse(structured);
  if (!parsed.success) return [];
  return parsed.data.partial.map(({ backend, reason }) => ({
    reason: `without ${backend}: ${firstLine(reason)}`,
  }));
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

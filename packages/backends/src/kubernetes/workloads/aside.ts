import { type PartialFailure, ToolError } from '@devops-mcp/contract';

/**
 * Facts beside the main ones, of which any may be missing: what cannot be read becomes a part of the
 * answer instead of its failure. Each kind is told of once.
 */
export interface Aside {
  ask<T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T>;
  readonly partial: () => readonly PartialFailure[];
}

export function aside(signal: AbortSignal): Aside {
  const missing = new Map<string, string>();
  return {
    async ask(what, read, otherwise) {
      try {
        return await read();
      } catch (error) {
        if (signal.aborted || !(error instanceof ToolError)) throw error;
        const hint = error.hint === undefined ? '' : ` ${error.hint}`;
        missing.set(what, `${what} could not be read: ${error.message}${hint}`);
        return otherwise;
      }
    },
    partial: () => [...missing.values()].map((reason) => ({ backend: 'kubernetes', reason })),
  };
}

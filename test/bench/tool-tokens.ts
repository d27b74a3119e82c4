import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { countTokens } from './count-tokens.js';

/** What a server's tools take of a model's context before anything was asked. */
export interface ServerTokens {
  readonly server: string;
  readonly tools: readonly ToolTokens[];
}

export interface ToolTokens {
  readonly tool: string;
  /** Name, title, description and input schema: what a client shows to its model. */
  readonly shown: number;
  readonly outputSchema: number;
}

/** Aims of the issue, in tokens of name, title, description and input schema. */
export const tokenBudgets = { average: 250, largest: 400, server: 4_000 } as const;

interface Described {
  readonly server: { readonly name: string };
  readonly tools: readonly {
    readonly name: string;
    readonly title: string;
    readonly description: string;
    readonly inputSchema: unknown;
    readonly outputSchema: unknown;
  }[];
}

/** Asks a built server's program to describe itself. */
export async function toolTokensOf(program: string): Promise<ServerTokens> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--describe'], {
    maxBuffer: 16_000_000,
  });
  const { server, tools }: Described = JSON.parse(stdout);
  return {
    server: server.name,
    tools: tools.map(({ name, title, description, inputSchema, outputSchema }) => ({
      tool: name,
      shown: countTokens({ name, title, description, inputSchema }),
      outputSchema: countTokens(outputSchema),
    })),
  };
}

export function averageShown({ tools }: ServerTokens): number {
  return totalShown({ tools }) / tools.length;
}

export function totalShown({ tools }: Pick<ServerTokens, 'tools'>): number {
  return tools.reduce((sum, { shown }) => sum + shown, 0);
}

import type { InputSchema, OutputSchema, PortSet, ReadPorts, ToolDefinition } from '@devops-mcp/contract';
import type { z } from 'zod';

export interface ToolAnswer<O extends OutputSchema> {
  readonly answer: z.output<O>;
  /** The rendering. */
  readonly text: string;
}

/**
 * Runs a tool as the road would, without the road: strict input, ports, checked output, rendering.
 * Rejects when the tool gives a field that its output schema does not declare, which clients refuse.
 */
export async function callTool<I extends InputSchema, O extends OutputSchema, P extends PortSet>(
  tool: ToolDefinition<I, O, P>,
  input: z.input<I>,
  ports: ReadPorts<P>,
  circumstances: { readonly now: Date; readonly signal?: AbortSignal },
): Promise<ToolAnswer<O>> {
  const given = await tool.run({
    input: tool.input.parse(input),
    ports,
    signal: circumstances.signal ?? new AbortController().signal,
    progress: () => {},
    now: circumstances.now,
  });
  const sent: unknown = JSON.parse(JSON.stringify(given));
  const answer = tool.output.parse(sent);
  if (JSON.stringify(sorted(answer)) !== JSON.stringify(sorted(sent)))
    throw new Error(`${tool.name} gives fields that its output schema does not declare`);
  return { answer, text: tool.render(answer) };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries: readonly [string, unknown][] = Object.entries(value);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  );
}

import { type AnyTool, defineTool, ToolError } from '@devops-mcp/contract';
import type { PublicError } from '@devops-mcp/governance';
import { z } from 'zod';
import type { Selection } from '../surface/narrowing.js';
import type { PartsContext } from './definition-parts.js';
import type { Incoming, Refusal, RefusedKind } from './mcp-parts.js';

/**
 * What is not served is refused on the road too, so that the attempt is on record: names that do not
 * exist, and tools that were withheld by flags, pins, readiness or transport.
 */
export async function refuse(
  incoming: Incoming,
  kind: RefusedKind,
  name: string,
  selection: Selection,
  context: PartsContext,
): Promise<Refusal> {
  const why = kind === 'tool' ? selection.withheld.get(name) : undefined;
  const shown = name.slice(0, 200);
  const message =
    why === undefined ? `There is no ${kind} "${shown}" here.` : `"${shown}" is not served: ${why}.`;
  const hint =
    kind === 'tool'
      ? `Served: ${selection.served.map((tool) => tool.name).join(', ') || 'none'}.`
      : `Ask for the list of ${kind}s.`;
  const error = await recorded(incoming, shown, new ToolError('denied', message, { hint }), context);
  return { known: why !== undefined, error, text: `${message} ${hint}` };
}

async function recorded(
  incoming: Incoming,
  name: string,
  reason: ToolError,
  context: PartsContext,
): Promise<PublicError> {
  const request = { ...context.requestOf(incoming), arguments: {} };
  const answer = await (await context.road()).callTool(refusedTool(name, reason), request);
  if (answer.kind !== 'error') throw new Error('a refused call gave an answer');
  return answer.error;
}

function refusedTool(name: string, reason: ToolError): AnyTool {
  return defineTool({
    ...{ name, title: name, description: '', riskTier: 1, ports: {} },
    input: z.strictObject({}),
    output: z.object({}),
    limits: { timeoutMs: 1_000, outputBytes: 1_000 },
    target: () => {
      throw reason;
    },
    run: () => Promise.reject(reason),
    render: () => '',
  });
}

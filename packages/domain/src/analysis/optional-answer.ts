import { type CallContext, type PartialFailure, ToolError } from '@devops-mcp/contract';
import type { Answer } from '../answer.js';
import { portSetting } from './port-setting.js';

export interface OptionalQuestion<P> {
  /** The port as the tool received it: undefined when none is configured. */
  readonly port: P | undefined;
  /** The port's key in the configuration. */
  readonly name: string;
  readonly environment: string;
  /** What an answer lacks without it: `deployment markers`. */
  readonly adds: string;
}

export interface OptionalAnswer<T> {
  readonly data: T | undefined;
  readonly partial: readonly PartialFailure[];
  readonly hints: readonly string[];
}

/**
 * Asks a port that enriches an answer. Absent, it gives a hint that names the setting where
 * there is one; failing, a partial failure in our own words; neither fails the call. A cancelled call stays cancelled.
 */
export async function optionalAnswer<P, T>(
  question: OptionalQuestion<P>,
  context: CallContext,
  ask: (port: P) => Promise<Answer<T>>,
): Promise<OptionalAnswer<T>> {
  const { port, name, environment, adds } = question;
  if (port === undefined) {
    const setting = portSetting(name, environment);
    const remedy = setting === undefined ? '' : `; set ${setting} in devops-mcp.yaml`;
    const hint = `No ${adds}: the ${name} port is not ${setting === undefined ? 'available here' : 'configured'}${remedy}.`;
    return { data: undefined, partial: [], hints: [hint] };
  }
  try {
    const answer = await ask(port);
    return { data: answer.data, partial: answer.partial ?? [], hints: answer.hints ?? [] };
  } catch (error) {
    if (context.signal.aborted) throw error;
    // The message of a ToolError is ours by its contract; anything else may be upstream text.
    const why =
      error instanceof ToolError ? `${error.code}: ${error.message}` : 'internal: it failed unexpectedly';
    return { data: undefined, partial: [{ backend: name, reason: `No ${adds}. ${why}` }], hints: [] };
  }
}

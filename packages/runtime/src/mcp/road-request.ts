import type {
  ClientConfirmation,
  ConfirmationState,
  RandomSource,
  RoadRequest,
} from '@devops-mcp/governance';
import { inputResponse } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Incoming } from './mcp-parts.js';
import { progressTo } from './progress.js';
import { callerOf, canAskByForm, type Identify, traceOf } from './request-facts.js';

/** The key under which our one question travels. */
export const questionKey = 'confirm';

export type MakeRoadRequest = (incoming: Incoming) => RoadRequest;

export function roadRequests(identify: Identify, random: RandomSource): MakeRoadRequest {
  return (incoming) => {
    const { server, context } = incoming;
    return {
      caller: callerOf(identify, server, context),
      arguments: incoming.arguments,
      signal: context.mcpReq.signal,
      progress: progressTo(context),
      trace: traceOf(context, random),
      confirmation: confirmationOf(incoming),
    };
  };
}

const confirmationState = z.object({
  proposalId: z.string(),
  bindingDigest: z.string(),
  subject: z.string(),
  nonce: z.string(),
  expires: z.string(),
}) satisfies z.ZodType<ConfirmationState>;

/**
 * An answer counts only beside a state that this server signed in an earlier round; a client can put
 * answers into its first call, and those prove nothing.
 */
function confirmationOf({ server, context }: Incoming): ClientConfirmation {
  const available = canAskByForm(server, context);
  const state = confirmationState.safeParse(context.mcpReq.requestState());
  const response = inputResponse(context.mcpReq.inputResponses, questionKey);
  if (!state.success || response.kind !== 'elicit') return { available };
  const values: unknown = Object.values(response.content ?? {})[0];
  const text = typeof values === 'string' ? values : null;
  return { available, answer: { state: state.data, action: response.action, text } };
}

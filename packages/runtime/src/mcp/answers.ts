import type { PublicError, RoadAnswer } from '@devops-mcp/governance';
import {
  type CallToolResult,
  type InputRequiredResult,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Incoming } from './mcp-parts.js';
import { metaKeys } from './naming.js';
import type { RequestStates } from './request-state.js';
import { questionKey } from './road-request.js';

/** The road's answer to a tool call as the protocol's result. */
export async function toolResult(
  answer: RoadAnswer,
  incoming: Incoming,
  states: RequestStates,
): Promise<CallToolResult | InputRequiredResult> {
  switch (answer.kind) {
    case 'answer':
      return { content: [{ type: 'text', text: answer.text }], structuredContent: { ...answer.structured } };
    case 'error':
      return toolFailure(answer.error);
    case 'confirm':
      return inputRequired({
        inputRequests: { [questionKey]: question(answer) },
        requestState: await states.mint(answer.state, incoming.context),
      });
  }
}

/**
 * An error that the model reads. Clients check `structuredContent` against the output schema even of
 * an error, so that its facts for programs travel in `_meta`.
 */
export function toolFailure(error: PublicError): CallToolResult {
  return {
    content: [{ type: 'text', text: errorText(error) }],
    isError: true,
    _meta: { [metaKeys.error]: error },
  };
}

/** The same for resources, prompts and completions, which have protocol errors alone. */
export function protocolFailure(
  error: PublicError,
  data: Readonly<Record<string, unknown>> = {},
): ProtocolError {
  const ours = error.code === 'invalid_input' || error.code === 'not_found';
  const code = ours ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
  return new ProtocolError(code, errorText(error), { ...data, [metaKeys.error]: error });
}

function errorText(error: PublicError): string {
  const lines = [error.message];
  if (error.hint !== null) lines.push(error.hint);
  if (error.retryAfterSeconds !== null) lines.push(`Try again in ${error.retryAfterSeconds} s.`);
  else if (error.retryable) lines.push('The same call may succeed later.');
  lines.push(`(${error.code}, record ${error.id})`);
  return lines.join('\n');
}

function question(answer: Extract<RoadAnswer, { kind: 'confirm' }>) {
  return inputRequired.elicit({
    message: answer.message,
    requestedSchema: {
      type: 'object',
      properties: { [answer.field]: { type: 'string', title: answer.field, maxLength: 500 } },
      required: [answer.field],
    },
  });
}

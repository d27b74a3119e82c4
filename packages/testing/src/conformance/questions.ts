import { type ElicitRequestFormParams, inputRequired, inputResponse } from '@modelcontextprotocol/server';
import { text } from './content.js';

export type Form = ElicitRequestFormParams['requestedSchema'];

/** Asks the client's model for a completion, then answers with it. */
export function afterSampling(responses: Parameters<typeof inputResponse>[0], key: string, prompt: string) {
  const answer = inputResponse(responses, key);
  if (answer.kind !== 'sampling') {
    return inputRequired({
      inputRequests: { [key]: inputRequired.createMessage({ messages: [said(prompt)], maxTokens: 100 }) },
    });
  }
  return text(`LLM response: ${JSON.stringify(answer.result.content)}`);
}

export function ask(message: string, requestedSchema: Form) {
  return inputRequired.elicit({ message, requestedSchema });
}

export function said(value: string) {
  return { role: 'user' as const, content: { type: 'text' as const, text: value } };
}

export function oneField(name: string, type: 'string' | 'boolean'): Form {
  const property: Form['properties'][string] = type === 'string' ? { type: 'string' } : { type: 'boolean' };
  return { type: 'object', properties: { [name]: property }, required: [name] };
}

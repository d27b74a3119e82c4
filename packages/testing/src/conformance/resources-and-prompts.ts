import { acceptedContent, inputRequired } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { onePixel } from './content.js';
import type { FixturePrompt, FixtureResource } from './fixture.js';

/** Resources of the conformance suite. */
export const fixtureResources: readonly FixtureResource[] = [
  {
    address: { kind: 'fixed', text: 'test://static-text' },
    name: 'static-text',
    mimeType: 'text/plain',
    read: (uri) => ({
      contents: [{ uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
    }),
  },
  {
    address: { kind: 'fixed', text: 'test://static-binary' },
    name: 'static-binary',
    mimeType: 'image/png',
    read: (uri) => ({ contents: [{ uri, mimeType: 'image/png', blob: onePixel }] }),
  },
  {
    address: { kind: 'fixed', text: 'test://watched-resource' },
    name: 'watched-resource',
    mimeType: 'text/plain',
    read: (uri) => ({ contents: [{ uri, mimeType: 'text/plain', text: 'Nothing has happened yet.' }] }),
  },
  {
    address: { kind: 'template', text: 'test://template/{id}/data' },
    name: 'template-data',
    mimeType: 'application/json',
    read: (uri, { id }) => ({
      contents: [
        {
          uri,
          mimeType: 'application/json',
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
        },
      ],
    }),
  },
];

/** Prompts of the conformance suite. */
export const fixturePrompts: readonly FixturePrompt[] = [
  {
    name: 'test_simple_prompt',
    description: 'A prompt without arguments',
    get: () => ({ messages: [said('This is a simple prompt for testing.')] }),
  },
  {
    name: 'test_prompt_with_arguments',
    description: 'A prompt with two arguments',
    arguments: ['arg1', 'arg2'],
    get: (_, { arg1, arg2 }) => ({
      messages: [said(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
    }),
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'A prompt that carries a resource',
    arguments: ['resourceUri'],
    get: (_, { resourceUri = '' }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: {
              uri: resourceUri,
              mimeType: 'text/plain',
              text: 'Embedded resource content for testing.',
            },
          },
        },
        said('Please process the embedded resource above.'),
      ],
    }),
  },
  {
    name: 'test_prompt_with_image',
    description: 'A prompt that carries an image',
    get: () => ({
      messages: [
        { role: 'user', content: { type: 'image', data: onePixel, mimeType: 'image/png' } },
        said('Please analyze the image above.'),
      ],
    }),
  },
  {
    name: 'test_input_required_result_prompt',
    description: 'A prompt that asks for its context',
    get({ context }) {
      const answer = acceptedContent(
        context.mcpReq.inputResponses,
        'user_context',
        z.object({ context: z.string() }),
      );
      if (answer) return { messages: [said(`Context: ${answer.context}`)] };
      return inputRequired({
        inputRequests: {
          user_context: inputRequired.elicit({
            message: 'What context should the prompt use?',
            requestedSchema: {
              type: 'object',
              properties: { context: { type: 'string' } },
              required: ['context'],
            },
          }),
        },
      });
    },
  },
];

function said(text: string) {
  return { role: 'user' as const, content: { type: 'text' as const, text } };
}

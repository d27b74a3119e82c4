import { inputRequired, inputResponse } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { text } from './content.js';
import type { FixtureTool } from './fixture.js';
import { afterSampling, ask, type Form } from './questions.js';

const userForm: Form = {
  type: 'object',
  properties: {
    username: { type: 'string', description: "User's response" },
    email: { type: 'string', description: "User's email address" },
  },
  required: ['username', 'email'],
};

/** Tools that both protocol eras know, the older one through requests of the server to the client. */
export const formTools: readonly FixtureTool[] = [
  {
    name: 'test_sampling',
    description: 'Passes a prompt to the client',
    properties: { prompt: { type: 'string', description: 'The prompt' } },
    run: ({ context, arguments: args }) =>
      afterSampling(
        context.mcpReq.inputResponses,
        'sample',
        z.object({ prompt: z.string() }).parse(args).prompt,
      ),
  },
  {
    name: 'test_elicitation',
    description: 'Asks for a name and an address',
    properties: { message: { type: 'string', description: 'What to ask' } },
    run({ context, arguments: args }) {
      const answer = inputResponse(context.mcpReq.inputResponses, 'user');
      if (answer.kind === 'elicit') {
        return text(
          `User response: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`,
        );
      }
      const { message } = z.object({ message: z.string() }).parse(args);
      return inputRequired({ inputRequests: { user: ask(message, userForm) } });
    },
  },
  formTool('test_elicitation_sep1034_defaults', 'Please check the values', {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  }),
  formTool('test_elicitation_sep1330_enums', 'Please choose', {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: { type: 'string', oneOf: titled('value', 'Option') },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: { type: 'array', items: { anyOf: titled('value', 'Choice') } },
  }),
];

function formTool(name: string, message: string, properties: Form['properties']): FixtureTool {
  return {
    name,
    description: 'Asks through a form',
    run({ context }) {
      const answer = inputResponse(context.mcpReq.inputResponses, 'form');
      if (answer.kind === 'elicit') {
        return text(
          `Elicitation completed: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`,
        );
      }
      return inputRequired({
        inputRequests: { form: ask(message, { type: 'object', properties, required: [] }) },
      });
    },
  };
}

function titled(value: string, title: string) {
  return ['First', 'Second', 'Third'].map((order, index) => ({
    const: `${value}${index + 1}`,
    title: `${order} ${title}`,
  }));
}

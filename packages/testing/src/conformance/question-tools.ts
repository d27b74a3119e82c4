import type { RequestStates } from '@devops-mcp/runtime/protocol';
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type ElicitRequestFormParams,
  type InputRequests,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { text } from './content.js';
import type { FixtureTool } from './fixture.js';

type Form = ElicitRequestFormParams['requestedSchema'];

const nameForm = oneField('name', 'string');
const named = z.object({ name: z.string() });

/** Tools of the conformance suite that ask the client something first. */
export function questionTools(states: RequestStates): readonly FixtureTool[] {
  return [
    ...legacyQuestions,
    elicitation,
    sampling,
    listRoots,
    multipleInputs(states),
    multiRound(states),
    withState('test_input_required_result_request_state', states),
    withState('test_input_required_result_tampered_state', states),
    {
      name: 'test_missing_capability',
      description: 'Asks for sampling without looking whether the client can',
      run: ({ context }) => afterSampling(context.mcpReq.inputResponses, 'sample', 'Say something'),
    },
    { ...elicitation, name: 'test_streaming_elicitation' },
    capabilities,
  ];
}

const elicitation: FixtureTool = {
  name: 'test_input_required_result_elicitation',
  description: 'Asks for a name',
  run({ context }) {
    const answer = acceptedContent(context.mcpReq.inputResponses, 'user_name', named);
    if (answer) return text(`Hello, ${answer.name}!`);
    return inputRequired({ inputRequests: { user_name: ask('What is your name?', nameForm) } });
  },
};

const sampling: FixtureTool = {
  name: 'test_input_required_result_sampling',
  description: 'Asks the client for a completion',
  run: ({ context }) =>
    afterSampling(context.mcpReq.inputResponses, 'capital_question', 'What is the capital of France?'),
};

const listRoots: FixtureTool = {
  name: 'test_input_required_result_list_roots',
  description: 'Asks for the client roots',
  run({ context }) {
    const answer = inputResponse(context.mcpReq.inputResponses, 'client_roots');
    if (answer.kind !== 'roots')
      return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    return text(`Roots: ${answer.roots.map((root) => root.uri).join(', ')}`);
  },
};

const capabilities: FixtureTool = {
  name: 'test_input_required_result_capabilities',
  description: 'Asks only for what the client can do',
  run({ context }) {
    // Boundary: the protocol layer has checked the envelope's shape.
    const envelope = context.mcpReq.envelope as Readonly<Record<string, ClientCapabilities>> | undefined;
    const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? {};
    const inputRequests: InputRequests = {
      ...(declared.sampling
        ? { sample: inputRequired.createMessage({ messages: [said('Say something')], maxTokens: 50 }) }
        : {}),
      ...(declared.elicitation ? { user_name: ask('What is your name?', nameForm) } : {}),
      ...(declared.roots ? { client_roots: inputRequired.listRoots() } : {}),
    };
    const answered = Object.keys(context.mcpReq.inputResponses ?? {}).length > 0;
    if (answered || Object.keys(inputRequests).length === 0) return text('Nothing to ask.');
    return inputRequired({ inputRequests });
  },
};

const legacyQuestions: readonly FixtureTool[] = [
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

const userForm: Form = {
  type: 'object',
  properties: {
    username: { type: 'string', description: "User's response" },
    email: { type: 'string', description: "User's email address" },
  },
  required: ['username', 'email'],
};

function multipleInputs(states: RequestStates): FixtureTool {
  return {
    name: 'test_input_required_result_multiple_inputs',
    description: 'Asks three things at once',
    async run({ context }) {
      const responses = context.mcpReq.inputResponses;
      const answer = acceptedContent(responses, 'user_name', named);
      const greeting = inputResponse(responses, 'greeting');
      const roots = inputResponse(responses, 'client_roots');
      if (answer && greeting.kind === 'sampling' && roots.kind === 'roots') {
        return text(`Hello, ${answer.name}; ${roots.roots.length} roots.`);
      }
      return inputRequired({
        inputRequests: {
          user_name: ask('What is your name?', nameForm),
          greeting: inputRequired.createMessage({ messages: [said('Generate a greeting')], maxTokens: 50 }),
          client_roots: inputRequired.listRoots(),
        },
        requestState: await states.mint({ asked: 'everything' }, context),
      });
    },
  };
}

function multiRound(states: RequestStates): FixtureTool {
  const state = z.object({ name: z.string() });
  return {
    name: 'test_input_required_result_multi_round',
    description: 'Asks two things, one after the other',
    async run({ context }) {
      const responses = context.mcpReq.inputResponses;
      const first = state.safeParse(context.mcpReq.requestState());
      const color = acceptedContent(responses, 'step2', z.object({ color: z.string() }));
      if (first.success && color) return text(`${first.data.name} likes ${color.color}.`);
      const name = acceptedContent(responses, 'step1', named);
      if (name) {
        return inputRequired({
          inputRequests: { step2: ask('Step 2: What is your favorite color?', oneField('color', 'string')) },
          requestState: await states.mint({ name: name.name }, context),
        });
      }
      return inputRequired({
        inputRequests: { step1: ask('Step 1: What is your name?', nameForm) },
        requestState: await states.mint({ step: 1 }, context),
      });
    },
  };
}

function withState(name: string, states: RequestStates): FixtureTool {
  const expected = z.object({ tool: z.literal(name) });
  return {
    name,
    description: 'Asks once and checks the state that comes back',
    async run({ context }) {
      const answer = acceptedContent(context.mcpReq.inputResponses, 'confirm', z.object({ ok: z.boolean() }));
      if (answer && expected.safeParse(context.mcpReq.requestState()).success) return text('state-ok');
      return inputRequired({
        inputRequests: { confirm: ask('Please confirm', oneField('ok', 'boolean')) },
        requestState: await states.mint({ tool: name }, context),
      });
    },
  };
}

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

function afterSampling(responses: Parameters<typeof inputResponse>[0], key: string, prompt: string) {
  const answer = inputResponse(responses, key);
  if (answer.kind !== 'sampling') {
    return inputRequired({
      inputRequests: { [key]: inputRequired.createMessage({ messages: [said(prompt)], maxTokens: 100 }) },
    });
  }
  return text(`LLM response: ${JSON.stringify(answer.result.content)}`);
}

function ask(message: string, requestedSchema: Form) {
  return inputRequired.elicit({ message, requestedSchema });
}

function said(value: string) {
  return { role: 'user' as const, content: { type: 'text' as const, text: value } };
}

function oneField(name: string, type: 'string' | 'boolean'): Form {
  const property: Form['properties'][string] = type === 'string' ? { type: 'string' } : { type: 'boolean' };
  return { type: 'object', properties: { [name]: property }, required: [name] };
}

function titled(value: string, title: string) {
  return ['First', 'Second', 'Third'].map((order, index) => ({
    const: `${value}${index + 1}`,
    title: `${order} ${title}`,
  }));
}

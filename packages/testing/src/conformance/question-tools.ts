import type { RequestStates } from '@devops-mcp/runtime/protocol';
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequests,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { text } from './content.js';
import type { FixtureTool } from './fixture.js';
import { formTools } from './form-tools.js';
import { afterSampling, ask, oneField, said } from './questions.js';

const nameForm = oneField('name', 'string');
const named = z.object({ name: z.string() });

/** Tools of the conformance suite that ask the client something first. */
export function questionTools(states: RequestStates): readonly FixtureTool[] {
  return [
    ...formTools,
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

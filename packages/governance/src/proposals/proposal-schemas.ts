import type { AnyAction } from '@devops-mcp/contract';
import { z } from 'zod';
import { proposalStates } from '../model.js';

const proposalIdInput = z
  .string()
  .regex(/^prop_[0-9a-f]{26}$/)
  .describe('As given by a propose tool');

/** What every propose tool takes beside the action's own input. */
const askingShape = {
  reason: z.string().trim().min(3).max(500).describe("Why, in the user's words; kept in the audit record"),
  changeRef: z
    .string()
    .trim()
    .min(1)
    .max(400)
    .optional()
    .describe('Ticket, issue, incident id or alert address'),
};

const inputs = new WeakMap<AnyAction, z.ZodObject>();

/** The input of `propose_<action>`. Throws `TypeError` for an action that takes these names itself. */
export function proposalInput(action: AnyAction): z.ZodObject {
  const known = inputs.get(action);
  if (known !== undefined) return known;
  const taken = Object.keys(askingShape).filter((key) => key in action.input.shape);
  if (taken.length > 0) throw new TypeError(`${action.name}: ${taken.join(', ')} are names of the road`);
  const input: z.ZodObject = z.strictObject({ ...action.input.shape, ...askingShape });
  inputs.set(action, input);
  return input;
}

export const shownStates = [...proposalStates, 'awaiting_executor'] as const;
export type ShownState = (typeof shownStates)[number];

const outcome = z.object({
  summary: z.string(),
  artifactRef: z.string().nullable(),
  verified: z.boolean(),
  error: z.string().optional(),
});

/** What the propose tools, `execute_proposal`, `get_proposal` and `cancel_proposal` answer. */
export const proposalOutput = z.object({
  proposalId: z.string(),
  state: z.enum(shownStates),
  /** Whose move it is, and what that move is. */
  next: z.string(),
  action: z.string(),
  environment: z.string(),
  tier: z.number(),
  bindingDigest: z.string(),
  expires: z.string(),
  required: z.array(z.object({ name: z.string(), met: z.boolean(), how: z.string() })).optional(),
  rendering: z.string().optional(),
  outcome: outcome.optional(),
});
export type ProposalAnswer = z.output<typeof proposalOutput>;

export const proposalListOutput = z.object({
  proposals: z.array(
    z.object({
      proposalId: z.string(),
      state: z.enum(shownStates),
      action: z.string(),
      environment: z.string(),
      summary: z.string(),
      expires: z.string(),
    }),
  ),
  more: z.boolean(),
});

const one = z.strictObject({ proposalId: proposalIdInput });

/** The four tools that every server with actions publishes beside its `propose_*` tools. */
export const proposalTools = {
  execute_proposal: {
    name: 'execute_proposal',
    title: 'Execute a proposal',
    description:
      'Asks for the confirmation a proposal still needs and applies it when nothing is missing. Answers whose move it is otherwise.',
    input: one,
    output: proposalOutput,
    readOnly: false,
  },
  get_proposal: {
    name: 'get_proposal',
    title: 'Get a proposal',
    description: 'State, rendering and outcome of one proposal.',
    input: one,
    output: proposalOutput,
    readOnly: true,
  },
  list_proposals: {
    name: 'list_proposals',
    title: 'List proposals',
    description: "The caller's proposals to this server, newest first.",
    input: z.strictObject({
      states: z.array(z.enum(proposalStates)).min(1).max(proposalStates.length).optional(),
      limit: z.number().int().min(1).max(50).default(20),
    }),
    output: proposalListOutput,
    readOnly: true,
  },
  cancel_proposal: {
    name: 'cancel_proposal',
    title: 'Cancel a proposal',
    description: 'Withdraws a proposal that has not been applied.',
    input: one,
    output: proposalOutput,
    readOnly: false,
  },
} as const;

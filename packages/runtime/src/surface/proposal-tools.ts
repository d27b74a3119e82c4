import type { AnyAction } from '@devops-mcp/contract';
import { proposalTools as operations, proposalInput, proposalOutput } from '@devops-mcp/governance';
import { jsonSchemaOf } from './json-schema-of.js';
import { leavesTheSuite, type ProposalOperation, type PublishedTool, published } from './published-tool.js';

/** An action as clients see it: a call that plans and stores a proposal, and changes nothing outside. */
export function proposeTool(action: AnyAction): PublishedTool {
  return published({
    name: `propose_${action.name}`,
    title: action.title,
    description: action.description,
    riskTier: action.riskTier,
    inputSchema: jsonSchemaOf(proposalInput(action), 'input'),
    outputSchema: jsonSchemaOf(proposalOutput, 'output'),
    annotations: {
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: false,
      openWorldHint: leavesTheSuite(action.ports),
    },
    origin: { kind: 'action', action },
  });
}

/** The tools with which a caller follows its proposals; published beside actions alone. */
export function proposalTools(actions: readonly AnyAction[]): readonly PublishedTool[] {
  const highest = actions.reduce(
    (tier, { riskTier }) => (riskTier > tier ? riskTier : tier),
    actions[0]?.riskTier ?? 2,
  );
  return [
    operation('execute', operations.execute_proposal, {
      riskTier: highest,
      destructiveHint: true,
      openWorldHint: actions.some(({ ports }) => leavesTheSuite(ports)),
    }),
    operation('get', operations.get_proposal),
    operation('list', operations.list_proposals),
    operation('cancel', operations.cancel_proposal),
  ];
}

type Operation = (typeof operations)[keyof typeof operations];

function operation(
  name: ProposalOperation,
  facts: Operation,
  more: Partial<Pick<PublishedTool, 'riskTier'>> & {
    destructiveHint?: boolean;
    openWorldHint?: boolean;
  } = {},
): PublishedTool {
  return published({
    name: facts.name,
    title: facts.title,
    description: facts.description,
    riskTier: more.riskTier ?? 1,
    inputSchema: jsonSchemaOf(facts.input, 'input'),
    outputSchema: jsonSchemaOf(facts.output, 'output'),
    annotations: {
      readOnlyHint: facts.readOnly,
      destructiveHint: more.destructiveHint ?? false,
      // A proposal is applied or cancelled once, however often it is asked for.
      idempotentHint: true,
      openWorldHint: more.openWorldHint ?? false,
    },
    origin: { kind: 'proposal', operation: name },
  });
}

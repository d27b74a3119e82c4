import type { CallToolResult, InputRequiredResult, Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { toolFailure } from './answers.js';
import type { PartsMember } from './joined-parts.js';
import type { Incoming, McpTool } from './mcp-parts.js';
import { metaKeys } from './naming.js';

interface Serving {
  readonly member: PartsMember;
  readonly tool: McpTool;
}

/** The proposal tools of several servers, each once. Nothing is decided here but who is asked. */
export function joinedProposalTools(
  members: readonly PartsMember[],
  names: readonly string[],
): readonly McpTool[] {
  return names.flatMap((name) => {
    const serving = members.flatMap((member) => {
      const tool = member.parts.tools.find(({ descriptor }) => descriptor.name === name);
      return tool ? [{ member, tool }] : [];
    });
    const [first] = serving;
    if (!first) return [];
    if (serving.length === 1 && members.length === 1) return [first.tool];
    return [
      {
        descriptor: joinDescriptors(serving.map(({ tool }) => tool.descriptor)),
        call: name === 'list_proposals' ? listAll(serving) : routed(name, members, first, serving),
      },
    ];
  });
}

/** As careful as the most careful of them. */
function joinDescriptors(descriptors: readonly Tool[]): Tool {
  const tierOf = ({ _meta }: Tool) => Number(_meta?.[metaKeys.riskTier] ?? 1);
  const [highest, ...others] = descriptors.toSorted((a, b) => tierOf(b) - tierOf(a));
  if (!highest) throw new TypeError('a tool of no server');
  const open = [highest, ...others].some(({ annotations }) => annotations?.openWorldHint === true);
  return { ...highest, annotations: { ...highest.annotations, openWorldHint: open } };
}

const named = z.looseObject({ proposalId: z.string().max(100) });

/**
 * To the server that made the proposal, which alone knows who may see it. Without one, the first
 * server answers as it would alone: wrong arguments, or no such proposal.
 */
function routed(
  name: string,
  members: readonly PartsMember[],
  first: Serving,
  serving: readonly Serving[],
): McpTool['call'] {
  return async (incoming) => {
    const asked = named.safeParse(incoming.arguments);
    const server = asked.success ? await first.member.serverOf(asked.data.proposalId) : undefined;
    const owner = members.find((member) => member.name === server);
    if (!owner) return first.tool.call(incoming);
    const own = serving.find(({ member }) => member === owner);
    if (own) return own.tool.call(incoming);
    return toolFailure((await owner.parts.refuse(incoming, 'tool', name)).error);
  };
}

const listed = z.object({
  proposals: z.array(z.looseObject({ expires: z.string() })),
  more: z.boolean(),
});
const question = z.looseObject({ limit: z.number().int().min(1).max(50).default(20) });

/** Every server lists its own on its own road; one that refuses hides nothing of the others. */
function listAll(serving: readonly Serving[]): McpTool['call'] {
  return async (incoming) => {
    const results = await Promise.all(
      serving.map(async ({ member, tool }) => ({ name: member.name, result: await tool.call(incoming) })),
    );
    const answers = results.flatMap(({ name, result }) => {
      const own = listed.safeParse('structuredContent' in result ? result.structuredContent : undefined);
      return own.success && !failed(result) ? [{ name, ...own.data }] : [];
    });
    const [refused] = results.filter(({ name }) => !answers.some((answer) => answer.name === name));
    if (answers.length === 0 && refused) return refused.result;
    return joinLists(
      answers,
      results.filter(({ result }) => failed(result)),
      incoming,
    );
  };
}

function joinLists(
  answers: readonly z.output<typeof listed>[],
  refused: readonly { readonly name: string; readonly result: CallToolResult | InputRequiredResult }[],
  incoming: Incoming,
): CallToolResult {
  const { limit } = question.parse(incoming.arguments ?? {});
  // Those that end last were made last, as far as the list tells.
  const all = answers
    .flatMap(({ proposals }) => proposals)
    .toSorted((a, b) => b.expires.localeCompare(a.expires));
  const proposals = all.slice(0, limit);
  const more = all.length > limit || answers.some((answer) => answer.more);
  const text = [
    ...proposals.map(
      ({ proposalId, state, action, environment, summary }) =>
        `${proposalId} ${state} ${action} in ${environment}: ${summary}`,
    ),
    ...(proposals.length === 0 ? ['No proposals.'] : []),
    ...refused.map(({ name, result }) => `! ${name}: ${textOf(result)}`),
  ];
  return { content: [{ type: 'text', text: text.join('\n') }], structuredContent: { proposals, more } };
}

function failed(result: CallToolResult | InputRequiredResult): boolean {
  return 'isError' in result && result.isError === true;
}

function textOf(result: CallToolResult | InputRequiredResult): string {
  const content = 'content' in result ? result.content : undefined;
  const [first] = Array.isArray(content) ? content : [];
  return first?.type === 'text' ? (first.text.split('\n')[0] ?? '') : 'no answer';
}

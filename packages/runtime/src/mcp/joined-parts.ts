import { joinedProposalTools } from './joined-proposals.js';
import type { McpParts, Refusal } from './mcp-parts.js';

/** One of several servers of a process, as far as the protocol is concerned. */
export interface PartsMember {
  readonly name: string;
  readonly parts: McpParts;
  readonly selection: { readonly withheld: ReadonlyMap<string, string> };
  serverOf(proposalId: string): Promise<string | undefined>;
}

const proposalTools: ReadonlySet<string> = new Set([
  'execute_proposal',
  'get_proposal',
  'list_proposals',
  'cancel_proposal',
]);

export interface JoinedParts {
  readonly parts: McpParts;
  /** Names that several servers publish; a process must not start with any. */
  readonly twice: readonly string[];
}

/**
 * The parts of several servers as one server's: everything is served by the server that has it, on its
 * own road. The proposal tools, which every server with actions has, stand once and go to the server
 * that made the proposal.
 */
export function joinParts(members: readonly PartsMember[], info: McpParts['info']): JoinedParts | undefined {
  const [first] = members;
  if (!first) return undefined;
  const all = members.map(({ parts }) => parts);
  const own = all.flatMap(({ tools }) =>
    tools.filter(({ descriptor }) => !proposalTools.has(descriptor.name)),
  );
  const tools = [...own, ...joinedProposalTools(members, [...proposalTools])];
  const resources = all.flatMap((parts) => parts.resources);
  const prompts = all.flatMap((parts) => parts.prompts);
  const names = [
    ...own.map(({ descriptor }) => descriptor.name),
    ...prompts.map(({ descriptor }) => `prompt ${descriptor.name}`),
    ...resources.map(({ address }) => address.text),
  ];
  const parts: McpParts = {
    info,
    instructions: all
      .flatMap(({ info: { title }, instructions }) => (instructions ? [`${title}: ${instructions}`] : []))
      .join('\n\n'),
    tools,
    resources,
    prompts,
    async refuse(incoming, kind, name): Promise<Refusal> {
      // The server that withholds it says why; a name that nobody has is recorded by the first.
      const owner = members.find(({ selection }) => kind === 'tool' && selection.withheld.has(name));
      const refusal = await (owner ?? first).parts.refuse(incoming, kind, name);
      if (refusal.known || kind !== 'tool') return refusal;
      const served = tools.map(({ descriptor }) => descriptor.name).join(', ');
      return {
        ...refusal,
        text: `There is no tool "${name.slice(0, 200)}" here. Served: ${served || 'none'}.`,
      };
    },
    // One key in the one state folder signs for all of them, and they serve the same caller.
    requestStates: first.parts.requestStates,
  };
  return { parts, twice: names.filter((name, at) => names.indexOf(name) !== at) };
}

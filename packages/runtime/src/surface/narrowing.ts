import { StartError } from '../start/start-error.js';
import type { PublishedTool } from './published-tool.js';

export interface Narrowing {
  readonly readOnly: boolean;
  /** Only these; undefined means all. */
  readonly tools: readonly string[] | undefined;
  readonly excludeTools: readonly string[];
}

/** The tools that are served and, for the others, why they are not. */
export interface Selection {
  readonly served: readonly PublishedTool[];
  readonly withheld: ReadonlyMap<string, string>;
}

/**
 * Applies the flags. They only ever take away, and read-only wins over a list of names.
 * Throws a StartError of kind usage for a name that the server does not have.
 */
export function narrow(tools: readonly PublishedTool[], flags: Narrowing): Selection {
  const known = new Set(tools.map((tool) => tool.name));
  for (const name of [...(flags.tools ?? []), ...flags.excludeTools]) {
    if (!known.has(name)) {
      throw new StartError(`There is no tool "${name}"; known: ${[...known].join(', ')}.`, { kind: 'usage' });
    }
  }
  return withhold(tools, (tool) => {
    if (flags.readOnly && tool.origin.kind !== 'tool') return 'the server was started with --read-only';
    if (flags.tools && !flags.tools.includes(tool.name))
      return 'the server was started with --tools without it';
    if (flags.excludeTools.includes(tool.name)) return 'the server was started with --exclude-tools for it';
    return undefined;
  });
}

/** Takes away every tool for which `reason` gives one. */
export function withhold(
  tools: readonly PublishedTool[],
  reason: (tool: PublishedTool) => string | undefined,
): Selection {
  const withheld = new Map<string, string>();
  const served = tools.filter((tool) => {
    const why = reason(tool);
    if (why !== undefined) withheld.set(tool.name, why);
    return why === undefined;
  });
  return { served, withheld };
}

/** The proposal tools are of use only beside an action. */
export function withoutOrphans(selection: Selection): Selection {
  if (selection.served.some((tool) => tool.origin.kind === 'action')) return selection;
  const rest = withhold(selection.served, (tool) =>
    tool.origin.kind === 'proposal' ? 'no action is served here' : undefined,
  );
  return { served: rest.served, withheld: new Map([...selection.withheld, ...rest.withheld]) };
}

import type { Road, RoadDependencies } from '@devops-mcp/governance';
import { type ProcessOptions, prepareProcess } from './governed-process.js';
import { once } from './once.js';

export interface Governance {
  readonly road: () => Promise<Road>;
  /** The server that made a proposal, whoever may see it; undefined when there is no such proposal. */
  serverOf(proposalId: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * The road of a process that a client talks to, opened at the first call: a client that only lists
 * tools waits for none of it. Rejects with a StartError.
 */
export async function openGovernance(
  options: ProcessOptions,
  readiness: RoadDependencies['readiness'],
): Promise<Governance> {
  const prepared = await prepareProcess(options);
  const opened = once(async () => {
    const { openProcess, roadOf } = await import('./open-process.js');
    const open = await openProcess(prepared);
    const serverOf = async (proposalId: string) => {
      const { proposals } = await open.governed.store();
      return (await proposals.get(proposalId))?.binding.server;
    };
    return { road: roadOf(open, options.configuration, readiness), serverOf, close: open.close };
  });
  return {
    road: async () => (await opened()).road,
    serverOf: async (proposalId) => (await opened()).serverOf(proposalId),
    close: async () => {
      if (opened.begun()) await (await opened()).close();
    },
  };
}

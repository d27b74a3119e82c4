import { createRateLimiter, createRoad, type Road, type RoadDependencies } from '@devops-mcp/governance';
import { type ProcessOptions, prepareProcess } from './governed-process.js';
import { once } from './once.js';

export interface Governance {
  readonly road: () => Promise<Road>;
  close(): Promise<void>;
}

/** The road of a process that a client talks to. Rejects with a StartError. */
export async function openGovernance(
  options: ProcessOptions,
  readiness: RoadDependencies['readiness'],
): Promise<Governance> {
  const prepared = await prepareProcess(options);
  const road = once(async () =>
    createRoad({
      ...(await prepared.process()),
      role: 'requester',
      executors: options.configuration.executors.map(({ id, kind }) => ({ id, kind })),
      rateLimiter: createRateLimiter(async () => (await prepared.store()).counters),
      readiness,
    }),
  );
  return { road, close: prepared.close };
}

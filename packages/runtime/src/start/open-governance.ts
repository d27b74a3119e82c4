import type { Road, RoadDependencies } from '@devops-mcp/governance';
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
  const road = once(async () => {
    const { callsPerMinute, createRateLimiter, createRoad } = await import('./make-road.js');
    const { executors, readsPerMinute } = options.configuration;
    const perMinute = { ...callsPerMinute, 1: readsPerMinute ?? callsPerMinute[1] };
    return createRoad({
      ...(await prepared.process()),
      role: 'requester',
      executors: executors.map(({ id, kind }) => ({ id, kind })),
      rateLimiter: createRateLimiter(async () => (await prepared.store()).counters, perMinute),
      readiness,
    });
  });
  return { road, close: prepared.close };
}

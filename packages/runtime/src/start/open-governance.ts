import { assessReadiness, createRateLimiter, createRoad, type Road } from '@devops-mcp/governance';
import { once } from './once.js';
import { type ProcessOptions, prepareProcess } from './governed-process.js';

export interface Governance {
  readonly road: () => Promise<Road>;
  readonly readiness: { readonly readOnly: boolean; readonly why: string | null };
  close(): Promise<void>;
}

/** The road of a process that a client talks to. Rejects with a StartError. */
export async function openGovernance(options: ProcessOptions): Promise<Governance> {
  const prepared = await prepareProcess(options);
  const readiness = assess(options);
  const road = once(async () =>
    createRoad({
      ...(await prepared.process()),
      role: 'requester',
      executors: options.configuration.executors.map(({ id, kind }) => ({ id, kind })),
      rateLimiter: createRateLimiter({ store: prepared.store }),
      readiness,
    }),
  );
  return { road, readiness, close: prepared.close };
}

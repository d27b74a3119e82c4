import { type PortPart, ToolError } from '@devops-mcp/contract';
import type { ChangeRequest, ChangesApi } from '../suite.js';

/**
 * A change request is evidence for an approval: it counts when one system has it, or when all that
 * have it say the same. That it does not exist is said only when every system could be asked.
 */
export function mergeChanges(parts: readonly PortPart<ChangesApi>[]): ChangesApi {
  return {
    async find(id) {
      const outcomes = await Promise.allSettled(parts.map(async ({ api }) => api.find(id)));
      const found = outcomes.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
      const [first, ...others] = found;
      if (!first) {
        const failure = outcomes.find((one) => one.status === 'rejected');
        if (failure) throw failure.reason;
        return undefined;
      }
      if (others.some((other) => factsOf(other) !== factsOf(first))) {
        throw new ToolError('conflict', 'Several systems know this change request and differ about it.', {
          hint: 'Make them agree, or name a change request that only one of them has.',
        });
      }
      return first;
    },
  };
}

/** Everything that an approval rests on; each system has revisions of its own. */
function factsOf({ revision: _, ...facts }: ChangeRequest): string {
  return JSON.stringify([
    facts.status,
    facts.requester,
    facts.approvedBy,
    facts.services.toSorted(),
    facts.environments.toSorted(),
    facts.window && [facts.window.start.getTime(), facts.window.end.getTime()],
  ]);
}

import { type JsonObject, ToolError } from '@devops-mcp/contract';
import type { PlanStoreApi } from '@devops-mcp/domain';
import { type Caller, documentDigest, type Store } from '@devops-mcp/governance';

const lifetimeMs = 30 * 60_000;
const largestPlanBytes = 512_000;

/** Plans of one caller: the id is the document's digest, and nobody else's are found. */
export function planStoreFor(caller: Caller, store: () => Promise<Store>, clock: () => Date): PlanStoreApi {
  const owner = `${caller.issuer} ${caller.subject}`;
  return {
    async put(plan: JsonObject) {
      const size = Buffer.byteLength(JSON.stringify(plan));
      if (size > largestPlanBytes) {
        throw new ToolError(
          'limit_exceeded',
          `The plan has ${size} bytes; the limit is ${largestPlanBytes}.`,
        );
      }
      const id = documentDigest(plan);
      const expires = new Date(clock().getTime() + lifetimeMs);
      const { plans } = await store();
      await plans.put({ id, owner, document: plan, expires: expires.toISOString() });
      return { id, expires };
    },
    async get(id: string) {
      const { plans } = await store();
      const plan = await plans.get(id, owner, clock().toISOString());
      if (plan) return plan;
      throw new ToolError('not_found', 'There is no such plan of yours, or it is older than 30 minutes.', {
        hint: 'Make the plan again and use the id that it answers with.',
      });
    },
  };
}

import { type Json, type JsonObject, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';

export const planFormat = 'devops-mcp/rollback-plan/v1';

/** What the plan store keeps: enough to plan the very same change again, and nothing that ages. */
const planDocument = z.strictObject({
  format: z.literal(planFormat),
  environment: z.string().max(40),
  service: z.string().max(63),
  currentRevision: z.string().max(253),
  targetRevision: z.string().max(253),
  /** The live state that was planned on; a rollback on any other state is refused. */
  observed: z.record(z.string(), z.json()),
});
export type PlanDocument = z.output<typeof planDocument>;

/** Rejects with `not_found` when the stored document is not a rollback plan. */
export function readPlanDocument(stored: JsonObject): PlanDocument {
  const parsed = planDocument.safeParse(stored);
  if (!parsed.success) {
    throw new ToolError('not_found', 'The plan id does not name a rollback plan.', {
      hint: 'Make one with plan_rollback.',
      cause: parsed.error,
    });
  }
  return parsed.data;
}

/** Equality of plain JSON, independent of the order of keys. */
export function sameJson(a: Json, b: Json): boolean {
  return sorted(a) === sorted(b);
}

function sorted(value: Json): string {
  return JSON.stringify(value, (_, part: Json) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

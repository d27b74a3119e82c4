import { type ActionPlan, blastRadiusDimensions, ToolError } from '@devops-mcp/contract';
import { z } from 'zod';
import { canonicalJson } from '../proposals/digest.js';

/** A plan may not grow so large that nobody could read it. */
const planBytes = 256_000;
const diffBytes = 64_000;

const jsonObject = z.record(z.string().max(1000), z.json());

export const planSchema = z.strictObject({
  change: jsonObject,
  observed: jsonObject,
  blastRadius: z.partialRecord(
    // Boundary: the keys of a constant object are its own key type.
    z.enum(Object.keys(blastRadiusDimensions) as [keyof typeof blastRadiusDimensions]),
    z.number().min(0).max(1e9),
  ),
  reversal: z.union([
    z.strictObject({ kind: z.literal('reversible'), how: z.string().max(2000) }),
    z.strictObject({ kind: z.literal('irreversible'), why: z.string().max(2000) }),
  ]),
  summary: z.string().min(1).max(500),
  diff: z.string().max(diffBytes),
  warnings: z.array(z.string().max(1000)).max(30).optional(),
});

/**
 * A plan as plain JSON, whole and bounded, so that what is hashed, stored and applied is the same.
 * @throws ToolError `internal` for a plan that is not of its shape, `limit_exceeded` for one that
 * is too large to be read.
 */
export function checkedPlan(made: unknown): ActionPlan {
  let text: string;
  try {
    text = canonicalJson(made);
  } catch (cause) {
    throw new ToolError('internal', 'The plan is not plain data.', { cause });
  }
  if (text.length > planBytes) {
    throw new ToolError(
      'limit_exceeded',
      `The plan has ${text.length} characters, which nobody could review.`,
      {
        hint: 'Make the change smaller.',
      },
    );
  }
  const plan: unknown = JSON.parse(text);
  const parsed = planSchema.safeParse(plan);
  if (!parsed.success) {
    throw new ToolError('internal', 'The plan is not of the shape that was agreed.', { cause: parsed.error });
  }
  // Boundary: the schema above is the type, apart from how it writes optional keys.
  return plan as ActionPlan;
}

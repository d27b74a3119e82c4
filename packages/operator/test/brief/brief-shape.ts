import { z } from 'zod';
import { causeKinds } from '../../src/brief/model.js';

const time = z.iso.datetime();
const text = z.string().min(1);

/** The JSON brief as others read it: nothing more, nothing less. */
export const briefShape = z.strictObject({
  version: z.literal(1),
  at: time,
  window: z.strictObject({ start: time, end: time }),
  environment: text,
  verdict: z.enum(['fault', 'nothing_wrong', 'not_enough_data']),
  onset: time.nullable(),
  alerts: z.array(
    z.strictObject({
      ...{ name: text, service: text.nullable(), severity: text, since: time, summary: z.string() },
      ...{ value: z.number().nullable(), threshold: z.number().nullable() },
    }),
  ),
  changes: z.array(
    z.strictObject({
      ...{ service: text, time, kind: text, version: text.nullable(), revision: text, by: text },
      ...{ summary: text, minutesBeforeOnset: z.number().nullable() },
    }),
  ),
  errors: z.array(
    z.strictObject({
      ...{ service: text, type: text, message: z.string(), count: z.number(), previousCount: z.number() },
      ...{ firstSeen: time, traceIds: z.array(text) },
    }),
  ),
  affected: z.array(
    z.strictObject({
      ...{ service: text, health: text, reason: text, owner: text.nullable(), since: time.nullable() },
    }),
  ),
  onCall: z.array(z.strictObject({ service: text, who: text, until: time.nullable() })),
  runbooks: z.array(z.strictObject({ id: text, title: text, why: z.string() })),
  similar: z.array(z.strictObject({ id: text, title: text, why: z.string(), resolution: text.nullable() })),
  suspects: z.array(
    z.strictObject({
      service: text,
      instance: text.optional(),
      kind: z.enum(causeKinds),
      score: z.number().min(0.03).max(1),
      evidence: z.array(z.strictObject({ direction: z.enum(['for', 'against']), text, source: text })).min(1),
    }),
  ),
  rollbackPlan: z
    .strictObject({
      ...{ planId: text, service: text, from: text, to: text, migrationVerdict: text },
      ...{ safeToRollBack: z.boolean(), evidence: text, rollForward: text, apply: text },
    })
    .nullable(),
  unreachable: z.array(z.strictObject({ server: text, reason: text })),
});

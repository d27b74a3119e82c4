import type { Silence } from '@devops-mcp/domain';
import { z } from 'zod';

const time = z.iso.datetime({ offset: true }).transform((value) => new Date(value));
const text = z.string().max(4096);

/** Alertmanager's silence as its API version 2 shows it (`gettableSilence`). */
export const silenceShape = z.object({
  id: z.string().min(1).max(64),
  status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
  updatedAt: time,
  createdBy: text,
  comment: text,
  startsAt: time,
  endsAt: time,
  matchers: z
    .array(
      z.object({
        name: text,
        value: text,
        isRegex: z.boolean(),
        // Older Alertmanagers have no negative matchers.
        isEqual: z.boolean().default(true),
      }),
    )
    .max(100),
});

export type SilenceRecord = z.output<typeof silenceShape>;

/** The silence as it counts: one that was expired early ended when it was expired. */
export function asSilence(record: SilenceRecord): Silence {
  const { id, matchers, startsAt, createdBy, comment, updatedAt } = record;
  const expired = record.status.state === 'expired' && updatedAt < record.endsAt;
  return { id, matchers, startsAt, endsAt: expired ? updatedAt : record.endsAt, createdBy, comment };
}

import { z } from 'zod';

export const icalConfig = z.strictObject({
  calendars: z
    .array(
      z.strictObject({
        /** An iCalendar file (RFC 5545). */
        path: z.string().min(1).max(1000),
        schedule: z.string().min(1).max(200),
        /** Entity references of the groups that this schedule serves. */
        owners: z.array(z.string().min(1).max(200)).max(100),
        /** 1 is paged first. */
        level: z.number().int().min(1).max(10).default(1),
      }),
    )
    .min(1)
    .max(200),
});

export type IcalConfig = z.output<typeof icalConfig>;
export type CalendarConfig = IcalConfig['calendars'][number];

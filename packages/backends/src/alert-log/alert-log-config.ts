import { z } from 'zod';

const path = z.string().min(1).max(1000);

export const alertLogConfig = z.strictObject({
  /** NDJSON: one Alertmanager webhook payload (version 4) a line. */
  path,
  /** Only alerts with all these labels, for a log that several environments share. */
  match: z.record(z.string().max(200), z.string().max(500)).optional(),
  /** The folder of `silences.ndjson` and `acknowledgements.ndjson`; read beside the log when absent. */
  write: z.strictObject({ path }).optional(),
});

export type AlertLogConfig = z.output<typeof alertLogConfig>;

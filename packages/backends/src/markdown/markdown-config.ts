import { z } from 'zod';

const path = z.string().min(1).max(1000);

export const markdownConfig = z.strictObject({
  /** The folder that holds `runbooks` and `incidents`. */
  path,
  /** The folder in whose `incidents` new records are made. */
  write: z.strictObject({ path }).optional(),
});

export type MarkdownConfig = z.output<typeof markdownConfig>;

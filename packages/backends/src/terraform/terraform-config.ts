import { z } from 'zod';

export const terraformConfig = z.strictObject({
  /** State files (version 4) and plans as `terraform show -json` prints them; OpenTofu writes the same. */
  files: z.array(z.string().min(1).max(1_000)).min(1).max(50),
});

export type TerraformConfig = z.output<typeof terraformConfig>;

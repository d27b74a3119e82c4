import { z } from 'zod';

const path = z.string().min(1).max(1_000);
const identity = z.strictObject({ name: z.string().min(1).max(100), email: z.string().min(3).max(200) });

/** Branch names that need no quoting anywhere and cannot be read as an option. */
export const branchName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/)
  .refine((name) => !/\.\.|\/\/|\.lock$|\/$|\.$/.test(name), 'is no branch name');

export const gitopsConfig = z.strictObject({
  /** The repository whose branch is the desired state. */
  path,
  /** Where changes are committed: the same repository, or a fork that takes branches only. */
  write: z.strictObject({ path, identity: identity.optional() }).optional(),
  branch: branchName.default('main'),
});

export type GitopsConfig = z.output<typeof gitopsConfig>;

export const defaultIdentity = {
  name: 'devops-mcp executor',
  email: 'devops-mcp@localhost.invalid',
} as const;

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ToolError } from '@devops-mcp/contract';
import type { Policy } from '../collaborators.js';
import { policyOf } from './decide.js';
import { defaultPolicyText } from './default-policy.js';
import { type PolicyInventory, readPolicyFile } from './policy-file.js';

export interface LoadedPolicy extends Policy {
  readonly path: string;
  /** Lines for standard error, such as servers outside the suite. */
  readonly notices: readonly string[];
}

/**
 * Loads the policy from a file, or the default policy for null. Throws `invalid_input` with file and
 * line, or `unavailable` when the file cannot be read: the process must not start then.
 */
export async function loadPolicy(path: string | null, inventory: PolicyInventory): Promise<LoadedPolicy> {
  if (path === null) return parsePolicy(defaultPolicyText, 'default policy', inventory);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new ToolError('unavailable', `The policy ${path} cannot be read.`, {
      hint: 'Check the path under "policy" in the configuration.',
      cause,
    });
  }
  return parsePolicy(text, path, inventory);
}

export function parsePolicy(text: string, path: string, inventory: PolicyInventory): LoadedPolicy {
  const { rules, notices } = readPolicyFile(text, path, inventory);
  const digest = createHash('sha256').update(text).digest('hex');
  return { ...policyOf(rules, digest), path, notices };
}

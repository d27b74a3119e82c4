import { ToolError } from '@devops-mcp/contract';
import type { z } from 'zod';
import { closest } from './closest.js';

const issuesShown = 5;

/**
 * Validates a caller's arguments.
 * @throws ToolError `invalid_input`, naming each wrong argument, the valid ones and the closest.
 */
export function strictInput<S extends z.ZodObject>(schema: S, received: unknown): z.output<S> {
  const parsed = schema.safeParse(received ?? {});
  if (parsed.success) return parsed.data;
  const keys = Object.keys(schema.shape);
  const { issues } = parsed.error;
  const problems = issues.slice(0, issuesShown).map((issue) => describe(issue, keys));
  if (issues.length > issuesShown) problems.push(`and ${issues.length - issuesShown} more`);
  throw new ToolError('invalid_input', `Invalid arguments: ${problems.join('; ')}.`, {
    hint: keys.length === 0 ? 'This call takes no arguments.' : `Valid arguments: ${keys.join(', ')}.`,
    details: { validArguments: keys },
  });
}

function describe(issue: z.core.$ZodIssue, keys: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, issuesShown)
      .map((key) => unknownKey(key, keys))
      .join('; ');
  }
  const path = issue.path.map(String).join('.').slice(0, 80);
  return path === '' ? issue.message : `\`${path}\`: ${issue.message}`;
}

function unknownKey(key: string, keys: readonly string[]): string {
  const near = closest(key, keys)[0];
  const shown = `unknown argument \`${key.slice(0, 40)}\``;
  return near === undefined ? shown : `${shown} (did you mean \`${near}\`?)`;
}

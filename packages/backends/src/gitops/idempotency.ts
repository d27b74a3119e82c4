import { createHash } from 'node:crypto';
import { ToolError } from '@devops-mcp/contract';
import type { Git } from './git.js';

const trailer = 'Devops-Mcp-Key';
/** How far back an earlier attempt is looked for; an approval lives for hours, not thousands of commits. */
const searchedCommits = 2_000;
const longestMessage = 5_000;

/** The commit message: our first line, what the caller says, and the key as a trailer. */
export function keyedMessage(subject: string, body: string, key: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9:._-]{7,199}$/.test(key))
    throw new ToolError('invalid_input', 'The idempotency key must be 8 to 200 letters, digits or : . _ -');
  const lines = body
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
    .slice(0, longestMessage)
    .split('\n')
    // Text from outside must not be able to claim the key of another change.
    .filter((line) => !/^\s*devops-mcp-[a-z-]*\s*:/i.test(line));
  const text = lines.join('\n').trim();
  return `${subject}\n\n${text === '' || text === subject ? '' : `${text}\n\n`}${trailer}: ${key}\n`;
}

/** A short name made from the key, for branch names. */
export function shortKey(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}

/**
 * The commit that an earlier attempt with this key made, if it holds what the change makes: anybody
 * can write a trailer, so the content counts as well.
 */
export async function findApplied(
  git: Git,
  head: string | undefined,
  key: string,
  holds: (commit: string) => Promise<boolean>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (head === undefined) return undefined;
  const format = `--format=%H %(trailers:key=${trailer},valueonly,separator=%x20)`;
  const output = await git.text(
    ['log', '--first-parent', '--no-color', '-n', String(searchedCommits), format, head, '--'],
    { signal },
  );
  for (const line of output.split('\n')) {
    const [commit, ...keys] = line.split(' ');
    if (commit !== undefined && keys.includes(key) && (await holds(commit))) return commit;
  }
  return undefined;
}

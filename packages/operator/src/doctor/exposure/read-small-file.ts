import { readFile, stat } from 'node:fs/promises';

const largestBytes = 2_000_000;

/** A file's text; undefined when it is absent, too large or not readable by this user. */
export async function readSmallFile(file: string): Promise<string | undefined> {
  try {
    const facts = await stat(file);
    return facts.isFile() && facts.size <= largestBytes ? await readFile(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** The document's value; undefined when the file is absent or no JSON. */
export async function readSmallJson(file: string): Promise<unknown> {
  const text = await readSmallFile(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names in brackets: `[default]`, `[profile live]`. */
export function sectionNames(text: string): readonly string[] {
  return [...text.matchAll(/^\s*\[([^\]\n]{1,200})\]/gm)].map((match) => (match[1] ?? '').trim());
}

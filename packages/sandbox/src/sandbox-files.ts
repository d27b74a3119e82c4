import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolError } from '@devops-mcp/contract';

/** Makes the folder. Rejects with `conflict` when it has anything in it: nothing is ever overwritten. */
export async function prepareFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const entries = await readdir(directory);
  if (entries.length > 0)
    throw new ToolError('conflict', 'The folder for the sandbox is not empty.', {
      hint: 'Name a new folder, or empty this one first.',
    });
}

export interface FileOptions {
  /** Keys: readable by their owner alone. */
  readonly isSecret?: boolean;
}

export async function writeText(
  directory: string,
  path: string,
  content: string,
  options: FileOptions = {},
): Promise<void> {
  const target = join(directory, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content, { mode: options.isSecret === true ? 0o600 : 0o644 });
}

/** Writes a set of files below a folder of the sandbox. */
export async function writeAll(
  directory: string,
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [path, content] of files) await writeText(directory, join(folder, path), content);
}

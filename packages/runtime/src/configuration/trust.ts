import { createHash } from 'node:crypto';
import { mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const record = z.object({ version: z.literal(1), files: z.record(z.string(), z.string()) });

/** `$XDG_CONFIG_HOME/devops-mcp`, or `~/.config/devops-mcp`. */
export function userConfigurationFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CONFIG_HOME;
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.config'), 'devops-mcp');
}

/**
 * Records that this file, with exactly this content, may be used when it lies in the working folder.
 * A repository that somebody cloned could otherwise bring a configuration that runs commands.
 * Returns the digest that was recorded.
 */
export async function trustFile(file: string, folder = userConfigurationFolder()): Promise<string> {
  const path = await realpath(file);
  const digest = await digestOf(path);
  const files = { ...(await readRecord(folder)), [path]: digest };
  const target = join(folder, 'trusted.json');
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const draft = `${target}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ version: 1, files }, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, target);
  return digest;
}

/** True when the file's present content was recorded by `trustFile`. */
export async function isTrusted(file: string, folder = userConfigurationFolder()): Promise<boolean> {
  const path = await realpath(file);
  return (await readRecord(folder))[path] === (await digestOf(path));
}

async function readRecord(folder: string): Promise<Readonly<Record<string, string>>> {
  try {
    return record.parse(JSON.parse(await readFile(join(folder, 'trusted.json'), 'utf8'))).files;
  } catch {
    // Absent or unreadable: nothing is trusted.
    return {};
  }
}

async function digestOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StartError } from '../start/start-error.js';
import type { PublishedTool } from './published-tool.js';
import type { Surface } from './surface-of.js';

const pinnedTool = z.object({ digest: z.string(), description: z.string() });
const lockFile = z.object({
  version: z.literal(1),
  servers: z.record(z.string(), z.object({ version: z.string(), tools: z.record(z.string(), pinnedTool) })),
});
export type ToolsLock = z.output<typeof lockFile>;

/** Where the pins of a configuration lie. */
export function pinFile(configurationFolder: string): string {
  return join(configurationFolder, 'tools.lock');
}

/** Undefined when there is none. Rejects with a StartError for a file that cannot be understood. */
export async function readPins(configurationFolder: string): Promise<ToolsLock | undefined> {
  const file = pinFile(configurationFolder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new StartError(`${file} cannot be read.`, { cause });
  }
  try {
    return lockFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new StartError(`${file} is damaged; review it and write it anew with: devops-mcp pin`, { cause });
  }
}

/** Writes the surfaces' pins beside the configuration; pins of servers that are not given stay. */
export async function pinSurfaces(
  configurationFolder: string,
  surfaces: readonly Surface[],
): Promise<ToolsLock> {
  const present = await readPins(configurationFolder);
  const servers = { ...present?.servers };
  for (const surface of surfaces) {
    const tools = surface.tools.map(
      ({ name, digest, description }) => [name, { digest, description }] as const,
    );
    servers[surface.server] = { version: surface.version, tools: Object.fromEntries(sorted(tools)) };
  }
  const lock: ToolsLock = { version: 1, servers: Object.fromEntries(sorted(Object.entries(servers))) };
  const file = pinFile(configurationFolder);
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(lock, null, 2)}\n`);
  await rename(draft, file);
  return lock;
}

/**
 * Why a tool must not be served, or undefined. A description is an instruction to a model, so that
 * one which nobody reviewed is not shown. Without any pins only reads are served.
 */
export function checkPin(
  lock: ToolsLock | undefined,
  server: string,
  tool: PublishedTool,
): string | undefined {
  const pins = lock?.servers[server]?.tools;
  if (!pins) {
    return tool.origin.kind === 'tool'
      ? undefined
      : 'its surface is not pinned: review it, then run devops-mcp pin';
  }
  const pinned = Object.hasOwn(pins, tool.name) ? pins[tool.name] : undefined;
  if (!pinned) return 'it is not in tools.lock: review it, then run devops-mcp pin';
  if (pinned.digest === tool.digest) return undefined;
  return 'it differs from what tools.lock pins: review the difference, then run devops-mcp pin';
}

function sorted<T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

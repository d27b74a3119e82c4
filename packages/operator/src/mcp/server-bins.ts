import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ToolError } from '@devops-mcp/contract';

export const serverNames = ['metrics', 'logs', 'deployments', 'alerts', 'rollback'] as const;
export type ServerName = (typeof serverNames)[number];

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * How to start a server: its package where it can be resolved from here or from the working folder,
 * else the command on the PATH. Rejects with `not_found` and how to install it.
 */
export function serverCommand(name: ServerName): ServerCommand {
  return installedCommand(name, `The ${name} server is not installed.`);
}

/** How to start several servers in one process. Rejects like `serverCommand`. */
export function suiteCommand(): ServerCommand {
  return installedCommand(
    'suite',
    'The package that serves several servers in one process is not installed.',
  );
}

function installedCommand(name: ServerName | 'suite', missing: string): ServerCommand {
  const script = installedScript(name);
  if (script !== undefined) return { command: process.execPath, args: [script] };
  const onPath = commandOnPath(`devops-mcp-${name}`);
  if (onPath !== undefined) return { command: onPath, args: [] };
  throw new ToolError('not_found', missing, { hint: `npm install -g @devops-mcp/${name}` });
}

function installedScript(name: ServerName | 'suite'): string | undefined {
  for (const from of [import.meta.url, path.join(process.cwd(), 'package.json')]) {
    try {
      const manifestPath = createRequire(from).resolve(`@devops-mcp/${name}/package.json`);
      const manifest: { bin?: Record<string, string> } = JSON.parse(readFileSync(manifestPath, 'utf8'));
      const script = path.join(path.dirname(manifestPath), manifest.bin?.[`devops-mcp-${name}`] ?? '');
      if (script.endsWith('.js') && existsSync(script)) return script;
    } catch {
      // Not installed there: try the next place.
    }
  }
  return undefined;
}

function commandOnPath(command: string): string | undefined {
  const suffixes = process.platform === 'win32' ? ['.cmd', '.exe'] : [''];
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((folder) => suffixes.map((suffix) => path.join(folder, command + suffix)))
    .find((candidate) => existsSync(candidate));
}

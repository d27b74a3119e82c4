import { homedir } from 'node:os';
import path from 'node:path';
import { StartError } from '@devops-mcp/runtime';

/** The clients that `init` writes for, by the names of `--client`. */
export const clientNames = ['claude-code', 'vscode', 'cursor', 'claude-desktop'] as const;
export type ClientName = (typeof clientNames)[number];

/** Where a client keeps its servers, and under which key. */
export interface ClientFile {
  readonly client: ClientName;
  readonly title: string;
  readonly file: string;
  readonly key: 'mcpServers' | 'servers';
}

interface Place {
  readonly home: string;
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  readonly variables: NodeJS.ProcessEnv;
}

/**
 * Claude Code and VS Code keep servers of a project in it (`.mcp.json`, `.vscode/mcp.json`); Cursor
 * and Claude Desktop keep those of the user. Sources: code.claude.com/docs/en/mcp,
 * code.visualstudio.com/docs/copilot/reference/mcp-configuration, cursor.com/docs/context/mcp,
 * modelcontextprotocol.io/docs/develop/connect-local-servers.
 */
export function clientFile(client: ClientName, place: Place = here()): ClientFile {
  const { home, folder } = place;
  switch (client) {
    case 'claude-code':
      return { client, title: 'Claude Code', file: path.join(folder, '.mcp.json'), key: 'mcpServers' };
    case 'vscode':
      return { client, title: 'VS Code', file: path.join(folder, '.vscode', 'mcp.json'), key: 'servers' };
    case 'cursor':
      return { client, title: 'Cursor', file: path.join(home, '.cursor', 'mcp.json'), key: 'mcpServers' };
    case 'claude-desktop': {
      const file = path.join(desktopFolder(place), 'claude_desktop_config.json');
      return { client, title: 'Claude Desktop', file, key: 'mcpServers' };
    }
  }
}

/** Throws a StartError of kind usage for a name that is none of a client. */
export function readClientNames(names: readonly string[]): readonly ClientName[] {
  const wanted = names.flatMap((name) => name.split(',')).map((name) => name.trim());
  const found = wanted.filter(Boolean).map((name) => {
    const known = clientNames.find((one) => one === name);
    if (known) return known;
    throw new StartError(
      `There is no client ${name.slice(0, 40)}; known: ${clientNames.join(', ')}. Any other takes what --dry-run shows.`,
      { kind: 'usage' },
    );
  });
  return [...new Set(found)];
}

function desktopFolder({ home, platform, variables }: Place): string {
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Claude');
  if (platform === 'win32') {
    return path.join(variables.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'Claude');
  }
  return path.join(variables.XDG_CONFIG_HOME || path.join(home, '.config'), 'Claude');
}

function here(): Place {
  const { platform, env } = process;
  return { home: homedir(), folder: process.cwd(), platform, variables: env };
}

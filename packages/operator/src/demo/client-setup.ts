import { type ServerName, serverCommand } from '../mcp/server-bins.js';

/** How to add a server to the clients that people use, for a configuration that is already there. */
export function clientSetup(config: string, servers: readonly ServerName[]): string {
  const entry = (name: ServerName) => {
    const { command, args } = serverCommand(name);
    return { command, args: [...args, '--config', config] };
  };
  const first = servers[0] ?? 'metrics';
  const { command, args } = entry(first);
  const entries = Object.fromEntries(servers.map((name) => [`devops-${name}`, entry(name)]));
  return [
    'Claude Code, one server at a time:',
    `  claude mcp add devops-${first} -- ${[command, ...args].join(' ')}`,
    'VS Code, in .vscode/mcp.json:',
    indent({
      servers: Object.fromEntries(
        Object.entries(entries)
          .slice(0, 1)
          .map(([name, one]) => [name, { type: 'stdio', ...one }]),
      ),
    }),
    'Cursor, in .cursor/mcp.json (Claude Desktop takes the same under mcpServers):',
    indent({ mcpServers: Object.fromEntries(Object.entries(entries).slice(0, 1)) }),
    `The others are added alike: ${servers.slice(1).join(', ')}.`,
  ].join('\n');
}

function indent(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

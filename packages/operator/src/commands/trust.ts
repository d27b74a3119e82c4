import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ToolError } from '@devops-mcp/contract';
import {
  findConfiguration,
  loadConfiguration,
  pinFile,
  pinSurfaces,
  type Surface,
  trustFile,
} from '@devops-mcp/runtime';
import type { Command } from 'commander';
import { type ServerName, serverCommand, serverNames } from '../mcp/server-bins.js';
import { guarded, print } from '../terminal.js';

export function addTrustCommands(program: Command): void {
  program
    .command('trust')
    .description('let a devops-mcp.yaml count when it lies in the working folder, as it is now')
    .argument('[file]', 'the configuration', 'devops-mcp.yaml')
    .action((file: string) =>
      guarded(async () => {
        const digest = await trustFile(file);
        print(
          `${path.resolve(file)} is trusted as it is now (sha256 ${digest.slice(0, 16)}). A change needs a new decision.`,
        );
      }),
    );
  program
    .command('pin')
    .description('write tools.lock: what each server offers now is what you have reviewed')
    .argument('[servers...]', 'default: all that the configuration names')
    .option('--config <file>', 'devops-mcp.yaml')
    .action((servers: string[], { config }: { config?: string }) => guarded(() => pin(servers, config)));
}

async function pin(servers: readonly string[], config: string | undefined): Promise<void> {
  const configuration = await loadConfiguration(await findConfiguration(config));
  const named = servers.length > 0 ? servers : Object.keys(configuration.servers);
  const names = named.map(knownServer);
  await pinServers(configuration.folder, names);
  print(
    `${pinFile(configuration.folder)} pins ${names.join(', ')}. Review the difference before you commit it.`,
  );
}

/** Pins what the installed servers offer now. */
export async function pinServers(folder: string, names: readonly ServerName[]): Promise<void> {
  await pinSurfaces(folder, names.map(surfaceOfServer));
}

function surfaceOfServer(name: ServerName): Surface {
  const { command, args } = serverCommand(name);
  const result = spawnSync(command, [...args, '--describe'], { encoding: 'utf8', maxBuffer: 16 * 1_048_576 });
  if (result.status !== 0)
    throw new ToolError('unavailable', `The ${name} server does not describe itself.`, {
      hint: result.stderr.trim().slice(-500),
    });
  // Boundary: our own bin's output; what is pinned is read from it field by field.
  const described = JSON.parse(result.stdout) as {
    server: { name: string; version: string };
    tools: Surface['tools'];
  };
  return { server: described.server.name, version: described.server.version, tools: described.tools };
}

function knownServer(name: string): ServerName {
  const known = serverNames.find((one) => one === name);
  if (known) return known;
  throw new ToolError('invalid_input', `There is no server ${name.slice(0, 40)}.`, {
    hint: `Servers: ${serverNames.join(', ')}.`,
  });
}

import { createInterface } from 'node:readline/promises';
import { StartError } from '@devops-mcp/runtime';
import type { Command } from 'commander';
import type { Ask } from '../init/choose-classes.js';
import { clientNames, readClientNames } from '../init/clients.js';
import { readGivenChoices } from '../init/given-choices.js';
import { type InitOptions, runInit } from '../init/run-init.js';
import { runRemove } from '../init/run-remove.js';
import { type ServerName, serverNames } from '../mcp/server-bins.js';
import { guarded } from '../terminal.js';

interface Options {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly remove?: boolean;
  readonly all?: boolean;
  readonly single?: boolean;
  readonly client?: readonly string[];
  readonly servers?: string;
  readonly context: readonly string[];
  readonly prometheus: readonly string[];
  readonly alertmanager: readonly string[];
  readonly output?: string;
}

/** What a test puts in place of the terminal, of the servers' programs and of this machine's ports. */
type Replaced = Partial<Pick<InitOptions, 'ask' | 'examine' | 'usualAddresses'>>;

/** `init`: exit code 0 when it is written and the doctor found no failure, 1 otherwise, 2 for a wrong command line. */
export function addInitCommand(program: Command, replaced: Replaced = {}): void {
  program
    .command('init')
    .description('write a read-only configuration for what is found here, and add the servers to clients')
    .option('--context <name=class>', 'a Kubernetes context; may be repeated', collect, [])
    .option('--prometheus <url=class>', 'Prometheus or a compatible store; may be repeated', collect, [])
    .option('--alertmanager <url=class>', 'Alertmanager; may be repeated', collect, [])
    .option('--client <name>', `${clientNames.join(', ')}; may be repeated`, collect)
    .option('--servers <names>', `${serverNames.join(',')}; default: those with something to ask`)
    .option('--single', 'one process for all servers')
    .option('--output <folder>', "where devops-mcp.yaml goes; default: the user's configuration folder")
    .option('--yes', 'ask nothing: what no option names is left out, and what is there is replaced')
    .option('--dry-run', 'show what would be written, and write nothing')
    .option('--remove', 'take the servers out of the clients again')
    .option('--all', 'with --remove: the configuration too')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action((options: Options) => guarded(() => init(options, replaced)));
}

async function init(options: Options, replaced: Replaced): Promise<void> {
  const { yes = false, dryRun = false, all = false, single = false, output } = options;
  const clients = options.client && readClientNames(options.client);
  if (options.remove) return runRemove({ clients: clients ?? clientNames, all, dryRun, output });
  if (all) throw new StartError('--all belongs to --remove.', { kind: 'usage' });
  const terminal = process.stdin.isTTY && !replaced.ask ? openTerminal() : undefined;
  try {
    const fine = await runInit({
      ...{ yes, dryRun, clients, single, output, ask: terminal?.ask, ...replaced },
      given: readGivenChoices(options),
      servers: options.servers === undefined ? undefined : readServers(options.servers),
    });
    process.exitCode = fine ? 0 : 1;
  } finally {
    terminal?.close();
  }
}

function readServers(text: string): readonly ServerName[] {
  const names = text.split(',').map((name) => {
    const known = serverNames.find((one) => one === name.trim());
    if (known) return known;
    throw new StartError(`There is no server ${name.slice(0, 40)}; servers: ${serverNames.join(', ')}.`, {
      kind: 'usage',
    });
  });
  return [...new Set(names)];
}

/** Whoever ends the input ends the command, before anything is written. */
function openTerminal(): { readonly ask: Ask; close(): void } {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  reader.once('close', () => ended.abort());
  const ask: Ask = async (question) => {
    try {
      return await reader.question(question, { signal: ended.signal });
    } catch (cause) {
      throw new StartError('The questions were not answered; nothing more was written.', { cause });
    }
  };
  return { ask, close: () => reader.close() };
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

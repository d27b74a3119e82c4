import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Command } from 'commander';
import { type ServerCommand, serverNames, suiteCommand } from '../mcp/server-bins.js';
import { guarded } from '../terminal.js';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `find` tells what is started; tests give a program of their own. */
export function addServeCommand(program: Command, find: () => ServerCommand = suiteCommand): void {
  program
    .command('serve')
    .description('several servers as one MCP process on standard input and output')
    .argument('<servers...>', `${serverNames.join(', ')}; then the flags of a server, such as --config`)
    // What the servers understand is theirs to read, their help included.
    .allowUnknownOption()
    .helpOption(false)
    .action((_servers: string[], _options: object, command: Command) =>
      guarded(async () => {
        process.exitCode = await runInherited(find(), command.args);
      }),
    );
}

/** Resolves to the exit code; as shells do, 128 and the number of the signal that ended it. */
async function runInherited({ command, args }: ServerCommand, more: readonly string[]): Promise<number> {
  const child = spawn(command, [...args, ...more], { stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of forwarded) process.on(signal, forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
    });
  } finally {
    for (const signal of forwarded) process.off(signal, forward);
  }
}

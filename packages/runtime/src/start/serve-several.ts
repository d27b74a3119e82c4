import type { BackendTable } from '@devops-mcp/contract';
import { type Command, readCommandLine } from './command-line.js';
import { openServers, type SuiteMember } from './open-several.js';
import { serveOpened } from './run-server.js';
import { StartError, startErrorFrom } from './start-error.js';

export interface ServeSeveralOptions {
  readonly backends: BackendTable;
  /** The package.json of the package that serves them together. */
  readonly manifest: { readonly name: string; readonly version: string };
}

const bin = 'devops-mcp-suite';

/**
 * Serves the servers that the command line names in one process and on one connection. Each is
 * governed and recorded as if it ran alone; clients see the union of what they publish. What prevents
 * a start is one line on standard error and exit code 1, or 2 for a wrong command line.
 */
export async function serveSeveral(
  members: readonly SuiteMember[],
  options: ServeSeveralOptions,
): Promise<void> {
  try {
    await carryOut(members, process.argv.slice(2), options);
  } catch (error) {
    const otherwise = `could not start: ${error instanceof Error ? error.message : error}`;
    const failure = startErrorFrom(error, otherwise);
    process.stderr.write(`${bin}: ${failure.message.replaceAll('\n', ' ')}\n`);
    process.exitCode = failure.exitCode;
  }
}

async function carryOut(
  members: readonly SuiteMember[],
  args: readonly string[],
  { backends, manifest }: ServeSeveralOptions,
): Promise<void> {
  const flagsAt = args.findIndex((arg) => arg.startsWith('-'));
  const names = flagsAt < 0 ? args : args.slice(0, flagsAt);
  const command = readCommandLine(flagsAt < 0 ? [] : args.slice(flagsAt));
  const known = members.map(({ definition }) => definition.name);
  if (command.kind === 'help') return void process.stdout.write(helpText(known));
  if (command.kind === 'version') return void process.stdout.write(`${manifest.version}\n`);
  const chosen = choose(members, names, known);
  if (command.kind === 'describe') {
    const { describeServer } = await import('./describe.js');
    const described = chosen.map((one) => describeServer(one.definition, one.manifest));
    return void process.stdout.write(`${JSON.stringify(described, null, 2)}\n`);
  }
  await serve(chosen, command, { backends, manifest });
}

async function serve(
  members: readonly SuiteMember[],
  command: Command,
  { backends, manifest }: ServeSeveralOptions,
): Promise<void> {
  if (command.kind !== 'serve') {
    throw usage(
      `--${command.kind} is a matter of one server: run devops-mcp-${members[0]?.definition.name}.`,
    );
  }
  await serveOpened(bin, command, (surroundings) =>
    openServers({
      ...surroundings,
      ...{ members, backends, manifest },
      warn: (server, message) => process.stderr.write(`devops-mcp-${server}: ${message}\n`),
    }),
  );
}

function choose(
  members: readonly SuiteMember[],
  names: readonly string[],
  known: readonly string[],
): readonly SuiteMember[] {
  if (names.length === 0) throw usage(`Name the servers to serve: ${known.join(' ')}.`);
  return [...new Set(names)].map((name) => {
    const found = members.find(({ definition }) => definition.name === name);
    if (!found) throw usage(`There is no server "${name.slice(0, 80)}"; known: ${known.join(', ')}.`);
    return found;
  });
}

function usage(message: string): StartError {
  return new StartError(message, { kind: 'usage' });
}

function helpText(known: readonly string[]): string {
  return `${bin} — several servers in one process (MCP)

Usage: ${bin} SERVER... [flags]   speaks MCP over standard input and output
       SERVER is any of ${known.join(', ')}

  --config FILE           devops-mcp.yaml; else DEVOPS_MCP_CONFIG, then the user's configuration folder
  --read-only             serve no actions
  --tools a,b             serve only these tools
  --exclude-tools a,b     serve all but these tools
  --http 127.0.0.1:PORT   loopback HTTP; without authentication it serves reads alone
  --describe              print what the named servers are and publish, as JSON
  --version, --help
`;
}

import type { ServerDefinition } from '@devops-mcp/contract';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { findConfiguration } from '../configuration/find-configuration.js';
import { loadConfiguration } from '../configuration/load-configuration.js';
import type { Command } from './command-line.js';
import { type OpenServer, type OpenServerOptions, openServer } from './open-server.js';
import { systemRandom } from './random.js';
import type { ServeOptions } from './serve.js';
import { StartError } from './start-error.js';

/** Serves until standard input ends or the process is asked to stop, then closes what was opened. */
export async function runServer(
  definition: ServerDefinition,
  { backends, manifest }: ServeOptions,
  command: ServeCommand,
): Promise<void> {
  const bin = `devops-mcp-${definition.name}`;
  await serveOpened(bin, command, (surroundings) =>
    openServer({
      ...surroundings,
      ...{ definition, backends, manifest },
      warn: (message) => process.stderr.write(`${bin}: ${message}\n`),
    }),
  );
}

type ServeCommand = Extract<Command, { kind: 'serve' }>;
/** What the machine and the command line give to whatever is served. */
export type Surroundings = Pick<
  OpenServerOptions,
  'configuration' | 'narrowing' | 'transport' | 'clock' | 'random' | 'variables'
>;

/** The same for whatever `open` makes of the configuration. */
export async function serveOpened(
  bin: string,
  command: ServeCommand,
  open: (surroundings: Surroundings) => Promise<OpenServer>,
): Promise<void> {
  const configuration = await loadConfiguration(await findConfiguration(command.config));
  if (configuration.role === 'executor') {
    throw new StartError(
      `${configuration.file} is an executor's configuration; no client is served with it.`,
    );
  }
  const warn = (message: string) => process.stderr.write(`${bin}: ${message}\n`);
  const server = await open({
    configuration,
    narrowing: command.narrowing,
    transport: command.http ? 'streamable-http' : 'stdio',
    clock: () => new Date(),
    random: systemRandom,
    variables: process.env,
  });
  const stop = command.http ? await listen(server, command.http, warn) : speakOverStdio(server, warn);
  untilAskedToStop(command.http === undefined, async () => {
    await stop();
    await server.close();
  });
}

function speakOverStdio(server: OpenServer, warn: (message: string) => void): () => Promise<void> {
  const handle = serveStdio(server.factory, {
    transport: new StdioServerTransport(),
    onerror: (error) => warn(error.message),
  });
  return () => handle.close();
}

async function listen(
  server: OpenServer,
  address: { readonly host: string; readonly port: number },
  warn: (message: string) => void,
): Promise<() => Promise<void>> {
  const { serveHttp } = await import('../http/serve-http.js');
  const listening = await serveHttp(server.factory, { ...address, onError: (error) => warn(error.message) });
  warn(`listening on ${listening.url}`);
  return listening.close;
}

/** A client that closes standard input has ended the session; so does a signal. */
function untilAskedToStop(stdinEnds: boolean, close: () => Promise<void>): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await close().catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    });
    // Engines of backends may keep threads alive that have nothing left to do.
    process.exit();
  };
  if (stdinEnds) {
    process.stdin.once('end', stop);
    process.stdin.once('close', stop);
    process.stdout.once('error', stop);
  }
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

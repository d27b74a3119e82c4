import type { BackendTable, ServerDefinition } from '@devops-mcp/contract';
import { type Command, helpText, readCommandLine } from './command-line.js';
import { runServer } from './run-server.js';
import { startErrorFrom } from './start-error.js';

export interface ServeOptions {
  readonly backends: BackendTable;
  /** The server's package.json. */
  readonly manifest: { readonly name: string; readonly version: string };
}

/**
 * Turns a definition into a process: reads the command line, then serves MCP over stdio or loopback
 * HTTP, prints a description, examines its backends, or applies an approved request. Standard output carries the protocol
 * and nothing else. What prevents a start is one line on standard error and exit code 1, or 2 for a
 * wrong command line.
 */
export async function serve(definition: ServerDefinition, options: ServeOptions): Promise<void> {
  try {
    await carryOut(readCommandLine(process.argv.slice(2)), definition, options);
  } catch (error) {
    const failure = startErrorFrom(
      error,
      `could not start: ${error instanceof Error ? error.message : error}`,
    );
    process.stderr.write(`devops-mcp-${definition.name}: ${failure.message.replaceAll('\n', ' ')}\n`);
    process.exitCode = failure.exitCode;
  }
}

async function carryOut(
  command: Command,
  definition: ServerDefinition,
  options: ServeOptions,
): Promise<void> {
  const { manifest } = options;
  switch (command.kind) {
    case 'help':
      process.stdout.write(helpText(`devops-mcp-${definition.name}`, definition.title));
      return;
    case 'version':
      process.stdout.write(`${manifest.version}\n`);
      return;
    case 'describe': {
      const { describeServer } = await import('./describe.js');
      process.stdout.write(`${JSON.stringify(describeServer(definition, manifest), null, 2)}\n`);
      return;
    }
    case 'examine': {
      const { printExamination } = await import('./print-examination.js');
      await printExamination(definition, options, command.config);
      return;
    }
    case 'execute': {
      const { executeRequest } = await import('./execute-request.js');
      process.exitCode = await executeRequest(definition, options, command);
      return;
    }
    case 'serve': {
      await runServer(definition, options, command);
    }
  }
}

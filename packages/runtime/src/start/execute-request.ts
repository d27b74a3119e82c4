import { readFile } from 'node:fs/promises';
import type { ServerDefinition } from '@devops-mcp/contract';
import { createExecutor, type ExecutionResult } from '@devops-mcp/governance';
import { findConfiguration } from '../configuration/find-configuration.js';
import { loadConfiguration } from '../configuration/load-configuration.js';
import type { Command } from './command-line.js';
import { prepareProcess } from './governed-process.js';
import { openProcess } from './open-process.js';
import { systemRandom } from './random.js';
import type { ServeOptions } from './serve.js';
import { StartError } from './start-error.js';

/** Exit codes of `--execute`, by what became of the request. */
const exitCodes: Readonly<Record<ExecutionResult['state'], number>> = {
  succeeded: 0,
  refused: 3,
  failed: 4,
  ambiguous: 5,
};

/**
 * Applies an approved request as the executor that the configuration makes this process, and prints
 * the result as JSON. No client is served. Resolves to the exit code; rejects with a StartError when
 * there is nothing to execute with.
 */
export async function executeRequest(
  definition: ServerDefinition,
  { backends, manifest }: ServeOptions,
  command: Extract<Command, { kind: 'execute' }>,
): Promise<number> {
  const configuration = await loadConfiguration(await findConfiguration(command.config));
  const { executor } = configuration;
  if (!executor) {
    throw new StartError(
      `${configuration.file} is not an executor's configuration; --execute needs one with role: executor.`,
    );
  }
  const [requestFile, approvalFiles, privateKey] = await Promise.all([
    read(command.request, 'request'),
    Promise.all(command.approvals.map((file) => read(file, 'approval'))),
    read(executor.privateKey, "executor's key"),
  ]);
  const warn = (message: string) => process.stderr.write(`devops-mcp-${definition.name}: ${message}\n`);
  const prepared = await prepareProcess({
    ...{ definition, backends, manifest, configuration, warn },
    ...{ clock: () => new Date(), random: systemRandom, variables: process.env },
  });
  const open = await openProcess(prepared);
  try {
    const result = await createExecutor({
      ...open.governed,
      executor: { id: executor.id, kind: executor.kind },
      privateKey,
    }).execute({ requestFile, approvalFiles, ...surroundings() });
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return exitCodes[result.state];
  } finally {
    await open.close();
  }
}

/** A person who interrupts stops what has not begun to change anything. */
function surroundings() {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  return {
    trace: { traceId: systemRandom.hex(16), traceparent: null },
    signal: interrupted.signal,
    progress: () => {},
  };
}

async function read(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new StartError(`The ${what} ${file} cannot be read.`, { cause });
  }
}

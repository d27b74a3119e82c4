import type { ServerDefinition } from '@devops-mcp/contract';
import { findConfiguration } from '../configuration/find-configuration.js';
import { loadConfiguration } from '../configuration/load-configuration.js';
import { examineBackends } from './examine.js';
import type { ServeOptions } from './serve.js';

/**
 * `--examine`: prints an Examination as JSON and ends the process, whatever connections a backend
 * keeps open. Rejects with a StartError when the configuration cannot be read.
 */
export async function printExamination(
  definition: ServerDefinition,
  { backends, manifest }: ServeOptions,
  config: string | undefined,
): Promise<void> {
  const configuration = await loadConfiguration(await findConfiguration(config));
  const examination = await examineBackends({
    ...{ definition, backends, manifest, configuration },
    clock: () => new Date(),
    warn: (message) => process.stderr.write(`devops-mcp-${definition.name}: ${message}\n`),
    variables: process.env,
  });
  process.stdout.write(`${JSON.stringify(examination, null, 2)}\n`, () => process.exit(0));
}

import type { AskServer } from './ask-servers.js';
import { askServers } from './ask-servers.js';
import type { Diagnosis } from './check.js';
import { checkConfiguration } from './check-configuration.js';
import { checkGovernance } from './check-governance.js';

/** Looks at the configuration, at what it names, and at every backend through the installed servers. */
export async function diagnose(config: string | undefined, ask?: AskServer): Promise<Diagnosis> {
  const found = await checkConfiguration(config);
  const { configuration } = found;
  if (configuration === undefined) return { configuration: null, checks: found.checks };
  const [governance, backends] = await Promise.all([
    checkGovernance(configuration),
    askServers(configuration, ask),
  ]);
  return { configuration: configuration.file, checks: [...found.checks, ...governance, ...backends] };
}

import path from 'node:path';
import {
  type Configuration,
  findConfiguration,
  loadConfiguration,
  StartError,
  userConfigurationFolder,
} from '@devops-mcp/runtime';
import { serverNames } from '../mcp/server-bins.js';
import { type Check, failure, ok, warning } from './check.js';
import { checkMode, checkWritable } from './file-facts.js';

/** The configuration, or undefined with the reason among the checks. */
export interface FoundConfiguration {
  readonly configuration: Configuration | undefined;
  readonly checks: readonly Check[];
}

/** Where the configuration was found, whether it parses, and who else may change it or what it names. */
export async function checkConfiguration(flag: string | undefined): Promise<FoundConfiguration> {
  let file: string;
  try {
    file = await findConfiguration(flag);
  } catch (error) {
    return refused(error, 'Make one with: devops-mcp init. One of a repository has to be trusted first.');
  }
  try {
    const configuration = await loadConfiguration(file);
    const checks = await Promise.all([
      ok('configuration', `${file} is used: ${howFound(flag, file)}.`),
      ...[await checkMode(file, 'The configuration', 'configuration')].flat(),
      ...secretsInside(configuration),
      ...environmentsOf(configuration),
      ...unknownServers(configuration),
      checkWritable(configuration.stateDir, 'The state folder', 'configuration'),
      ...(await checkMode(configuration.stateDir, 'The state folder', 'configuration')),
    ]);
    return { configuration, checks };
  } catch (error) {
    return refused(error, 'Correct the line that is named.');
  }
}

function refused(error: unknown, fix: string): FoundConfiguration {
  if (!(error instanceof StartError)) throw error;
  return { configuration: undefined, checks: [failure('configuration', error.message, fix)] };
}

function howFound(flag: string | undefined, file: string): string {
  if (flag !== undefined) return 'named by --config';
  if ((process.env.DEVOPS_MCP_CONFIG ?? '') !== '') return 'named by DEVOPS_MCP_CONFIG';
  if (path.dirname(file) === userConfigurationFolder()) return "in the user's configuration folder";
  return 'in the working folder, trusted as it is now';
}

/** A credential written out where only its source belongs. */
function secretsInside(configuration: Configuration): readonly Check[] {
  const places = [
    { where: 'ports', ports: configuration.sharedPorts },
    ...configuration.environments.map(({ name, ports }) => ({ where: `environments.${name}.ports`, ports })),
  ];
  return places
    .flatMap(({ where, ports }) => literalCredentials(ports, where))
    .map((where) =>
      failure(
        'configuration',
        `${where} holds a secret in plain text.`,
        'Give { env: NAME }, { file: PATH } or { command: [...] }, and replace the secret at its source.',
      ),
    );
}

function literalCredentials(value: unknown, where: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = `${where}.${key}`;
    if (key === 'credential' && typeof inner === 'string') return inner.includes('${') ? [] : [place];
    return literalCredentials(inner, place);
  });
}

function environmentsOf({ environments, sharedPorts }: Configuration): readonly Check[] {
  if (environments.length === 0)
    return [
      failure(
        'configuration',
        'No environment is configured, so that no server has anything to ask.',
        'Add one under environments, or run: devops-mcp init',
      ),
    ];
  return environments.map(({ name, class: kind, ports }) => {
    const named = [...new Set([...Object.keys(ports), ...Object.keys(sharedPorts)])];
    if (named.length > 0) return ok('configuration', `${name} (${kind}) has ${named.join(', ')}.`);
    return warning(
      'configuration',
      `${name} (${kind}) has no backend.`,
      `Add environments.${name}.ports, or take the environment away.`,
    );
  });
}

function unknownServers({ servers }: Configuration): readonly Check[] {
  const known: readonly string[] = serverNames;
  return Object.keys(servers)
    .filter((name) => !known.includes(name))
    .map((name) =>
      warning(
        'configuration',
        `servers.${name} is no server of this suite.`,
        `Servers: ${known.join(', ')}.`,
      ),
    );
}

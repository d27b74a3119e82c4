import type { BackendDefinition, BackendTable, Environment, PortImplementation } from '@devops-mcp/contract';
import type { Configuration } from '../configuration/load-configuration.js';
import type { PortSettings } from '../configuration/schema.js';
import { StartError } from '../start/start-error.js';
import { type CredentialSource, checkCredential, credentialSource } from './credential.js';

/** One configured port of one environment, checked, not yet opened. */
export interface BackendBinding {
  readonly port: string;
  readonly environment: Environment;
  readonly backend: BackendDefinition;
  readonly implementation: PortImplementation<unknown>;
  /** What the backend reads, with credentials as they stand in the file. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credential: CredentialSource | undefined;
  readonly writeCredential: CredentialSource | undefined;
  readonly canWrite: boolean;
  /** Names the setting in messages: `environments.production.ports.logs`. */
  readonly where: string;
}

/**
 * Checks the settings of the given ports against the backends that they name, in every environment.
 * Rejects with a StartError for an unknown backend, a backend without the port, wrong settings, and
 * credentials whose environment variables are not set.
 */
export async function bindBackends(
  configuration: Configuration,
  ports: readonly string[],
  backends: BackendTable,
  variables: NodeJS.ProcessEnv,
): Promise<readonly BackendBinding[]> {
  const wanted = settingsOf(configuration).filter(({ port }) => ports.includes(port));
  return Promise.all(wanted.map((entry) => bind(entry, configuration.file, backends, variables)));
}

interface Entry {
  readonly port: string;
  readonly environment: Environment;
  readonly settings: PortSettings;
  readonly where: string;
}

function settingsOf(configuration: Configuration): readonly Entry[] {
  const shared = Object.entries(configuration.sharedPorts);
  const without: Environment = { name: 'none', class: 'development' };
  const entries: Entry[] = shared.map(([port, settings]) => ({
    port,
    environment: without,
    settings,
    where: `ports.${port}`,
  }));
  for (const environment of configuration.environments) {
    for (const [port, settings] of shared) {
      if (environment.ports[port]) continue;
      entries.push({ port, environment, settings, where: `ports.${port}` });
    }
    for (const [port, settings] of Object.entries(environment.ports)) {
      entries.push({ port, environment, settings, where: `environments.${environment.name}.ports.${port}` });
    }
  }
  return entries;
}

async function bind(
  entry: Entry,
  file: string,
  backends: BackendTable,
  variables: NodeJS.ProcessEnv,
): Promise<BackendBinding> {
  const { use, ...settings } = entry.settings;
  const where = `${file}: ${entry.where}`;
  const load = Object.hasOwn(backends, use) ? backends[use] : undefined;
  if (!load) {
    throw new StartError(`${where}: unknown backend "${use}"; known: ${Object.keys(backends).join(', ')}.`);
  }
  const backend = await load();
  const implementation = backend.ports.find((candidate) => candidate.port.name === entry.port);
  if (!implementation) {
    const provided = backend.ports.map((candidate) => candidate.port.name).join(', ');
    throw new StartError(
      `${where}: the backend ${use} does not provide ${entry.port}; it provides ${provided}.`,
    );
  }
  checkSettings(backend, settings, where);
  const credential = sourceOf(settings.credential, `${where}.credential`, variables);
  const writeCredential = sourceOf(settings.write?.credential, `${where}.write.credential`, variables);
  return {
    port: entry.port,
    environment: entry.environment,
    backend,
    implementation,
    settings,
    credential,
    writeCredential,
    canWrite: settings.write !== undefined,
    where: entry.where,
  };
}

/** A credential stands for the string that it will become; it is not read before the first use. */
function checkSettings(backend: BackendDefinition, settings: Record<string, unknown>, where: string): void {
  const parsed = backend.config.safeParse(withCredentials(settings, 'checked later', 'checked later'));
  if (parsed.success) return;
  const issue = parsed.error.issues[0];
  const path = [where, ...(issue?.path ?? []).map(String)].join('.');
  throw new StartError(`${path}: ${issue?.message ?? 'not valid'}`);
}

/** The settings with the credentials' values in place of where they come from. */
export function withCredentials(
  settings: Readonly<Record<string, unknown>>,
  credential: string | undefined,
  writeCredential: string | undefined,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...settings };
  if ('credential' in settings) result.credential = credential;
  const write: unknown = settings.write;
  if (typeof write === 'object' && write !== null && 'credential' in write) {
    result.write = { ...write, credential: writeCredential };
  }
  return result;
}

function sourceOf(value: unknown, where: string, variables: NodeJS.ProcessEnv): CredentialSource | undefined {
  if (value === undefined) return undefined;
  const parsed = credentialSource.safeParse(value);
  if (!parsed.success) {
    throw new StartError(
      `${where}: give { env: NAME }, { file: PATH }, { command: [...] } or text with \${NAME}.`,
    );
  }
  checkCredential(parsed.data, where, variables);
  return parsed.data;
}

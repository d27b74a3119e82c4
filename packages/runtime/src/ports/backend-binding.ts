import type { BackendDefinition, BackendTable, Environment, PortImplementation } from '@devops-mcp/contract';
import { changesPort } from '@devops-mcp/domain';
import type { Configuration } from '../configuration/load-configuration.js';
import type { BackendSettings, PortSettings } from '../configuration/schema.js';
import { StartError } from '../start/start-error.js';
import { type CredentialSource, checkCredential, credentialSource } from './credential.js';

/** One configured backend of a port in one environment, checked, not yet opened. */
export interface BackendBinding {
  readonly port: string;
  /** What answers call it; no other behind the port in this environment is called so. */
  readonly name: string;
  /** Its place among the backends of the port: 0 is preferred. */
  readonly position: number;
  /** The name of the backend that it stands in for; null for one that is asked first. */
  readonly fallbackFor: string | null;
  readonly environment: Environment;
  readonly backend: BackendDefinition;
  readonly implementation: PortImplementation<unknown>;
  /** What the backend reads, with credentials as they stand in the file. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credential: CredentialSource | undefined;
  readonly writeCredential: CredentialSource | undefined;
  /** Of sections that name a second system to read, such as `history`; by the section's key. */
  readonly sectionCredentials: Readonly<Record<string, CredentialSource>>;
  readonly canWrite: boolean;
  /** Names the setting in messages: `environments.production.ports.logs`, `...ports.alerts[1]`. */
  readonly where: string;
}

/**
 * Checks the settings of the given ports against the backends that they name, in every environment;
 * the backends of a port follow each other, the preferred one first and a fallback last. Rejects with
 * a StartError for an unknown backend, a backend without the port, wrong settings, backends that do not
 * go together, and credentials whose environment variables are not set.
 */
export async function bindBackends(
  configuration: Configuration,
  ports: readonly string[],
  backends: BackendTable,
  variables: NodeJS.ProcessEnv,
): Promise<readonly BackendBinding[]> {
  const wanted = settingsOf(configuration).filter(({ port }) => ports.includes(port));
  const bound = await Promise.all(
    wanted.map((entry) =>
      Promise.all(
        backendsOf(entry).map((one) => bind({ ...entry, ...one }, configuration.file, backends, variables)),
      ),
    ),
  );
  for (const together of bound) refuseMisfits(together, configuration.file);
  return bound.flat();
}

interface PortEntry {
  readonly port: string;
  readonly environment: Environment;
  readonly settings: PortSettings;
  readonly where: string;
}

type BackendEntry = Omit<PortEntry, 'settings'> &
  Pick<BackendBinding, 'name' | 'position' | 'fallbackFor'> & { readonly settings: BackendSettings };

function settingsOf(configuration: Configuration): readonly PortEntry[] {
  const shared = Object.entries(configuration.sharedPorts);
  const without: Environment = { name: 'none', class: 'development' };
  const entries: PortEntry[] = shared.map(([port, settings]) => ({
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

function backendsOf({
  settings,
  where,
}: PortEntry): readonly Pick<BackendEntry, 'settings' | 'where' | 'name' | 'position' | 'fallbackFor'>[] {
  const nameOf = ({ use, as }: Pick<BackendSettings, 'use' | 'as'>) => as ?? use;
  if (Array.isArray(settings)) {
    return settings.map((one, position) => ({
      settings: one,
      where: `${where}[${position}]`,
      ...{ name: nameOf(one), position, fallbackFor: null },
    }));
  }
  const { fallback, ...first } = settings;
  const own = { settings: first, where, name: nameOf(first), position: 0, fallbackFor: null };
  if (!fallback) return [own];
  const { write: _write, fallback: _fallback, ...second } = fallback;
  const standIn = { name: nameOf(second), position: 1, fallbackFor: own.name };
  return [own, { settings: second, where: `${where}.fallback`, ...standIn }];
}

async function bind(
  entry: BackendEntry,
  file: string,
  backends: BackendTable,
  variables: NodeJS.ProcessEnv,
): Promise<BackendBinding> {
  const { use, as: _as, fallback: _fallback, ...settings } = entry.settings;
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
    name: entry.name,
    position: entry.position,
    fallbackFor: entry.fallbackFor,
    environment: entry.environment,
    backend,
    implementation,
    settings,
    credential,
    writeCredential,
    sectionCredentials: sectionSources(settings, where, variables),
    canWrite: settings.write !== undefined,
    where: entry.where,
  };
}

/** What is right alone can be wrong together. */
function refuseMisfits(together: readonly BackendBinding[], file: string): void {
  const [first, ...others] = together;
  if (!first) return;
  const { port } = first.implementation;
  for (const binding of others) {
    const where = `${file}: ${binding.where}`;
    if (binding.fallbackFor === null && !port.merge) {
      throw new StartError(`${where}: ${binding.port} takes one backend; give its settings without a list.`);
    }
    if (binding.fallbackFor !== null && port.name === changesPort.name) {
      throw new StartError(
        `${where}: change requests are evidence for approvals, which nothing stands in for.`,
      );
    }
    const before = together.slice(0, together.indexOf(binding));
    if (before.some(({ name }) => name === binding.name)) {
      throw new StartError(
        `${where}: ${binding.name} is behind this port already; tell them apart with \`as:\`.`,
      );
    }
    if (binding.canWrite && before.some(({ canWrite }) => canWrite)) {
      throw new StartError(`${where}.write: one backend of a port may write, and an earlier one does.`);
    }
  }
}

/** A credential stands for the string that it will become; it is not read before the first use. */
function checkSettings(backend: BackendDefinition, settings: Record<string, unknown>, where: string): void {
  const parsed = backend.config.safeParse(withCredentials(settings, () => 'checked later'));
  if (parsed.success) return;
  const issue = parsed.error.issues[0];
  const path = [where, ...(issue?.path ?? []).map(String)].join('.');
  throw new StartError(`${path}: ${issue?.message ?? 'not valid'}`);
}

/** The settings with the credentials' values in place of where they come from; null names the backend's own. */
export function withCredentials(
  settings: Readonly<Record<string, unknown>>,
  fill: (section: string | null) => string | undefined,
): Record<string, unknown> {
  const filled = Object.entries(settings).map(([key, value]) => {
    if (key === 'credential') return [key, fill(null)] as const;
    return [key, holdsCredential(value) ? { ...value, credential: fill(key) } : value] as const;
  });
  return Object.fromEntries(filled);
}

function sectionSources(
  settings: Readonly<Record<string, unknown>>,
  where: string,
  variables: NodeJS.ProcessEnv,
): Readonly<Record<string, CredentialSource>> {
  const found = Object.entries(settings).flatMap(([key, value]) => {
    if (key === 'write' || !holdsCredential(value)) return [];
    const source = sourceOf(value.credential, `${where}.${key}.credential`, variables);
    return source === undefined ? [] : [[key, source] as const];
  });
  return Object.fromEntries(found);
}

function holdsCredential(value: unknown): value is { readonly credential: unknown } {
  return typeof value === 'object' && value !== null && 'credential' in value;
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

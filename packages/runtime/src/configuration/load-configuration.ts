import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Environment, NetworkSettings } from '@devops-mcp/contract';
import { StartError } from '../start/start-error.js';
import { parseYaml } from './parse-yaml.js';
import { type ExecutorFile, type PortSettings, type ServerFile, schemaFor } from './schema.js';

export interface EnvironmentSettings extends Environment {
  readonly ports: Readonly<Record<string, PortSettings>>;
}

export interface ExecutorSettings {
  readonly id: string;
  readonly kind: 'control-plane' | 'ci';
  readonly publicKey: string;
  readonly audit: string | null;
}

/** devops-mcp.yaml as read: every path of the suite absolute, settings of ports as written. */
export interface Configuration {
  readonly file: string;
  readonly folder: string;
  readonly role: 'server' | 'executor';
  readonly stateDir: string;
  readonly auditDir: string;
  readonly catalog: readonly string[];
  /** Null: the default policy holds. */
  readonly policy: string | null;
  readonly approvers: { readonly allowedSigners: string; readonly enrolments: string | null } | null;
  readonly executors: readonly ExecutorSettings[];
  readonly servers: ServerFile['servers'];
  /** Backends of every environment, and the only ones for calls without an environment. */
  readonly sharedPorts: Readonly<Record<string, PortSettings>>;
  readonly network: NetworkSettings;
  readonly environments: readonly EnvironmentSettings[];
  /** The subject of stdio callers; null when the machine's user is taken. */
  readonly stdioSubject: string | null;
  /** Calls of one reading tool by one caller; null when the default holds. */
  readonly readsPerMinute: number | null;
  /** Present exactly when `role` is `executor`. */
  readonly executor: {
    readonly id: string;
    readonly kind: 'control-plane' | 'ci';
    readonly privateKey: string;
  } | null;
  /** Resolves a path of the file against the file's folder. */
  resolvePath(path: string): string;
}

/** Reads and checks a configuration file. Rejects with a StartError that names file and line. */
export async function loadConfiguration(file: string): Promise<Configuration> {
  const path = resolve(file);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new StartError(`The configuration ${path} cannot be read; check the path and its permissions.`, {
      cause,
    });
  }
  return parseConfiguration(text, path);
}

/** The same from text; `file` must be absolute, since paths resolve against its folder. */
export function parseConfiguration(text: string, file: string): Configuration {
  const parsed = parseYaml<ServerFile | ExecutorFile>(text, file, schemaFor);
  const folder = dirname(file);
  const at = (path: string) => resolve(folder, path);
  return {
    file,
    folder,
    role: parsed.role,
    stateDir: at(parsed.state.path),
    auditDir: at(parsed.audit.path),
    catalog: parsed.catalog.map(at),
    policy: parsed.policy === undefined ? null : at(parsed.policy),
    approvers: parsed.approvers
      ? {
          allowedSigners: at(parsed.approvers.allowedSigners),
          enrolments: parsed.approvers.enrolments === undefined ? null : at(parsed.approvers.enrolments),
        }
      : null,
    executors: parsed.executors.map((executor) => ({
      id: executor.id,
      kind: executor.kind,
      publicKey: at(executor.publicKey),
      audit: executor.audit === undefined ? null : at(executor.audit),
    })),
    servers: parsed.servers,
    sharedPorts: parsed.ports,
    network: {
      proxy: parsed.network?.proxy ?? null,
      noProxy: parsed.network?.noProxy ?? [],
      caFile: parsed.network?.caFile === undefined ? null : at(parsed.network.caFile),
    },
    environments: Object.entries(parsed.environments).map(([name, settings]) => ({
      name,
      class: settings.class,
      ports: settings.ports,
    })),
    stdioSubject: parsed.role === 'server' ? (parsed.identity?.stdio.subject ?? null) : null,
    readsPerMinute: parsed.role === 'server' ? (parsed.limits?.readsPerMinute ?? null) : null,
    executor:
      parsed.role === 'executor' ? { ...parsed.executor, privateKey: at(parsed.executor.privateKey) } : null,
    resolvePath: at,
  };
}

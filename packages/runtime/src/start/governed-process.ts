import { hostname } from 'node:os';
import type { BackendTable, Environment, ServerDefinition } from '@devops-mcp/contract';
import { noEnvironment } from '@devops-mcp/contract';
import {
  approverFiles,
  createRedactor,
  createSwitchboard,
  defaultPolicyText,
  type Environments,
  type GovernedProcess,
  loadPolicy,
  openAuditLog,
  openSqliteStore,
  type Policy,
  type RandomSource,
  type ServerFacts,
  type Store,
} from '@devops-mcp/governance';
import type { Configuration } from '../configuration/load-configuration.js';
import { actionHistoryFrom } from '../ports/action-history.js';
import { bindBackends } from '../ports/backend-binding.js';
import { changeRequestsFrom } from '../ports/change-requests.js';
import { connectPorts, type ProvidedPorts } from '../ports/connect-ports.js';
import { actionPorts, declaredPorts } from '../ports/declared-ports.js';
import type { OpeningContext } from '../ports/open-port.js';
import { planStoreFor } from '../ports/plan-store.js';
import { refuseProductionReach } from '../ports/write-reach.js';
import { once } from './once.js';
import { startErrorFrom } from './start-error.js';

export interface ProcessOptions {
  readonly definition: ServerDefinition;
  readonly backends: BackendTable;
  readonly manifest: { readonly version: string };
  readonly configuration: Configuration;
  readonly clock: () => Date;
  readonly random: RandomSource;
  readonly warn: (message: string) => void;
  readonly variables: NodeJS.ProcessEnv;
}

export interface LazyProcess {
  readonly facts: ServerFacts;
  readonly policy: Policy;
  readonly store: () => Promise<Store>;
  /** Loads the catalog and puts the parts together; at the first call. */
  readonly process: () => Promise<Omit<GovernedProcess, 'role' | 'executors'>>;
  close(): Promise<void>;
}

/**
 * Checks what must stop a start: policy, settings of backends, credentials that reach too far. Store,
 * catalog, audit segment and backends are opened at the first call that needs them.
 * Rejects with a StartError.
 */
export async function prepareProcess(options: ProcessOptions): Promise<LazyProcess> {
  const { definition, configuration, clock, random } = options;
  const facts = serverFacts(options);
  const policy = policyOf(options);
  const bindings = await bindBackends(
    configuration,
    declaredPorts(definition),
    options.backends,
    options.variables,
  );
  const store = once(() => openSqliteStore({ directory: configuration.stateDir, clock }));
  const catalog = once(() => readCatalog(options));
  const opening = openingContext(options, store, catalog);
  if (configuration.role === 'server') {
    await refuseProductionReach(bindings, actionPorts(definition), opening, configuration.file);
  }
  const parts = once(async () => {
    const { openParts } = await import('./open-parts.js');
    return openParts({ ...options, ...{ bindings, facts, catalog, opening, store } });
  });
  return {
    ...{ facts, policy, store },
    process: async () => ({ ...(await parts()).process, ...{ policy, ownership: (await catalog()).ownership } }),
    close: async () => {
      if (parts.begun()) await (await parts()).audit.close();
      if (store.begun()) await (await store()).close();
    },
  };
}

function serverFacts({ definition, configuration, manifest }: ProcessOptions): ServerFacts {
  const registered = configuration.servers[definition.name];
  return {
    name: definition.name,
    version: manifest.version,
    host: hostname(),
    owner: registered?.owner ?? definition.owner,
    killSwitchOwner: registered?.killSwitchOwner ?? definition.onCall,
  };
}

/** Rules for servers outside the suite are notices for who administers the policy, not for each start. */
function policyOf({ configuration, definition }: ProcessOptions): Policy {
  const { tools, actions, resources, prompts, name } = definition;
  const known = [...tools, ...actions, ...resources, ...prompts].map((each) => each.name);
  const own = configuration.policy === null ? { text: defaultPolicyText } : {};
  try {
    return loadPolicy({
      ...{ path: configuration.policy ?? 'the default policy', ...own },
      knownServers: [...new Set([name, ...Object.keys(configuration.servers)])],
      knownTools: { [name]: known },
    });
  } catch (cause) {
    throw startErrorFrom(cause, 'The policy cannot be read.');
  }
}

async function readCatalog({ configuration, warn }: ProcessOptions) {
  const { loadCatalog } = await import('@devops-mcp/catalog');
  const catalog = await loadCatalog({
    paths: configuration.catalog,
    environments: configuration.environments.map(({ name }) => name),
  });
  const [first] = catalog.problems;
  if (first) {
    warn(
      `the catalog has ${catalog.problems.length} problem(s), the first in ${first.file}:${first.line}: ${first.message}`,
    );
  }
  return catalog;
}

type Catalog = Awaited<ReturnType<typeof readCatalog>>;

function openingContext(
  { configuration, clock, warn, variables }: ProcessOptions,
  store: () => Promise<Store>,
  catalog: () => Promise<Catalog>,
): OpeningContext {
  return {
    stateDir: configuration.stateDir,
    resolvePath: configuration.resolvePath,
    services: async () => (await catalog()).mapping,
    leases: { acquire: async (name, ttlMs) => (await store()).leases.acquire(name, ttlMs) },
    ...{ clock, warn, variables },
  };
}

function providedPorts(
  configuration: Configuration,
  store: () => Promise<Store>,
  catalog: () => Promise<Catalog>,
  clock: () => Date,
): ProvidedPorts {
  const folders = [configuration.auditDir, ...configuration.executors.flatMap(({ audit }) => audit ?? [])];
  return {
    services: async () => (await catalog()).services,
    actionHistory: async () => actionHistoryFrom(folders),
    planStore: async (caller) => planStoreFor(caller, store, clock),
  };
}

function environmentsOf(configuration: Configuration): Environments {
  const without: Environment = { name: noEnvironment, class: 'development' };
  const known = new Map(
    configuration.environments.map(({ name, class: kind }) => [name, { name, class: kind }]),
  );
  return {
    get: (name) => (name === noEnvironment ? without : known.get(name)),
    names: () => [...known.keys()],
  };
}

function approversOf({ approvers }: Configuration) {
  if (!approvers) return undefined;
  return approverFiles({
    allowedSigners: approvers.allowedSigners,
    enrolments: approvers.enrolments ?? undefined,
  });
}

import { type Environment, noEnvironment } from '@devops-mcp/contract';
import {
  approverFiles,
  callsPerMinute,
  createRateLimiter,
  createRedactor,
  createRoad,
  createSwitchboard,
  type Environments,
  type GovernedProcess,
  openAuditLog,
  openSqliteStore,
  type Road,
  type RoadDependencies,
  type Store,
} from '@devops-mcp/governance';
import type { Configuration } from '../configuration/load-configuration.js';
import { actionHistoryFrom } from '../ports/action-history.js';
import { changeRequestsFrom } from '../ports/change-requests.js';
import { connectPorts, type ProvidedPorts } from '../ports/connect-ports.js';
import { countFallbacks } from '../ports/count-fallbacks.js';
import { planStoreFor } from '../ports/plan-store.js';
import type { PreparedProcess } from './governed-process.js';
import { once } from './once.js';

export interface OpenProcess {
  readonly governed: Omit<GovernedProcess, 'role' | 'executors'>;
  close(): Promise<void>;
}

/**
 * Loads the catalog and puts together what decides and records. Store and backends are opened when
 * they are first asked, the audit segment with the first record.
 */
export async function openProcess(prepared: PreparedProcess): Promise<OpenProcess> {
  const { configuration, facts, clock, random } = prepared;
  const store = once(() => openSqliteStore({ directory: configuration.stateDir, clock }));
  const redactor = createRedactor();
  const audit = openAuditLog({
    directory: configuration.auditDir,
    server: facts,
    segments: { register: async (segment) => (await store()).segments.register(segment) },
    ...{ redactor, clock, random },
  });
  const catalog = await readCatalog(prepared);
  const connector = connectPorts(prepared.bindings, providedPorts(configuration, store, catalog, clock), {
    configurationFile: configuration.file,
    stateDir: configuration.stateDir,
    resolvePath: configuration.resolvePath,
    services: catalog.mapping,
    network: configuration.network,
    leases: { acquire: async (name, ttlMs) => (await store()).leases.acquire(name, ttlMs) },
    countFallback: countFallbacks(store, clock),
    ...{ clock, warn: prepared.warn, variables: prepared.variables },
  });
  return {
    governed: {
      server: prepared.definition,
      policy: prepared.policy,
      ...{ facts, connector, store, audit, redactor, clock, random },
      environments: environmentsOf(configuration),
      ownership: catalog.ownership,
      switchboard: createSwitchboard(async () => (await store()).switches),
      changes: changeRequestsFrom(connector),
      approvers: approversOf(configuration),
    },
    close: async () => {
      await audit.close();
      if (store.begun()) await (await store()).close();
    },
  };
}

/** The road of a process that a client talks to. */
export function roadOf(
  { governed }: OpenProcess,
  configuration: Configuration,
  readiness: RoadDependencies['readiness'],
): Road {
  return createRoad({
    ...governed,
    role: 'requester',
    executors: configuration.executors.map(({ id, kind }) => ({ id, kind })),
    rateLimiter: createRateLimiter(async () => (await governed.store()).counters, {
      ...callsPerMinute,
      1: configuration.readsPerMinute ?? callsPerMinute[1],
    }),
    readiness,
  });
}

async function readCatalog({ configuration, warn }: PreparedProcess) {
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

function providedPorts(
  configuration: Configuration,
  store: () => Promise<Store>,
  catalog: Awaited<ReturnType<typeof readCatalog>>,
  clock: () => Date,
): ProvidedPorts {
  const folders = [configuration.auditDir, ...configuration.executors.flatMap(({ audit }) => audit ?? [])];
  return {
    services: async () => catalog.services,
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

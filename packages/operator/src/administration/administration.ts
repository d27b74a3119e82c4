import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Ownership } from '@devops-mcp/contract';
import {
  type ApproverSource,
  type AuditLog,
  approverFiles,
  type Caller,
  createRedactor,
  openAuditLog,
  openSqliteStore,
  type ServerFacts,
  type Store,
  stdioCaller,
  type TraceContext,
} from '@devops-mcp/governance';
import { type Configuration, findConfiguration, loadConfiguration } from '@devops-mcp/runtime';

/** What a person administers with: the state, the audit log and the catalog of one configuration. */
export interface Administration {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly audit: AuditLog;
  readonly facts: ServerFacts;
  readonly caller: Caller;
  readonly trace: TraceContext;
  readonly approvers: ApproverSource | undefined;
  readonly random: { hex(bytes: number): string };
  readonly clock: () => Date;
  ownership(): Promise<Ownership>;
  close(): Promise<void>;
}

/** Rejects with a start error that names the file and line when the configuration cannot be read. */
export async function openAdministration(
  config: string | undefined,
  version: string,
): Promise<Administration> {
  const configuration = await loadConfiguration(await findConfiguration(config));
  const clock = () => new Date();
  const random = { hex: (bytes: number) => randomBytes(bytes).toString('hex') };
  const store = await openSqliteStore({ directory: configuration.stateDir, clock });
  const facts: ServerFacts = {
    name: 'devops-mcp',
    version,
    host: hostname(),
    owner: 'operator',
    killSwitchOwner: 'operator',
  };
  const audit = openAuditLog({
    directory: configuration.auditDir,
    server: facts,
    segments: store.segments,
    redactor: createRedactor(),
    clock,
    random,
  });
  return {
    ...{ configuration, store, audit, facts, random, clock },
    caller: stdioCaller({
      subject: configuration.stdioSubject,
      client: { name: 'devops-mcp', version },
      model: null,
      sessionId: random.hex(8),
    }),
    trace: { traceId: random.hex(16), traceparent: null },
    approvers: configuration.approvers
      ? approverFiles({
          allowedSigners: configuration.approvers.allowedSigners,
          enrolments: configuration.approvers.enrolments ?? undefined,
        })
      : undefined,
    ownership: () => readOwnership(configuration),
    async close() {
      await audit.close();
      await store.close();
    },
  };
}

/** Opens, runs and closes, whatever happens in between. */
export async function administer<T>(
  config: string | undefined,
  version: string,
  work: (admin: Administration) => Promise<T>,
): Promise<T> {
  const admin = await openAdministration(config, version);
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

async function readOwnership(configuration: Configuration): Promise<Ownership> {
  const { loadCatalog } = await import('@devops-mcp/catalog');
  return (
    await loadCatalog({
      paths: configuration.catalog,
      environments: configuration.environments.map(({ name }) => name),
    })
  ).ownership;
}

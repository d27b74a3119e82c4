import { join } from 'node:path';
import {
  type BackendContext,
  type LeaseStore,
  type NetworkSettings,
  type ServiceMapping,
  ToolError,
} from '@devops-mcp/contract';
import { type BackendBinding, withCredentials } from './backend-binding.js';
import { type Credential, type CredentialSource, readCredential } from './credential.js';

export interface OpeningContext {
  readonly stateDir: string;
  resolvePath(path: string): string;
  readonly services: ServiceMapping;
  readonly network: NetworkSettings;
  readonly leases: LeaseStore;
  readonly clock: () => Date;
  readonly warn: (message: string) => void;
  readonly variables: NodeJS.ProcessEnv;
}

export interface OpenedPort {
  readonly api: object;
  /** When a credential that was used runs out. */
  readonly expires: Date | null;
}

/** Connects the reading side of a port. Rejects with `unavailable` when the backend cannot be opened. */
export async function openRead(binding: BackendBinding, context: OpeningContext): Promise<OpenedPort> {
  return guarded(binding, 'read', async () => {
    const { prepared, expires } = await prepare(binding, context, 'read');
    return { api: await binding.implementation.open(prepared), expires };
  });
}

/** Connects the writing side; a backend without one gives undefined. */
export async function openWrite(
  binding: BackendBinding,
  context: OpeningContext,
): Promise<OpenedPort | undefined> {
  const { implementation } = binding;
  if (!implementation.openWrite) return undefined;
  return guarded(binding, 'write', async () => {
    const { prepared, expires } = await prepare(binding, context, 'write');
    return { api: (await implementation.openWrite?.(prepared)) ?? {}, expires };
  });
}

/** What a backend is given; the write credential is read for the writing side alone. */
export async function prepare(
  binding: BackendBinding,
  context: OpeningContext,
  side: 'read' | 'write',
): Promise<{ readonly prepared: BackendContext<unknown>; readonly expires: Date | null }> {
  const credentials = { resolvePath: context.resolvePath, environment: context.variables };
  const wanted: readonly (readonly [section: string | null, source: CredentialSource | undefined])[] = [
    [null, binding.credential],
    ['write', side === 'write' ? binding.writeCredential : undefined],
    ...Object.entries(binding.sectionCredentials),
  ];
  const read = new Map<string | null, Credential>();
  for (const [section, source] of wanted) {
    if (source !== undefined) read.set(section, await readCredential(source, credentials));
  }
  const settings = withCredentials(binding.settings, (section) =>
    section === 'write' && side === 'read' ? 'not read for this side' : read.get(section)?.value,
  );
  return {
    prepared: {
      config: binding.backend.config.parse(settings),
      environment: binding.environment,
      resolvePath: context.resolvePath,
      stateDir: join(context.stateDir, binding.backend.name),
      services: context.services,
      network: context.network,
      leases: context.leases,
      clock: context.clock,
      warn: context.warn,
    },
    expires: earliest([...read.values()].map(({ expires }) => expires)),
  };
}

async function guarded<T>(
  binding: BackendBinding,
  side: 'read' | 'write',
  open: () => Promise<T>,
): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    throw new ToolError(
      'unavailable',
      `The backend ${binding.backend.name} of ${binding.port} in ${binding.environment.name} could not be opened.`,
      {
        hint: `Check ${binding.where}${side === 'write' ? '.write' : ''} in the configuration and that its source is reachable.`,
        cause,
      },
    );
  }
}

function earliest(times: readonly (Date | null)[]): Date | null {
  const known = times.filter((time) => time !== null).sort((a, b) => a.getTime() - b.getTime());
  return known[0] ?? null;
}

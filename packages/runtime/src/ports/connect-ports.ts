import { basename } from 'node:path';
import {
  type OptionalPort,
  type Port,
  type PortSet,
  portOf,
  type ReadPorts,
  ToolError,
  type WritePorts,
} from '@devops-mcp/contract';
import type { Caller, PortConnector } from '@devops-mcp/governance';
import type { BackendBinding } from './backend-binding.js';
import { authTypeOf } from './credential.js';
import { type OpenedPort, type OpeningContext, openRead, openWrite } from './open-port.js';
import { joined, unavailablePort } from './port-objects.js';

/** Ports that the runtime itself provides, made for each caller. */
export type ProvidedPorts = Readonly<Record<string, (caller: Caller) => Promise<object>>>;

/** Connects declared ports to configured backends: on first use, once for each environment. */
export function connectPorts(
  bindings: readonly BackendBinding[],
  provided: ProvidedPorts,
  context: OpeningContext & { readonly configurationFile: string },
): PortConnector {
  const find = (port: string, environment: string) =>
    bindings.find((binding) => binding.port === port && binding.environment.name === environment);
  const opened = cachedUntilExpiry(context.clock);
  const reading = (binding: BackendBinding) => opened(binding, 'read', () => openRead(binding, context));
  const writing = (binding: BackendBinding) => opened(binding, 'write', () => openWrite(binding, context));

  const readOne = async (declared: Port | OptionalPort, environment: string, caller: Caller) => {
    const { name } = portOf(declared);
    const own = provided[name];
    if (own) return own(caller);
    const binding = find(name, environment);
    if (!binding) return notConfigured(declared, environment, context.configurationFile);
    if (declared.kind === 'port') return (await reading(binding))?.api;
    // An optional port that cannot be reached fails at its use, so that the answer says what is missing.
    return reading(binding).then(
      (port) => port?.api,
      (error: unknown) => unavailablePort(error),
    );
  };

  const writeOne = async (declared: Port | OptionalPort, environment: string, caller: Caller) => {
    const read = await readOne(declared, environment, caller);
    const binding = find(portOf(declared).name, environment);
    if (read === undefined || !binding?.implementation.openWrite) return read;
    if (!binding.canWrite) {
      if (declared.kind === 'optional-port') return read;
      throw new ToolError(
        'denied',
        `No write credential for ${binding.port} in ${environment} is configured here.`,
        {
          hint: `Whoever may change ${environment} adds ${binding.where}.write, or an executor applies the change.`,
        },
      );
    }
    const write = await writing(binding);
    return write ? joined(read, write.api) : read;
  };

  return {
    read: (ports, environment, caller) =>
      // Boundary: the ports' types are erased in the table of backends; names are checked at the start.
      each(ports, (port) => readOne(port, environment, caller)) as Promise<ReadPorts<typeof ports>>,
    write: (ports, environment, caller) =>
      // Boundary: as above.
      each(ports, (port) => writeOne(port, environment, caller)) as Promise<WritePorts<typeof ports>>,
    principal: (ports, environment, side) => principalOf(ports, environment, side, find),
  };
}

async function each(
  ports: PortSet,
  connect: (port: Port | OptionalPort) => Promise<object | undefined>,
): Promise<Record<string, object | undefined>> {
  const entries = Object.entries(ports).map(async ([key, port]) => [key, await connect(port)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Opens once at a time; forgets what failed and what has expired. */
function cachedUntilExpiry(clock: () => Date) {
  const cache = new Map<string, Promise<OpenedPort | undefined>>();
  return async (
    binding: BackendBinding,
    side: 'read' | 'write',
    open: () => Promise<OpenedPort | undefined>,
  ): Promise<OpenedPort | undefined> => {
    const key = `${binding.environment.name} ${binding.port} ${side}`;
    const present = cache.get(key);
    const known = await present?.catch(() => undefined);
    if (known && (known.expires === null || known.expires > clock())) return known;
    // Another call may have begun to open it while this one looked.
    const begun = cache.get(key);
    if (begun && begun !== present) return begun;
    const opening = open();
    cache.set(key, opening);
    opening.catch(() => cache.delete(key));
    return opening;
  };
}

function notConfigured(declared: Port | OptionalPort, environment: string, file: string): undefined {
  if (declared.kind === 'optional-port') return undefined;
  const { name, description } = declared;
  const setting = environment === 'none' ? `ports.${name}` : `environments.${environment}.ports.${name}`;
  throw new ToolError('unsupported', `${description}: no backend is configured for ${environment}.`, {
    hint: `Add ${setting} with \`use:\` and the backend's settings to ${basename(file)}.`,
  });
}

function principalOf(
  ports: PortSet,
  environment: string,
  side: 'read' | 'write',
  find: (port: string, environment: string) => BackendBinding | undefined,
): { readonly principal: string; readonly authType: string } {
  const used = Object.values(ports).flatMap((declared) => find(portOf(declared).name, environment) ?? []);
  const sources = used.map((binding) => {
    const writes = side === 'write' && binding.canWrite && binding.implementation.openWrite !== undefined;
    const credential = writes ? binding.writeCredential : binding.credential;
    const name = `${binding.backend.name}:${environment}:${binding.port}:${writes ? 'write' : 'read'}`;
    return { name, authType: authTypeOf(credential) };
  });
  if (sources.length === 0) return { principal: 'none', authType: 'none' };
  return {
    principal: sources.map(({ name }) => name).join(','),
    authType: [...new Set(sources.map(({ authType }) => authType))].join(','),
  };
}

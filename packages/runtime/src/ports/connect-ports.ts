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
import type { FallbackCounter } from './fallback.js';
import { type OpenedPort, type OpeningContext, openRead, openWrite } from './open-port.js';
import { type FindGroup, groupBindings, writerOf, writes } from './port-groups.js';
import { joined, unavailablePort } from './port-objects.js';
import { readingSides } from './reading-side.js';

/** Ports that the runtime itself provides, made for each caller. */
export type ProvidedPorts = Readonly<Record<string, (caller: Caller) => Promise<object>>>;

/** Connects declared ports to configured backends: on first use, once for each environment. */
export function connectPorts(
  bindings: readonly BackendBinding[],
  provided: ProvidedPorts,
  context: OpeningContext & {
    readonly configurationFile: string;
    /** Absent: that a fallback answered is shown and not counted. */
    readonly countFallback?: FallbackCounter;
  },
): PortConnector {
  const find = groupBindings(bindings);
  const opened = cachedUntilExpiry(context.clock);
  const reading = async (binding: BackendBinding): Promise<OpenedPort> =>
    (await opened(binding, 'read', () => openRead(binding, context))) ?? neverOpened();
  const writing = (binding: BackendBinding) => opened(binding, 'write', () => openWrite(binding, context));
  const severalOf = readingSides({ open: reading, count: context.countFallback });

  const readOne = async (declared: Port | OptionalPort, environment: string, caller: Caller) => {
    const port = portOf(declared);
    const own = provided[port.name];
    if (own) return own(caller);
    const group = find(port.name, environment);
    const only = group?.members[0];
    if (!group || !only) return notConfigured(declared, environment, context.configurationFile);
    if (group.members.length > 1 || group.fallback) return severalOf(port, group);
    if (declared.kind === 'port') return (await reading(only)).api;
    // An optional port that cannot be reached fails at its use, so that the answer says what is missing.
    return reading(only).then(
      ({ api }) => api,
      (error: unknown) => unavailablePort(error),
    );
  };

  const writeOne = async (declared: Port | OptionalPort, environment: string, caller: Caller) => {
    const read = await readOne(declared, environment, caller);
    const group = find(portOf(declared).name, environment);
    const writer = group && writerOf(group);
    if (read === undefined || !writer) return read;
    if (!writer.canWrite) {
      if (declared.kind === 'optional-port') return read;
      throw new ToolError(
        'denied',
        `No write credential for ${writer.port} in ${environment} is configured here.`,
        {
          hint: `Whoever may change ${environment} adds ${writer.where}.write, or an executor applies the change.`,
        },
      );
    }
    const write = await writing(writer);
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
    const key = JSON.stringify([binding.environment.name, binding.port, binding.name, side]);
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
  const where = environment === 'none' ? '' : ` for ${environment}`;
  throw new ToolError('unsupported', `${description}: no backend is configured${where}.`, {
    hint: `Add ${setting} with \`use:\` and the backend's settings to ${basename(file)}.`,
  });
}

function neverOpened(): never {
  throw new ToolError('internal', 'A backend opened without a reading side.');
}

/** Every credential with which the call may be answered: of all backends, and of a fallback. */
function principalOf(
  ports: PortSet,
  environment: string,
  side: 'read' | 'write',
  find: FindGroup,
): { readonly principal: string; readonly authType: string } {
  const groups = Object.values(ports).flatMap((declared) => find(portOf(declared).name, environment) ?? []);
  const sources = groups.flatMap(({ members, fallback }) => [
    ...members.map((binding) => sourceOf(binding, side === 'write' && writes(binding) ? 'write' : 'read')),
    ...(fallback ? [sourceOf(fallback, 'fallback')] : []),
  ]);
  if (sources.length === 0) return { principal: 'none', authType: 'none' };
  return {
    principal: sources.map(({ name }) => name).join(','),
    authType: [...new Set(sources.map(({ authType }) => authType))].join(','),
  };
}

function sourceOf(binding: BackendBinding, side: 'read' | 'write' | 'fallback') {
  const { backend, name, environment, port } = binding;
  const label = name === backend.name ? name : `${backend.name}/${name}`;
  const credential = side === 'write' ? binding.writeCredential : binding.credential;
  return { name: `${label}:${environment.name}:${port}:${side}`, authType: authTypeOf(credential) };
}

import type { ServerDefinition } from '@devops-mcp/contract';
import { joinParts } from '../mcp/joined-parts.js';
import type { Narrowing } from '../surface/narrowing.js';
import { surfaceOf } from '../surface/surface-of.js';
import {
  type OpenMember,
  type OpenServer,
  type OpenServerOptions,
  onProtocol,
  openMember,
} from './open-server.js';
import { StartError } from './start-error.js';

/** A server and the package that it comes from, whose version is the one that was reviewed. */
export interface SuiteMember {
  readonly definition: ServerDefinition;
  readonly manifest: { readonly name: string; readonly version: string };
}

export type OpenSeveralOptions = Omit<OpenServerOptions, 'definition' | 'warn'> & {
  readonly members: readonly SuiteMember[];
  readonly warn: (server: string, message: string) => void;
};

/**
 * Several servers as one: each with its own policy facts, pins, switches, readiness and audit segment,
 * exactly as it would run alone. Rejects with a StartError, also for what two of them publish.
 */
export async function openServers(options: OpenSeveralOptions): Promise<OpenServer> {
  const { members, narrowing, manifest } = options;
  const open: OpenMember[] = [];
  for (const member of members) {
    const { definition } = member;
    open.push(
      await openMember({
        ...options,
        ...member,
        narrowing: narrowingOf(member, narrowing),
        warn: (message) => options.warn(definition.name, message),
      }),
    );
  }
  refuseUnknownTools(open, narrowing);
  const title = members.map(({ definition }) => definition.title).join(', ');
  const joined = joinParts(open, { name: 'devops-mcp-suite', title, version: manifest.version });
  if (!joined) throw new StartError('No server was named.', { kind: 'usage' });
  if (joined.twice.length > 0) {
    throw new StartError(`Several servers publish ${joined.twice.join(', ')}; serve them apart.`);
  }
  const served = open.flatMap(({ selection }) => selection.served);
  const withheld = new Map(open.flatMap(({ selection }) => [...selection.withheld]));
  return onProtocol(joined.parts, { served, withheld }, open);
}

/** A flag may name a tool of any of the servers, and a proposal tool of all of them. */
function narrowingOf({ definition, manifest }: SuiteMember, flags: Narrowing): Narrowing {
  if (!flags.tools && flags.excludeTools.length === 0) return flags;
  const known = new Set(surfaceOf(definition, manifest.version).tools.map(({ name }) => name));
  const own = (names: readonly string[]) => names.filter((name) => known.has(name));
  return {
    readOnly: flags.readOnly,
    tools: flags.tools && own(flags.tools),
    excludeTools: own(flags.excludeTools),
  };
}

/** Each server judges its own names alone; one that none of them has is a mistake. */
function refuseUnknownTools(selections: readonly OpenMember[], flags: Narrowing): void {
  const known = new Set(
    selections.flatMap(({ selection: { served, withheld } }) => [
      ...served.map(({ name }) => name),
      ...withheld.keys(),
    ]),
  );
  for (const name of [...(flags.tools ?? []), ...flags.excludeTools]) {
    if (known.has(name)) continue;
    throw new StartError(`There is no tool "${name}"; known: ${[...known].join(', ')}.`, { kind: 'usage' });
  }
}

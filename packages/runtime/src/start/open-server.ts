import type { BackendTable, ServerDefinition, Transport } from '@devops-mcp/contract';
import type { RandomSource } from '@devops-mcp/governance';
import type { McpServerFactory } from '@modelcontextprotocol/server';
import type { Configuration } from '../configuration/load-configuration.js';
import { partsOf } from '../mcp/definition-parts.js';
import type { McpParts } from '../mcp/mcp-parts.js';
import { createRequestStates } from '../mcp/request-state.js';
import { roadRequests } from '../mcp/road-request.js';
import { createServerFactory } from '../mcp/server-factory.js';
import { type Narrowing, narrow, type Selection, withhold, withoutOrphans } from '../surface/narrowing.js';
import { checkPin, readPins } from '../surface/pins.js';
import { surfaceOf } from '../surface/surface-of.js';
import { identifierFor } from './identify.js';
import { createInFlight } from './in-flight.js';
import { openGovernance } from './open-governance.js';
import { readinessOf } from './readiness.js';

export interface OpenServerOptions {
  readonly definition: ServerDefinition;
  readonly backends: BackendTable;
  readonly manifest: { readonly name: string; readonly version: string };
  readonly configuration: Configuration;
  readonly narrowing: Narrowing;
  readonly transport: Transport;
  readonly clock: () => Date;
  readonly random: RandomSource;
  readonly warn: (message: string) => void;
  readonly variables: NodeJS.ProcessEnv;
}

export interface OpenServer {
  readonly factory: McpServerFactory;
  readonly selection: Selection;
  /** Waits for the records of calls under way, then closes audit and store. */
  close(): Promise<void>;
}

/** One server of a process, connected to its road and not yet to the protocol. */
export interface OpenMember {
  readonly name: string;
  readonly parts: McpParts;
  readonly selection: Selection;
  serverOf(proposalId: string): Promise<string | undefined>;
  close(): Promise<void>;
}

const longestCloseMs = 5_000;

/**
 * Checks everything that must stop a start, and connects the definition to the protocol. Nothing
 * that costs time is opened before the first call: no database, no catalog, no backend.
 * Rejects with a StartError.
 */
export async function openServer(options: OpenServerOptions): Promise<OpenServer> {
  const member = await openMember(options);
  return onProtocol(member.parts, member.selection, [member]);
}

/** What a process serves; closing it waits for the records of calls under way. */
export function onProtocol(
  parts: McpParts,
  selection: Selection,
  members: readonly OpenMember[],
): OpenServer {
  const inFlight = createInFlight();
  return {
    factory: createServerFactory(parts, inFlight.track),
    selection,
    close: async () => {
      await inFlight.settled(longestCloseMs);
      await Promise.all(members.map((member) => member.close()));
    },
  };
}

/** The same checks for a server that shares its process with others. Rejects with a StartError. */
export async function openMember(options: OpenServerOptions): Promise<OpenMember> {
  const { definition, manifest, configuration, random } = options;
  const surface = surfaceOf(definition, manifest.version);
  const lock = await readPins(configuration.folder);
  const readiness = await readinessOf(definition, configuration, surface, lock, options.clock());
  const governed = await openGovernance(options, readiness);
  const flagged = narrow(surface.tools, options.narrowing);
  const allowed = withhold(flagged.served, (tool) => {
    if (tool.origin.kind === 'tool') return checkPin(lock, definition.name, tool);
    if (options.transport === 'streamable-http')
      return 'over HTTP without authentication only reads are served';
    if (readiness.readOnly) return `the server is read-only: ${readiness.why ?? 'not ready'}`;
    return checkPin(lock, definition.name, tool);
  });
  const selection = withoutOrphans({
    served: allowed.served,
    withheld: new Map([...flagged.withheld, ...allowed.withheld]),
  });
  const identify = identifierFor(configuration, options.transport);
  const { subject } = identify({ client: null, sessionId: '' });
  const parts = partsOf(definition, selection, manifest.version, {
    road: governed.road,
    requestOf: roadRequests(identify, random),
    requestStates: createRequestStates(configuration.stateDir, () => subject),
  });
  return {
    name: definition.name,
    parts,
    selection,
    serverOf: governed.serverOf,
    close: governed.close,
  };
}

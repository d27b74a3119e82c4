import type { ServerDefinition } from '@devops-mcp/contract';
import { type PortSet, portOf } from '@devops-mcp/contract';
import type { z } from 'zod';
import { metaKeys } from '../mcp/naming.js';
import { jsonSchemaOf } from '../surface/json-schema-of.js';
import type { PublishedTool } from '../surface/published-tool.js';
import { surfaceOf } from '../surface/surface-of.js';

/** A server as data: what `--describe` prints, and what inventory, pins and documents are made from. */
export interface Description {
  readonly server: Omit<
    ServerDefinition,
    'kind' | 'requires' | 'tools' | 'actions' | 'resources' | 'prompts'
  > & {
    readonly version: string;
    readonly package: string;
  };
  readonly ports: { readonly required: readonly string[]; readonly optional: readonly string[] };
  readonly tools: readonly DescribedTool[];
  readonly actions: readonly DescribedAction[];
  readonly resources: readonly {
    name: string;
    title: string;
    description: string;
    uriTemplate: string;
    mimeType: string;
    ports: DescribedPorts;
  }[];
  readonly prompts: readonly {
    name: string;
    title: string;
    description: string;
    arguments: unknown;
    ports: DescribedPorts;
  }[];
}

type DescribedPorts = Description['ports'];
export type DescribedTool = Omit<PublishedTool, 'origin'> & {
  readonly kind: PublishedTool['origin']['kind'];
  readonly ports: DescribedPorts;
  readonly _meta: Readonly<Record<string, unknown>>;
};

export interface DescribedAction {
  readonly name: string;
  readonly publishedAs: string;
  readonly riskTier: number;
  readonly environments: readonly string[];
  readonly blastRadius: unknown;
  readonly reversal: unknown;
  readonly ports: DescribedPorts;
}

export function describeServer(
  definition: ServerDefinition,
  manifest: { readonly name: string; readonly version: string },
): Description {
  const { kind: _kind, requires, tools, actions, resources, prompts, ...facts } = definition;
  const all: readonly { readonly ports: PortSet }[] = [...tools, ...actions, ...resources, ...prompts];
  const used = portsOf(Object.assign({}, ...all.map(({ ports }, index) => prefixed(ports, index))));
  const required = requires.map(({ name }) => name);
  return {
    server: { ...facts, version: manifest.version, package: manifest.name },
    ports: {
      required,
      optional: [...new Set([...used.required, ...used.optional])]
        .filter((name) => !required.includes(name))
        .sort(),
    },
    tools: surfaceOf(definition, manifest.version).tools.map(describeTool),
    actions: actions.map((action) => ({
      name: action.name,
      publishedAs: `propose_${action.name}`,
      riskTier: action.riskTier,
      environments: action.environments,
      blastRadius: action.blastRadius,
      reversal: action.reversal,
      ports: portsOf(action.ports),
    })),
    resources: resources.map(({ name, title, description, uriTemplate, mimeType, ports }) => ({
      ...{ name, title, description, uriTemplate, mimeType },
      ports: portsOf(ports),
    })),
    prompts: prompts.map(({ name, title, description, args, ports }) => ({
      ...{ name, title, description },
      // Boundary: the list erases the schema's type; it is a zod object by declaration.
      arguments: jsonSchemaOf(args as z.ZodType, 'input'),
      ports: portsOf(ports),
    })),
  };
}

function describeTool(tool: PublishedTool): DescribedTool {
  const { origin, ...facts } = tool;
  const ports =
    origin.kind === 'tool' ? origin.tool.ports : origin.kind === 'action' ? origin.action.ports : {};
  return {
    ...facts,
    kind: origin.kind,
    ports: portsOf(ports),
    _meta: { [metaKeys.riskTier]: tool.riskTier },
  };
}

function portsOf(ports: PortSet): DescribedPorts {
  const declared = Object.values(ports);
  const names = (kind: 'port' | 'optional-port') =>
    [...new Set(declared.filter((port) => port.kind === kind).map((port) => portOf(port).name))].sort();
  return { required: names('port'), optional: names('optional-port') };
}

/** Two tools may call different ports by the same key. */
function prefixed(ports: PortSet, index: number): PortSet {
  return Object.fromEntries(Object.entries(ports).map(([key, port]) => [`${index}.${key}`, port]));
}

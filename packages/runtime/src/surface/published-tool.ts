import type { AnyAction, AnyTool, JsonObject, PortSet, RiskTier } from '@devops-mcp/contract';
import { portOf } from '@devops-mcp/contract';
import { digestOf } from '@devops-mcp/governance';

/** The four hints of the protocol, all derived; they inform clients and decide nothing here. */
export interface Annotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** One tool as clients see it. */
export interface PublishedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly riskTier: RiskTier;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
  readonly annotations: Annotations;
  /** SHA-256, hex, of everything above except the tier; `tools.lock` holds it. */
  readonly digest: string;
  readonly origin: ToolOrigin;
}

export type ToolOrigin =
  | { readonly kind: 'tool'; readonly tool: AnyTool }
  | { readonly kind: 'action'; readonly action: AnyAction }
  | { readonly kind: 'proposal'; readonly operation: ProposalOperation };

export type ProposalOperation = 'execute' | 'get' | 'list' | 'cancel';

export function published(facts: Omit<PublishedTool, 'digest'>): PublishedTool {
  const { name, title, description, inputSchema, outputSchema, annotations } = facts;
  const seen = { name, title, description, inputSchema, outputSchema, annotations };
  return { ...facts, digest: digestOf('devops-mcp/published-tool/v1', seen) };
}

const providedByTheSuite: ReadonlySet<string> = new Set(['services', 'actionHistory', 'planStore']);

/** Whether a call reaches a system outside the suite. */
export function leavesTheSuite(ports: PortSet): boolean {
  return Object.values(ports).some((declared) => !providedByTheSuite.has(portOf(declared).name));
}

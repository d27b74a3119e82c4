import type { ActionDefinition } from './action.js';
import type { Port } from './port.js';
import type { PromptDefinition } from './prompt.js';
import type { ResourceDefinition } from './resource.js';
import type { TrustTier } from './risk.js';
import type { ToolDefinition } from './tool.js';

// A list holds definitions of many input types; the road validates before it calls, so the
// erased type is safe there and nowhere else.
// biome-ignore lint/suspicious/noExplicitAny: erasure of the parameter types described above
export type AnyTool = ToolDefinition<any, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyAction = ActionDefinition<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyResource = ResourceDefinition<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyPrompt = PromptDefinition<any, any>;

export interface ChangelogEntry {
  readonly version: string;
  readonly changes: readonly string[];
}

/** A server is a value; a process is that value plus `serve`. */
export interface ServerDefinition {
  readonly kind: 'server';
  /** `metrics`; the policy's server name, and the suffix of the bin `devops-mcp-metrics`. */
  readonly name: string;
  readonly title: string;
  /** What a client shows and a model reads once: what the server is for and where to start. */
  readonly instructions: string;
  readonly purpose: string;
  readonly owner: string;
  readonly onCall: string;
  readonly trustTier: TrustTier;
  readonly dataSensitivity: 'public' | 'internal' | 'confidential' | 'restricted';
  readonly downstreamImpact: string;
  readonly recoveryChecklist: readonly string[];
  readonly retirementConditions: readonly string[];
  readonly reReviewTriggers: readonly string[];
  readonly changelog: readonly ChangelogEntry[];
  /** The ports without which the server has nothing to say; tools name what they use beyond these. */
  readonly requires: readonly Port[];
  readonly tools: readonly AnyTool[];
  readonly actions: readonly AnyAction[];
  readonly resources: readonly AnyResource[];
  readonly prompts: readonly AnyPrompt[];
}

export function defineServer(facts: Omit<ServerDefinition, 'kind'>): ServerDefinition {
  return { kind: 'server', ...facts };
}

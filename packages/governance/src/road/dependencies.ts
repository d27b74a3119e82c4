import type {
  AnyAction,
  AnyPrompt,
  AnyResource,
  AnyTool,
  CallContext,
  CallLimits,
  Ownership,
  ServerDefinition,
} from '@devops-mcp/contract';
import type { ApproverSource } from '../approvals/approver-directory.js';
import type {
  AuditEvent,
  AuditLog,
  ChangeRequests,
  Policy,
  RandomSource,
  RateLimiter,
  Redactor,
  Switchboard,
} from '../collaborators.js';
import type {
  Environments,
  PortConnector,
  PublicError,
  RoadAnswer,
  RoadRequest,
  ServerFacts,
} from '../model.js';
import type { Store } from '../store/store.js';

/** Who applies production changes: a job in CI, or a process beside the control plane. */
export interface ExecutorFacts {
  readonly id: string;
  readonly kind: 'ci' | 'control-plane';
}

/** What deriving, checking and applying an action needs; the road and the executor both have it. */
export interface GovernedProcess {
  readonly server: ServerDefinition;
  readonly facts: ServerFacts;
  readonly environments: Environments;
  readonly ownership: Ownership;
  readonly connector: PortConnector;
  /** Opened on first use: a cold start and a listing of tools touch no database. */
  readonly store: () => Promise<Store>;
  readonly audit: AuditLog;
  readonly policy: Policy;
  readonly switchboard: Switchboard;
  readonly redactor: Redactor;
  /** Absent: `approved_change_request` cannot be met. */
  readonly changes: ChangeRequests | undefined;
  /** Absent: nobody can approve, so that tiers 3 and up are refused. */
  readonly approvers: ApproverSource | undefined;
  readonly executors: readonly ExecutorFacts[];
  readonly role: 'requester' | 'executor';
  readonly clock: () => Date;
  readonly random: RandomSource;
}

export interface RoadDependencies extends GovernedProcess {
  readonly rateLimiter: RateLimiter;
  /**
   * `readOnly` when a readiness item 1 to 4 has not passed; `why` names it. `notEnforced` where the
   * caller's user can change production without the suite.
   */
  readonly readiness: {
    readonly readOnly: boolean;
    readonly why: string | null;
    readonly notEnforced?: string | null;
  };
}

/**
 * A protocol fixture whose handler makes the whole result itself. It exists so that conformance
 * scenarios run on the same road as products; no published server has one.
 */
export interface RawDefinition {
  readonly kind: 'raw';
  readonly name: string;
  readonly eventType: Extract<
    AuditEvent['eventType'],
    'mcp.tool_invocation' | 'mcp.resource_read' | 'mcp.prompt_get' | 'mcp.completion'
  >;
  readonly limits: CallLimits;
  run(call: CallContext & { readonly arguments: unknown }): Promise<unknown>;
}

export type RawAnswer =
  | { readonly kind: 'raw'; readonly result: unknown }
  | { readonly kind: 'error'; readonly error: PublicError };

/** The one road from a request to an answer; nothing else calls a tool, a resource or a prompt. */
export interface Road {
  callTool(tool: AnyTool, request: RoadRequest): Promise<RoadAnswer>;
  /** `structured` is `{ mimeType }`; `text` is the body, JSON or Markdown. */
  readResource(resource: AnyResource, params: unknown, request: RoadRequest): Promise<RoadAnswer>;
  /** `structured` is `{ resources: [{ uri, name }] }`, at most 200. */
  listResources(resource: AnyResource, request: RoadRequest): Promise<RoadAnswer>;
  /** `structured` is `{ messages: [{ role, text }] }`. */
  getPrompt(prompt: AnyPrompt, request: RoadRequest): Promise<RoadAnswer>;
  /** `structured` is `{ values, total, hasMore }`, at most 100 values. */
  complete(
    definition: AnyPrompt | AnyResource,
    argument: { readonly name: string; readonly value: string },
    request: RoadRequest,
  ): Promise<RoadAnswer>;
  propose(action: AnyAction, request: RoadRequest): Promise<RoadAnswer>;
  executeProposal(request: RoadRequest): Promise<RoadAnswer>;
  getProposal(request: RoadRequest): Promise<RoadAnswer>;
  listProposals(request: RoadRequest): Promise<RoadAnswer>;
  cancelProposal(request: RoadRequest): Promise<RoadAnswer>;
  callRaw(raw: RawDefinition, request: RoadRequest): Promise<RawAnswer>;
}

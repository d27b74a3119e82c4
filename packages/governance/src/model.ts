import type {
  ActionPlan,
  BlastRadius,
  Environment,
  ErrorCode,
  JsonObject,
  PortSet,
  ReadPorts,
  ReportProgress,
  Reversal,
  RiskTier,
  Transport,
  WritePorts,
} from '@devops-mcp/contract';

/** Who calls, as far as the transport proves it. */
export interface Caller {
  /** The represented person, e.g. `user:default/oncall`. */
  readonly subject: string;
  /** `local` for stdio, the token's issuer over HTTP. */
  readonly issuer: string;
  /** An asserted identity satisfies no rule of separation. */
  readonly assurance: 'asserted' | 'authenticated';
  readonly client: { readonly name: string; readonly version: string } | null;
  readonly model: string | null;
  /** People or agents in whose name the subject acts, outermost last. */
  readonly delegation: readonly string[];
  readonly transport: Transport;
  readonly sessionId: string;
}

/** Facts of the process, the same for all its calls. */
export interface ServerFacts {
  readonly name: string;
  readonly version: string;
  readonly host: string;
  readonly owner: string;
  readonly killSwitchOwner: string;
}

export interface TraceContext {
  /** W3C trace id (32 hex) from `_meta.traceparent`, or one made for the call. */
  readonly traceId: string;
  readonly traceparent: string | null;
}

export interface RoadRequest {
  readonly caller: Caller;
  /** As received; the road validates. */
  readonly arguments: unknown;
  readonly signal: AbortSignal;
  readonly progress: ReportProgress;
  readonly trace: TraceContext;
  readonly confirmation: ClientConfirmation;
}

/** What the client can do to confirm, and what it answered to a question of ours. */
export interface ClientConfirmation {
  /** The client declared form elicitation. */
  readonly available: boolean;
  /** Present only with a request state that the runtime verified; absent on the first round. */
  readonly answer?: {
    readonly state: ConfirmationState;
    readonly action: 'accept' | 'decline' | 'cancel';
    readonly text: string | null;
  };
}

/** What a question of ours is bound to; travels signed through the client. */
export interface ConfirmationState {
  readonly proposalId: string;
  readonly bindingDigest: string;
  readonly subject: string;
  readonly nonce: string;
  readonly expires: string;
}

export type RoadAnswer =
  | { readonly kind: 'answer'; readonly structured: JsonObject; readonly text: string }
  | { readonly kind: 'error'; readonly error: PublicError }
  /** The client must ask a person to type `expected`; the answer comes back with `state`. */
  | {
      readonly kind: 'confirm';
      readonly message: string;
      readonly field: string;
      readonly state: ConfirmationState;
    };

/** An error as a caller sees it: redacted, bounded, ours. */
export interface PublicError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | null;
  readonly details: JsonObject | null;
  /** Finds the audit record. */
  readonly id: string;
}

/** Gives code the ports it declared, connected for one environment. Implemented by the runtime. */
export interface PortConnector {
  /** Rejects with `unavailable` or `unsupported` when a required port has no backend there. */
  read<S extends PortSet>(ports: S, environment: string, caller: Caller): Promise<ReadPorts<S>>;
  /** Rejects with `denied` when no write credential is configured for a port. */
  write<S extends PortSet>(ports: S, environment: string, caller: Caller): Promise<WritePorts<S>>;
  /** Name of the credential in use, never a secret: `gitops:production:deployments:write`. */
  principal(
    ports: PortSet,
    environment: string,
    side: 'read' | 'write',
  ): { readonly principal: string; readonly authType: string };
}

export interface Environments {
  /** Undefined for a name that is not configured; `none` is always known, with class `development`. */
  get(name: string): Environment | undefined;
  names(): readonly string[];
}

export const effects = [
  'allow',
  'allow_with_conditions',
  'require_human_approval',
  'deny_by_default',
] as const;
/** From permissive to restrictive, in this order. */
export type Effect = (typeof effects)[number];

export const requirementNames = [
  'log_to_siem',
  'owner_scope_check',
  'change_ticket_or_issue_link',
  'approved_change_request',
  'executor_is_ci_or_control_plane',
  'plan_or_dry_run_artifact',
  'rollback_path_documented',
  'break_glass_runbook',
  'multi_party_approval',
  'recorded_session',
] as const;
export type RequirementName = (typeof requirementNames)[number];

export interface PolicyFacts {
  readonly server: string;
  readonly tool: string;
  readonly actionTier: RiskTier;
  readonly environment: string;
  readonly environmentClass: Environment['class'] | 'none';
  readonly services: readonly string[];
  readonly owners: readonly string[];
  readonly transport: Transport;
}

export interface Decision {
  readonly effect: Effect;
  readonly requirements: readonly RequirementName[];
  readonly exceptions: readonly RequirementName[];
  /** Names of the rules that matched; the floors are named `floor:<name>`. */
  readonly rules: readonly string[];
  readonly policyDigest: string;
}

export const proposalStates = [
  'proposed',
  'awaiting_approval',
  'approved',
  'consumed',
  'succeeded',
  'failed',
  'ambiguous',
  'rejected',
  'expired',
  'cancelled',
] as const;
export type ProposalState = (typeof proposalStates)[number];

/** What a person approves; its canonical form is hashed. All fields are required so that none is forgotten. */
export interface ActionBinding {
  readonly format: 'devops-mcp/action-binding/v1';
  readonly server: string;
  readonly serverVersion: string;
  readonly tool: string;
  readonly toolDigest: string;
  readonly effectiveTier: RiskTier;
  readonly environment: string;
  readonly environmentClass: Environment['class'];
  readonly target: JsonObject;
  readonly arguments: JsonObject;
  readonly planDigest: string;
  /** SHA-256 of the exact text that a person is shown, hex. */
  readonly renderingDigest: string;
  readonly observed: JsonObject;
  readonly reversal: Reversal;
  readonly blastRadius: BlastRadius;
  readonly limits: JsonObject;
  readonly requester: {
    readonly issuer: string;
    readonly subject: string;
    readonly client: string | null;
    readonly delegation: readonly string[];
    readonly assurance: Caller['assurance'];
  };
  readonly reason: string;
  readonly changeRef: string | null;
  readonly policyDigest: string;
  readonly requirements: readonly RequirementName[];
  /** `local`, or the id of a configured executor. */
  readonly executor: string;
  readonly nonce: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
}

export interface ProposalRecord {
  /** `prop_` and 26 characters of the nonce. */
  readonly id: string;
  readonly state: ProposalState;
  readonly binding: ActionBinding;
  readonly bindingDigest: string;
  readonly plan: ActionPlan;
  /** Documents by their digest that the plan refers to, such as a stored rollback plan. */
  readonly attachments: Readonly<Record<string, JsonObject>>;
  /** The exact text that was shown and hashed. */
  readonly rendering: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly outcome: JsonObject | null;
}

export interface ApprovalRecord {
  readonly proposalId: string;
  readonly bindingDigest: string;
  readonly decision: 'approve' | 'reject';
  readonly approver: string;
  readonly kind: 'client-attested' | 'account-attested' | 'ssh-signature';
  /** For signatures: what the verifier found. */
  readonly evidence: JsonObject;
  readonly at: string;
  readonly expiresAt: string;
}

export interface SwitchRecord {
  /** `*`, `server:metrics`, `tool:rollback/roll_back_service`, `environment:production`, `tool:...@environment`. */
  readonly scope: string;
  readonly blocks: 'writes' | 'all';
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

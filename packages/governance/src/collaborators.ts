import type { BlastRadius, Json, RiskTier, Target } from '@devops-mcp/contract';
import type { Caller, Decision, PolicyFacts, ServerFacts, SwitchRecord } from './model.js';

/** The parts that the road uses, as interfaces, so that each can be read and tested alone. */

/** What happened, before it is written: the seed's event schema is made from it, every field filled or null. */
export interface AuditEvent {
  readonly eventType:
    | 'mcp.tool_invocation'
    | 'mcp.resource_read'
    | 'mcp.prompt_get'
    | 'mcp.completion'
    | 'mcp.proposal'
    | 'mcp.approval'
    | 'mcp.execution'
    | 'mcp.switch'
    | 'mcp.policy';
  readonly phase: 'intent' | 'result' | 'denied';
  readonly traceId: string;
  readonly traceparent: string | null;
  readonly caller: Caller;
  readonly server: ServerFacts;
  readonly tool: { readonly name: string; readonly riskTier: RiskTier; readonly target: Target | null };
  readonly auth: { readonly principal: string; readonly authType: string } | null;
  readonly approval: {
    readonly required: boolean;
    readonly status: 'not_required' | 'pending' | 'approved' | 'rejected' | 'expired';
    readonly approver: string | null;
    readonly changeRef: string | null;
  };
  readonly result: {
    readonly status: 'success' | 'error' | 'denied' | 'pending';
    readonly durationMs: number | null;
    readonly artifactRef: string | null;
    readonly errorCode: string | null;
    /** Upstream text and other causes; redacted by the log. */
    readonly detail: string | null;
  };
  readonly environment: string | null;
  readonly owner: string | null;
  readonly argumentsDigest: string | null;
  /** Redacted by the log before it is written. */
  readonly arguments: Json;
  readonly reason: string | null;
  readonly proposalId: string | null;
  readonly bindingDigest: string | null;
  readonly blastRadius: BlastRadius | null;
  readonly decision: Decision | null;
  /** Finds this event from an error shown to a caller. */
  readonly id: string;
}

export interface AuditLog {
  /** Resolves when the record is on disk (fdatasync). Rejects with `unavailable` when it cannot be written. */
  durable(event: AuditEvent): Promise<void>;
  /** Committed in a group within 50 ms. Rejects once the log could not be written for 30 s. */
  grouped(event: AuditEvent): Promise<void>;
  /** False while the log cannot be written. */
  writable(): boolean;
  close(): Promise<void>;
}

export interface Policy {
  /** SHA-256 of the file as read, hex. */
  readonly digest: string;
  decide(facts: PolicyFacts): Decision;
}

export interface Switchboard {
  /** The switch that stops this, or undefined. Unreadable: stops tiers 2 and up, lets reads pass. */
  blocking(call: {
    readonly server: string;
    readonly tool: string;
    readonly environment: string;
    readonly tier: RiskTier;
  }): Promise<SwitchRecord | undefined>;
}

export interface Redactor {
  /** A copy in which every string and every value under a secret-like key is clean. */
  json<T extends Json>(value: T): T;
  text(value: string): string;
}

export interface RateLimiter {
  /** Rejects with `rate_limited` and when to come back. */
  admit(call: {
    readonly caller: Caller;
    readonly tool: string;
    readonly tier: RiskTier;
    readonly at: Date;
  }): Promise<void>;
}

/** Evidence for `approved_change_request`, read from the protected branch. */
export interface ChangeRequests {
  find(id: string, environment: string): Promise<ChangeRequestEvidence | undefined>;
}

export interface ChangeRequestEvidence {
  readonly id: string;
  readonly status: string;
  readonly requester: string;
  readonly approvedBy: string | null;
  readonly services: readonly string[];
  readonly environments: readonly string[];
  readonly window: { readonly start: Date; readonly end: Date } | null;
}

export interface RandomSource {
  /** `bytes` random bytes, hex. */
  hex(bytes: number): string;
}

import type { JsonObject, LeaseStore } from '@devops-mcp/contract';
import type { ApprovalRecord, ProposalRecord, ProposalState, SwitchRecord } from '../model.js';

/**
 * The shared state of a machine or a service. Every method is atomic. SQLite implements it in a
 * folder for several processes at once; a database server can implement it for shared deployments,
 * hence the promises.
 */
export interface Store {
  readonly switches: SwitchTable;
  readonly proposals: ProposalTable;
  readonly approvals: ApprovalTable;
  readonly singleUse: SingleUseTable;
  readonly counters: CounterTable;
  readonly plans: PlanTable;
  readonly segments: SegmentTable;
  readonly leases: LeaseStore;
  close(): Promise<void>;
}

export interface SwitchTable {
  list(): Promise<readonly SwitchRecord[]>;
  set(record: SwitchRecord): Promise<void>;
  /** False when there was none. */
  remove(scope: string): Promise<boolean>;
}

export interface ProposalTable {
  /** Rejects with `conflict` for an id that exists. */
  create(proposal: ProposalRecord): Promise<void>;
  get(id: string): Promise<ProposalRecord | undefined>;
  list(filter: {
    readonly states?: readonly ProposalState[];
    readonly subject?: string;
    readonly server?: string;
    readonly limit: number;
  }): Promise<readonly ProposalRecord[]>;
  /** Compare-and-swap: false when the state is not one of `from` any more. */
  transition(
    id: string,
    from: readonly ProposalState[],
    to: ProposalState,
    at: string,
    outcome?: JsonObject,
  ): Promise<boolean>;
}

export interface ApprovalTable {
  add(approval: ApprovalRecord): Promise<void>;
  list(proposalId: string): Promise<readonly ApprovalRecord[]>;
}

export interface SingleUseTable {
  /** Atomic create: true for the first caller with this key in this space, false ever after. */
  use(space: 'request-state' | 'binding', key: string, at: string): Promise<boolean>;
  used(space: 'request-state' | 'binding', key: string): Promise<boolean>;
}

export interface CounterTable {
  /** Sum over `windowMs` up to and including this addition; refuses (and adds nothing) past `max`. */
  add(
    key: string,
    amount: number,
    windowMs: number,
    max: number,
    at: Date,
  ): Promise<{ readonly allowed: boolean; readonly sum: number; readonly retryAt: Date | null }>;
  sum(key: string, windowMs: number, at: Date): Promise<number>;
}

export interface PlanTable {
  put(plan: {
    readonly id: string;
    readonly owner: string;
    readonly document: JsonObject;
    readonly expires: string;
  }): Promise<void>;
  get(id: string, owner: string, at: string): Promise<JsonObject | undefined>;
}

/** Audit segments that were begun, so that a missing file shows. */
export interface SegmentTable {
  register(segment: {
    readonly file: string;
    readonly server: string;
    readonly startedAt: string;
    readonly firstHash: string;
  }): Promise<void>;
  list(): Promise<
    readonly {
      readonly file: string;
      readonly server: string;
      readonly startedAt: string;
      readonly firstHash: string;
    }[]
  >;
}

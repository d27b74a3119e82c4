import { definePort, type JsonObject } from '@devops-mcp/contract';
import type { Window } from './answer.js';
import { mergeChanges } from './merging/changes.js';

/** One audited action of this suite: proposals, approvals, executions, switches. */
export interface AuditedAction {
  readonly time: Date;
  readonly kind:
    | 'proposed'
    | 'approved'
    | 'rejected'
    | 'executed'
    | 'failed'
    | 'ambiguous'
    | 'cancelled'
    | 'switched_off'
    | 'restored';
  readonly action: string;
  readonly environment: string;
  readonly services: readonly string[];
  readonly actor: string;
  readonly proposalId: string | null;
  readonly summary: string;
  readonly changeRef: string | null;
  readonly artifactRef: string | null;
}

export interface ActionHistoryApi {
  actions(query: {
    readonly window: Window;
    readonly service?: string;
    readonly environment?: string;
  }): Promise<readonly AuditedAction[]>;
}

/** Provided by the runtime from the audit records of this machine and of the executors' that are configured. */
export const actionHistoryPort = definePort<ActionHistoryApi>()(
  'actionHistory',
  'Audited actions of this suite',
);

/** A document kept for the caller for thirty minutes under the digest of its canonical form. */
export interface PlanStoreApi {
  put(plan: JsonObject): Promise<{ readonly id: string; readonly expires: Date }>;
  /** Rejects with `not_found` when it is unknown, expired or another caller's. */
  get(id: string): Promise<JsonObject>;
}

export const planStorePort = definePort<PlanStoreApi>()('planStore', 'Plans kept for the caller');

export interface ChangeRequest {
  readonly id: string;
  readonly status: 'draft' | 'submitted' | 'approved' | 'rejected' | 'closed';
  readonly requester: string;
  readonly approvedBy: string | null;
  readonly services: readonly string[];
  readonly environments: readonly string[];
  /** When the change may be made; null means any time. */
  readonly window: Window | null;
  readonly revision: string;
}

export interface ChangesApi {
  /** Undefined when there is none of that id. Read from the protected default branch. */
  find(id: string): Promise<ChangeRequest | undefined>;
}

export const changesPort = definePort<ChangesApi>()(
  'changes',
  'Change requests and who approved them',
  mergeChanges,
);

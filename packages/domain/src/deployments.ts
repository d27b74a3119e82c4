import {
  type ActionOutcome,
  type ActionPlan,
  type CallContext,
  definePort,
  type JsonObject,
} from '@devops-mcp/contract';
import type { Answer, Window } from './answer.js';
import { mergeDeployments } from './merging/deployments.js';
import { mergeInfrastructure, mergePipelines, mergeWorkloads } from './merging/workloads.js';

export interface DiffSummary {
  readonly commits: number;
  readonly authors: readonly string[];
  readonly pullRequests: readonly string[];
  /** Area (`migrations`, `configuration`, `code`, `manifests`, ...) to number of files. */
  readonly filesByArea: Readonly<Record<string, number>>;
  readonly migrations: readonly string[];
  /** Key by key: what was set to what; values of secrets never appear. */
  readonly configuration: readonly FieldChange[];
  readonly flags: readonly FieldChange[];
  readonly image: { readonly from: string | null; readonly to: string | null } | null;
  readonly resources: readonly FieldChange[];
  readonly replicas: { readonly from: number; readonly to: number } | null;
}

export interface FieldChange {
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface Deployment {
  readonly id: string;
  readonly service: string;
  readonly time: Date;
  /** Who made it, as the system says. */
  readonly by: string;
  readonly revision: string;
  readonly version: string | null;
  readonly image: string | null;
  readonly result: 'succeeded' | 'failed' | 'in_progress' | 'unknown';
  readonly title: string;
  readonly kind: 'deployment' | 'rollback' | 'configuration' | 'scale' | 'restart';
  /** Against the deployment before it; null for the first known. */
  readonly diff: DiffSummary | null;
  /** The backends that record it, where several stand behind the port. */
  readonly seenIn?: readonly string[];
}

export interface RevisionDiff {
  readonly from: string;
  readonly to: string;
  readonly summary: DiffSummary;
  readonly files: readonly {
    readonly path: string;
    readonly status: 'added' | 'modified' | 'deleted' | 'renamed';
    readonly patch: string;
  }[];
}

/** What the desired state says now. */
export interface DesiredState {
  readonly service: string;
  readonly revision: string;
  readonly image: string | null;
  readonly replicas: number | null;
  readonly autoscaler: { readonly min: number; readonly max: number } | null;
  readonly configuration: Readonly<Record<string, string>>;
  readonly secretReferences: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
}

/** A migration file that lies between two revisions, in the order in which it would run. */
export interface MigrationFile {
  readonly path: string;
  readonly tool: 'flyway' | 'prisma' | 'golang-migrate' | 'unknown';
  readonly sql: string;
  /** The undo script where the tool has one. */
  readonly downSql: string | null;
  readonly dialect: 'postgresql' | 'mysql' | 'unknown';
}

/** A change in the backend's own terms, bound to the state it was planned on. */
export interface PlannedChange {
  readonly plan: Omit<ActionPlan<JsonObject>, 'blastRadius' | 'reversal'>;
  readonly current: DesiredState;
  readonly next: DesiredState;
}

export interface DeploymentsApi {
  /** Newest first. Without a service: of all services. */
  history(
    query: { readonly service?: string; readonly window?: Window; readonly limit: number },
    context: CallContext,
  ): Promise<Answer<readonly Deployment[]>>;
  diff(
    query: { readonly service: string; readonly from: string; readonly to: string },
    context: CallContext,
  ): Promise<Answer<RevisionDiff>>;
  desired(
    query: { readonly service: string; readonly revision?: string },
    context: CallContext,
  ): Promise<Answer<DesiredState>>;
  /** Migration files added between the two revisions. Empty when there are none; hints say so when the service names no folder. */
  migrationsBetween(
    query: { readonly service: string; readonly from: string; readonly to: string },
    context: CallContext,
  ): Promise<Answer<readonly MigrationFile[]>>;
  planScale(
    query: { readonly service: string; readonly replicas: number },
    context: CallContext,
  ): Promise<PlannedChange>;
  /** Every pod anew, or the one named; a system without pods rejects a `pod` with `unsupported`. */
  planRestart(
    query: { readonly service: string; readonly pod?: string },
    context: CallContext,
  ): Promise<PlannedChange>;
  planRollback(
    query: { readonly service: string; readonly revision: string },
    context: CallContext,
  ): Promise<PlannedChange>;
  /** Sets keys of configuration or flags to new values. The result is a branch for review, never the default branch. */
  planConfigChange(
    query: {
      readonly service: string;
      readonly set: Readonly<Record<string, string>>;
      readonly title: string;
    },
    context: CallContext,
  ): Promise<PlannedChange>;
}

export interface DeploymentsWriteApi {
  /** Applies exactly the change. Rejects with `conflict` when the observed state no longer holds. Idempotent by key. */
  applyChange(
    command: { readonly change: JsonObject; readonly idempotencyKey: string; readonly message: string },
    context: CallContext,
  ): Promise<ActionOutcome>;
}

export const deploymentsPort = definePort<DeploymentsApi, DeploymentsWriteApi>()(
  'deployments',
  'Deployments and the desired state behind them',
  mergeDeployments,
);

export interface InfrastructureResource {
  readonly address: string;
  readonly type: string;
  readonly provider: string;
  readonly status: 'present' | 'drifted' | 'tainted';
}

export interface InfrastructurePlanChange {
  readonly address: string;
  readonly type: string;
  readonly actions: readonly ('no-op' | 'create' | 'read' | 'update' | 'delete')[];
  /** Destroyed and made anew. */
  readonly replaces: boolean;
  readonly changedAttributes: readonly string[];
}

export interface InfrastructureState {
  readonly terraformVersion: string | null;
  readonly serial: number | null;
  readonly resources: readonly InfrastructureResource[];
  readonly drift: readonly InfrastructurePlanChange[];
  readonly planned: readonly InfrastructurePlanChange[];
  readonly file: string;
}

export interface InfrastructureApi {
  state(
    query: { readonly service?: string },
    context: CallContext,
  ): Promise<Answer<readonly InfrastructureState[]>>;
}

export const infrastructurePort = definePort<InfrastructureApi>()(
  'infrastructure',
  'Infrastructure state and plans',
  mergeInfrastructure,
);

export interface PodStatus {
  readonly name: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Why it is not well, such as `CrashLoopBackOff` or `Unschedulable`; null when it is. */
  readonly reason: string | null;
  readonly lastTermination: {
    readonly reason: string;
    readonly exitCode: number;
    readonly time: Date;
  } | null;
  readonly node?: string | null;
  readonly started?: Date | null;
}

export interface WorkloadStatus {
  readonly service: string;
  /** `Deployment`, `StatefulSet`, `DaemonSet`, ... */
  readonly kind: string;
  /** The system's own name of the workload, such as `payments/checkout`. */
  readonly name?: string;
  readonly desired: number;
  readonly ready: number;
  readonly updated: number;
  readonly rollout: 'complete' | 'progressing' | 'stalled';
  /** Why it is not complete, in our words; null when it is. */
  readonly reason?: string | null;
  readonly version?: string | null;
  /** Those in trouble first; without a service in the query only those in trouble. */
  readonly pods: readonly PodStatus[];
  /** How many pods there are, or are in trouble without a service in the query, when `pods` leaves some out. */
  readonly podCount?: number;
  /** Newest first. */
  readonly events: readonly {
    readonly time: Date;
    readonly reason: string;
    readonly message: string;
    readonly count: number;
    /** What it is about, such as `Pod/checkout-7d9f-x2x`. */
    readonly object?: string;
    readonly warning?: boolean;
  }[];
  /** Requests and limits by container and resource. */
  readonly limits: Readonly<Record<string, string>>;
  readonly autoscaler?: {
    readonly min: number;
    readonly max: number;
    readonly current: number;
    readonly desired: number;
    /** Why it cannot scale, in our words; null when it can. */
    readonly blocked: string | null;
  } | null;
  readonly disruptionBudget?: { readonly name: string; readonly disruptionsAllowed: number } | null;
  /** Of the namespace, those that are used up or nearly so first. */
  readonly quotas?: readonly {
    readonly name: string;
    readonly resource: string;
    readonly used: string;
    readonly hard: string;
    readonly exhausted: boolean;
  }[];
}

export interface WorkloadsApi {
  /**
   * Those in trouble first. Without a service: every workload of the environment, of which those that
   * are well are only counted (`truncation.total`). Rejects with `not_found` (details.known) for an
   * unknown service.
   */
  status(
    query: { readonly service?: string; readonly limit?: number },
    context: CallContext,
  ): Promise<Answer<readonly WorkloadStatus[]>>;
  /** Names of the services that run here. */
  services(query: { readonly limit: number }, context: CallContext): Promise<Answer<readonly string[]>>;
}

export const workloadsPort = definePort<WorkloadsApi>()('workloads', 'Running workloads', mergeWorkloads);

export interface PipelineRun {
  readonly id: string;
  readonly name: string;
  readonly revision: string;
  readonly status: 'queued' | 'running' | 'waiting_for_approval' | 'succeeded' | 'failed' | 'cancelled';
  readonly started: Date;
  readonly finished: Date | null;
  readonly stages: readonly {
    readonly name: string;
    readonly status: string;
    readonly durationSeconds: number | null;
  }[];
  readonly pendingApprovals: readonly string[];
  readonly failure: { readonly job: string; readonly step: string; readonly excerpt: string } | null;
}

export interface PipelinesApi {
  status(
    query: { readonly service: string; readonly limit: number },
    context: CallContext,
  ): Promise<Answer<readonly PipelineRun[]>>;
}

export const pipelinesPort = definePort<PipelinesApi>()(
  'pipelines',
  'Build and delivery pipelines',
  mergePipelines,
);

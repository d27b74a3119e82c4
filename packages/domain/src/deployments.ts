import {
  type ActionOutcome,
  type ActionPlan,
  type CallContext,
  definePort,
  type JsonObject,
} from '@devops-mcp/contract';
import type { Answer, Window } from './answer.js';

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
  planRestart(query: { readonly service: string }, context: CallContext): Promise<PlannedChange>;
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
);

export interface PodStatus {
  readonly name: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly reason: string | null;
  readonly lastTermination: {
    readonly reason: string;
    readonly exitCode: number;
    readonly time: Date;
  } | null;
}

export interface WorkloadStatus {
  readonly service: string;
  readonly kind: string;
  readonly desired: number;
  readonly ready: number;
  readonly updated: number;
  readonly rollout: 'complete' | 'progressing' | 'stalled';
  readonly pods: readonly PodStatus[];
  readonly events: readonly {
    readonly time: Date;
    readonly reason: string;
    readonly message: string;
    readonly count: number;
  }[];
  readonly limits: Readonly<Record<string, string>>;
}

export interface WorkloadsApi {
  status(
    query: { readonly service: string },
    context: CallContext,
  ): Promise<Answer<readonly WorkloadStatus[]>>;
}

export const workloadsPort = definePort<WorkloadsApi>()('workloads', 'Running workloads');

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

export const pipelinesPort = definePort<PipelinesApi>()('pipelines', 'Build and delivery pipelines');

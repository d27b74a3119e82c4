import type { ShopException } from '../company/exceptions.js';
import type { IncidentKind } from '../incident-kinds.js';
import type { Pod } from './pods.js';

/** What an incident does to one request at one place. */
export interface Effect {
  /** Multiplies the service's own time. */
  readonly slower: number;
  readonly failure?: Failure;
}

export interface Failure {
  /** 0 to 1 */
  readonly share: number;
  readonly status: number;
  readonly line: string;
  readonly exception: ShopException;
}

/** What a database or provider does to those who call it. */
export interface ResourceFault {
  /** 0 to 1 */
  readonly share: number;
  /** How long a failing call takes. */
  readonly afterMs: number;
  readonly line: string;
  readonly exception: ShopException;
  readonly status: number;
}

/** A new version that starts to serve within the time that telemetry covers. */
export interface Rollout {
  readonly service: string;
  readonly version: string;
  /** Unix ms: when the first new instance serves; the commit lies a little before. */
  readonly atMs: number;
}

/** A change of the desired state, as the GitOps repository will record it. */
export interface PlannedChange {
  readonly id: 'cause' | 'decoy' | 'routine';
  readonly service: string;
  readonly committedMs: number;
  readonly title: string;
  readonly body: string;
  readonly version?: string;
  /** Code that came with it, appended to the service's main source file. */
  readonly source?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, string>>;
  readonly migration?: MigrationFiles;
}

export interface MigrationFiles {
  /** What the migration is about, such as `drop_delivery_notes`; numbered when it is written. */
  readonly name: string;
  readonly up: string;
  /** Undo script, for tools that have one. */
  readonly down: string;
}

/** Everything that is decided before a line is written. */
export interface Scenario {
  readonly kind: IncidentKind;
  readonly seed: number;
  readonly nowMs: number;
  /** Telemetry covers from here to now. */
  readonly startMs: number;
  /** Null on a quiet day. */
  readonly culprit: {
    readonly service: string;
    /** The database or provider that is at fault. */
    readonly resource: string | null;
    readonly onsetMs: number;
  } | null;
  readonly rollouts: readonly Rollout[];
  readonly changes: readonly PlannedChange[];
  readonly effectOn: (operation: OperationKey, atUs: number, pod: Pod) => Effect | undefined;
  readonly faultOf: (resource: string, atUs: number) => ResourceFault | undefined;
  /** Share of its memory limit that a leak has taken on this instance. */
  readonly leakOf: (service: string) => Leak | undefined;
}

export interface OperationKey {
  readonly service: string;
  readonly name: string;
}

export interface Leak {
  readonly version: string;
  /** From the level at start to the limit. */
  readonly fullAfterMs: number;
}

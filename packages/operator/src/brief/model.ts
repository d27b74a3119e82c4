/** The kinds of cause that the brief can name; the slugs are stable. */
export const causeKinds = [
  'bad_deployment',
  'configuration_change',
  'feature_flag',
  'irreversible_migration',
  'memory_leak',
  'cpu_contention',
  'dependency_outage',
  'slow_database',
  'network_delay',
  'certificate_expiry',
  'traffic_spike',
  'retry_storm',
] as const;
export type CauseKind = (typeof causeKinds)[number];

export interface SuspectEvidence {
  readonly direction: 'for' | 'against';
  readonly text: string;
  /** The tool whose answer it was read from. */
  readonly source: string;
}

export interface Suspect {
  readonly service: string;
  readonly instance?: string;
  readonly kind: CauseKind;
  /** 0 to 1; shares of the evidence, not a probability. */
  readonly score: number;
  readonly evidence: readonly SuspectEvidence[];
}

export interface BriefAlert {
  readonly name: string;
  readonly service: string | null;
  readonly severity: string;
  readonly since: string;
  readonly summary: string;
  readonly value: number | null;
  readonly threshold: number | null;
}

export interface BriefChange {
  readonly service: string;
  readonly time: string;
  readonly kind: string;
  readonly version: string | null;
  readonly revision: string;
  readonly by: string;
  readonly summary: string;
  /** Minutes before the onset; negative after it, null without an onset. */
  readonly minutesBeforeOnset: number | null;
}

export interface BriefError {
  readonly service: string;
  readonly type: string;
  readonly message: string;
  readonly count: number;
  readonly previousCount: number;
  readonly firstSeen: string;
  readonly traceIds: readonly string[];
}

export interface BriefAffected {
  readonly service: string;
  readonly health: string;
  readonly reason: string;
  readonly owner: string | null;
  readonly since: string | null;
}

export interface BriefPlan {
  readonly planId: string;
  readonly service: string;
  readonly from: string;
  readonly to: string;
  readonly migrationVerdict: string;
  readonly safeToRollBack: boolean;
  readonly evidence: string;
  readonly rollForward: string;
  readonly apply: string;
}

/** The brief as JSON. Times are RFC 3339 UTC. */
export interface Brief {
  readonly version: 1;
  readonly at: string;
  readonly window: { readonly start: string; readonly end: string };
  readonly environment: string;
  readonly verdict: 'fault' | 'nothing_wrong' | 'not_enough_data';
  readonly onset: string | null;
  readonly alerts: readonly BriefAlert[];
  readonly changes: readonly BriefChange[];
  readonly errors: readonly BriefError[];
  readonly affected: readonly BriefAffected[];
  readonly onCall: readonly {
    readonly service: string;
    readonly who: string;
    readonly until: string | null;
  }[];
  readonly runbooks: readonly { readonly id: string; readonly title: string; readonly why: string }[];
  readonly similar: readonly {
    readonly id: string;
    readonly title: string;
    readonly why: string;
    readonly resolution: string | null;
  }[];
  readonly suspects: readonly Suspect[];
  readonly rollbackPlan: BriefPlan | null;
  readonly unreachable: readonly { readonly server: string; readonly reason: string }[];
}

/** A plotted signal; times in Unix ms, gaps as null. */
export interface BriefPlot {
  readonly service: string;
  readonly signal: string;
  readonly unit: string;
  readonly points: readonly (readonly [timeMs: number, value: number | null])[];
}

export interface BriefGraph {
  readonly nodes: readonly { readonly service: string; readonly health: string }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly errorShare: number | null;
  }[];
}

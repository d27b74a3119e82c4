/** What the servers' answers say, in the few words that ranking needs. Times in Unix ms, shares 0 to 1. */
export interface Evidence {
  readonly at: number;
  readonly windowStart: number;
  readonly alerts: readonly AlertFact[];
  readonly anomalies: readonly AnomalyFact[];
  readonly errors: readonly ErrorFact[];
  readonly operations: readonly OperationFact[];
  readonly changes: readonly ChangeFact[];
  /** Who calls whom, from the catalog and from traces. */
  readonly calls: readonly { readonly from: string; readonly to: string }[];
  /** How many services any telemetry was found for. */
  readonly examined: number;
}

export interface AlertFact {
  readonly service: string | null;
  readonly name: string;
  readonly severity: string;
  readonly since: number;
}

export interface AnomalyFact {
  readonly service: string;
  readonly instance: string | null;
  readonly signal: string;
  readonly unit: string;
  readonly onset: number;
  readonly baseline: number;
  readonly value: number;
  readonly score: number;
  readonly direction: 'up' | 'down';
  /** Still there at the end of the window. */
  readonly lasting: boolean;
}

export interface ErrorFact {
  readonly service: string;
  readonly type: string;
  readonly template: string;
  readonly count: number;
  readonly previousCount: number;
  readonly firstSeen: number;
}

export interface OperationFact {
  readonly service: string;
  readonly operation: string;
  readonly instance: string | null;
  /** Share of all time and errors of the environment that were not there before. */
  readonly blame: number;
  readonly calls: number;
  readonly previousCalls: number;
  /** The service that the operation calls, where it is known. */
  readonly peer: string | null;
  readonly selfMs: number;
  readonly previousSelfMs: number;
  readonly errorShare: number;
  readonly previousErrorShare: number;
}

export interface ChangeFact {
  readonly service: string;
  readonly time: number;
  readonly kind: string;
  readonly version: string | null;
  readonly revision: string;
  readonly by: string;
  readonly migrations: readonly string[];
  readonly configuration: readonly string[];
  readonly flags: readonly string[];
  readonly changesImage: boolean;
  readonly summary: string;
}

export const minuteMs = 60_000;

/** Signals whose change tells of the service's own machine and not of what it calls. */
export const resourceSignals = ['cpu', 'memory', 'restarts'];

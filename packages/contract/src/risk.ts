/**
 * Risk tiers: 1 read-only, 2 reversible write, 3 infrastructure mutation,
 * 4 destructive or high blast radius.
 */
export type RiskTier = 1 | 2 | 3 | 4;
export type ActionTier = Exclude<RiskTier, 1>;

/** How far a server itself is trusted: 0 public read, 1 internal read, 2 changes state. */
export type TrustTier = 0 | 1 | 2;

export type EnvironmentClass = 'production' | 'staging' | 'development';
export type Transport = 'stdio' | 'streamable-http';

export interface Environment {
  readonly name: string;
  readonly class: EnvironmentClass;
}

/** The environment of calls that touch none: runbooks, incidents, prompts, completions. */
export const noEnvironment = 'none';

/** What a call is aimed at, as far as the input tells. */
export interface Target {
  readonly environment: string;
  readonly services: readonly string[];
  /** Other things by address, such as `alert:HighErrorRate` or `incident:INC-7`. */
  readonly resources?: readonly string[];
}

/** The dimensions in which an action can do harm; the names are used in catalogs and policies. */
export const blastRadiusDimensions = {
  replicas: 'replicas after the change',
  replicasAdded: 'replicas added or removed by this change',
  capacityRemovedShare: 'share of running capacity taken away at once, 0 to 1',
  podsRestarted: 'pods restarted',
  services: 'services changed',
  dependents: 'services that depend on what is changed, through the graph',
  alertsSilenced: 'alerts hidden',
  silenceMinutes: 'minutes for which alerts stay hidden',
  filesChanged: 'files changed',
} as const;

export type BlastRadiusDimension = keyof typeof blastRadiusDimensions;

/** A hard ceiling on each dimension that the action can touch; owners may only tighten it. */
export type BlastRadiusCeiling = Readonly<Partial<Record<BlastRadiusDimension, number>>>;
/** What one plan touches, measured on live state. */
export type BlastRadius = Readonly<Partial<Record<BlastRadiusDimension, number>>>;

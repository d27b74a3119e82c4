import type { BlastRadiusDimension } from './risk.js';

/** What a service's owner allows on one dimension in one environment. */
export interface OwnerLimit {
  /** Largest resulting value. */
  readonly max?: number;
  /** Largest change of the value in one action. */
  readonly step?: number;
  /** Largest share of the current value, 0 to 1. */
  readonly share?: number;
  /** Largest sum of changes within a window. */
  readonly window?: { readonly sum: number; readonly perMinutes: number };
}

export type OwnerLimits = Readonly<Partial<Record<BlastRadiusDimension, OwnerLimit>>>;

/** What governance asks of the catalog; provided by the runtime. */
export interface Ownership {
  /** An entity reference such as `group:default/team-payments`; undefined when nobody owns the service. */
  ownerOf(service: string): string | undefined;
  limitsOf(service: string, environment: string): OwnerLimits | undefined;
  /** Services that depend on this one, directly and through others. */
  dependentsOf(service: string): readonly string[];
  /** True when the person belongs to the owning group. */
  isMember(person: string, owner: string): boolean;
  knows(service: string): boolean;
  closest(service: string): readonly string[];
}

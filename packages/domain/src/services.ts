import { definePort, type OwnerLimits } from '@devops-mcp/contract';

export interface ServiceEntry {
  readonly name: string;
  /** Entity reference such as `group:default/team-payments`; null when nobody owns it. */
  readonly owner: string | null;
  readonly system: string | null;
  readonly tier: string | null;
  readonly description: string | null;
  readonly dependsOn: readonly string[];
  /** Entities that are not services, such as databases: `resource:default/orders-db`. */
  readonly resources: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly links: readonly { readonly title: string; readonly url: string }[];
  /** Extra signals that the owner named: name to metric name and unit. */
  readonly signals: Readonly<
    Record<string, { readonly metric: string; readonly unit: string; readonly kind: 'gauge' | 'rate' }>
  >;
}

/** The catalog as tools see it; in memory, synchronous, never an error. */
export interface ServicesApi {
  list(): readonly ServiceEntry[];
  get(name: string): ServiceEntry | undefined;
  /** Up to three closest known names. */
  closest(name: string): readonly string[];
  /** Direct dependents. */
  dependents(name: string): readonly string[];
  limits(name: string, environment: string): OwnerLimits | undefined;
}

/** Provided by the runtime from the configured catalog. Empty when no catalog is configured. */
export const servicesPort = definePort<ServicesApi>()('services', 'The service catalog');

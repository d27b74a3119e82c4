import type { z } from 'zod';
import type { Port } from './port.js';
import type { Environment, RiskTier } from './risk.js';

/** How a backend learns where a service's data live; implemented over the catalog. */
export interface ServiceMapping {
  /** The service as written in the catalog, or undefined for one that only telemetry knows. */
  telemetryName(service: string): string;
  /** The catalog's name for what telemetry calls `telemetryName`. */
  serviceOf(telemetryName: string): string;
  /** A value from the service's own file, such as `gitops.path`; undefined when not set. */
  setting(service: string, path: string): unknown;
  services(): readonly string[];
}

/** Makes one process at a time do a job that several may attempt, such as ingestion into shared files. */
export interface LeaseStore {
  /** Returns undefined when another process holds the lease. Renew before `ttlMs` passes. */
  acquire(name: string, ttlMs: number): Promise<Lease | undefined>;
}

export interface Lease {
  /** False when the lease was lost: stop at once. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** How every backend reaches its system, from `network` of the configuration. */
export interface NetworkSettings {
  /** `http://` or `https://` address of the proxy; null for none. */
  readonly proxy: string | null;
  /**
   * Hosts reached directly: `example.com` (and what is below it), `10.1.2.3`, `10.0.0.0/8`, IPv6,
   * `host:port`, `*`. Loopback always is.
   */
  readonly noProxy: readonly string[];
  /** Absolute path of a PEM bundle that is trusted beside the system's authorities; null for none. */
  readonly caFile: string | null;
}

export interface BackendContext<Config> {
  readonly config: Config;
  readonly environment: Environment;
  /** Resolves a configured path against the folder of the configuration file. */
  resolvePath(path: string): string;
  /** A folder of this backend's own below the state folder; created on first use by the backend. */
  readonly stateDir: string;
  readonly services: ServiceMapping;
  readonly network: NetworkSettings;
  readonly leases: LeaseStore;
  readonly clock: () => Date;
  /** Writes a line to standard error. */
  readonly warn: (message: string) => void;
}

/** One thing that `devops-mcp doctor` found out by asking the system. */
export interface Finding {
  readonly topic: 'configuration' | 'reachability' | 'credential' | 'permission' | 'clock' | 'data';
  readonly level: 'ok' | 'warning' | 'failure';
  /** One sentence of ours, no upstream text and no secret. */
  readonly message: string;
  /** What to do, in one sentence; absent where nothing is to be done. */
  readonly fix?: string;
}

/** One port of one system. `open` must be cheap or lazy: it runs on the first call that needs the port. */
export interface PortImplementation<Config> {
  readonly port: Port;
  open(context: BackendContext<Config>): Promise<object>;
  /** Opens the write side with the `write` credential of the configuration. */
  openWrite?(context: BackendContext<Config>): Promise<object>;
  /**
   * The highest tier that the configured write credential could apply, found by looking at the
   * credential and not at what the configuration says of it; what cannot be told is 4.
   */
  reach?(context: BackendContext<Config>): Promise<RiskTier>;
  /**
   * Asks the system whether the port would work: reachable, credential accepted, permissions neither
   * too few nor too many, clock. Reads only, and gives a finding where it could reject.
   */
  examine?(context: BackendContext<Config>, signal: AbortSignal): Promise<readonly Finding[]>;
}

export interface BackendDefinition {
  readonly kind: 'backend';
  /** What `use:` names in the configuration. */
  readonly name: string;
  readonly title: string;
  /** The keys beside `use`, credentials and `write` included. */
  readonly config: z.ZodType;
  // biome-ignore lint/suspicious/noExplicitAny: the configuration is parsed with `config` before use
  readonly ports: readonly PortImplementation<any>[];
}

export function defineBackend<C extends z.ZodType>(facts: {
  readonly name: string;
  readonly title: string;
  readonly config: C;
  readonly ports: readonly PortImplementation<z.output<C>>[];
}): BackendDefinition {
  return { kind: 'backend', ...facts };
}

/** Names to dynamic imports, so that a backend loads when a configuration first uses it. */
export type BackendTable = Readonly<Record<string, () => Promise<BackendDefinition>>>;

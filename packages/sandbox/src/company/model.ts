/** The small company: an online shop. Everything about it is data, and every generator reads the same. */
export type Language = 'java' | 'go' | 'node' | 'python';
export type MigrationTool = 'flyway' | 'golang-migrate' | 'prisma';

export interface Team {
  readonly name: string;
  readonly title: string;
  /** Local parts of addresses at example.com, first in the rota first. */
  readonly members: readonly string[];
}

export interface ShopService {
  readonly name: string;
  readonly description: string;
  readonly team: string;
  readonly tier: 'tier-1' | 'tier-2' | 'tier-3';
  readonly language: Language;
  readonly port: number;
  /** Version before the incident. */
  readonly version: string;
  readonly replicas: number;
  readonly memoryMiB: number;
  readonly cpuMillis: number;
  readonly autoscaler?: { readonly min: number; readonly max: number };
  /** Database, cache or provider, by the name in `shopResources`. */
  readonly resources: readonly string[];
  readonly dependsOn: readonly string[];
  readonly migrations?: MigrationTool;
  readonly config: Readonly<Record<string, string>>;
  readonly flags: Readonly<Record<string, string>>;
  readonly queue?: { readonly metric: string; readonly name: string };
}

export interface ShopResource {
  readonly name: string;
  readonly type: 'database' | 'cache' | 'queue' | 'search-index' | 'external-service';
  readonly description: string;
  readonly owner: string;
  /** As telemetry names it: `db.system.name`, or the protocol. */
  readonly system: string;
  readonly host: string;
  readonly port: number;
}

/** A route of a service and what serving it takes. */
export interface Operation {
  readonly service: string;
  /** `POST /payments`; for a consumer the queue and `process`. */
  readonly name: string;
  readonly kind: 'server' | 'consumer';
  /** Median of the time spent in the service itself. */
  readonly selfMs: number;
  readonly success: number;
  readonly steps: readonly Step[];
  /** Lines written on success, with placeholders such as `{order}`. */
  readonly lines: readonly string[];
}

export type Step =
  | {
      readonly kind: 'call';
      readonly service: string;
      readonly operation: string;
      readonly share?: number;
      /** The caller goes on without an answer. */
      readonly optional?: boolean;
      readonly timeoutMs?: number;
    }
  | {
      readonly kind: 'resource';
      readonly resource: string;
      /** `SELECT payments`, or `POST /v1/charges` for a provider. */
      readonly what: string;
      readonly ms: number;
      readonly share?: number;
    }
  | {
      readonly kind: 'publish';
      readonly resource: string;
      readonly queue: string;
      readonly consumers: readonly { readonly service: string; readonly operation: string }[];
    };

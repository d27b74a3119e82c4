import type { CallContext } from '@devops-mcp/contract';

/** The part of every object that the suite reads; kinds add theirs. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
      readonly controller?: boolean;
    }[];
  };
}

export interface ListQuery {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Objects of one page; default 50, so that parsing one never holds up anything else. */
  readonly pageSize?: number;
}

export interface ListPage<T extends KubeObject> {
  readonly items: readonly T[];
  /** `remainingItemCount` as the API gives it; null when it does not say. */
  readonly remaining: number | null;
  readonly resourceVersion: string;
}

export interface WriteRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body: unknown;
  /** Of a PATCH: strategic merge, merge (RFC 7386), JSON patch (RFC 6902) or server-side apply. */
  readonly patch?: 'strategic-merge' | 'merge' | 'json' | 'apply';
  /** Everything but persistence happens (`dryRun=All`). */
  readonly dryRun?: boolean;
  /** What the credential lacks when it is refused: `patch on deployments in the namespace shop`. */
  readonly needs: string;
}

export interface WatchEvent<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

/**
 * One cluster's API over one credential. Paths are the API's own (`/apis/apps/v1/namespaces/x/deployments`).
 * Rejects as `HttpClient` says; 403 names verb and resource that the role lacks, never upstream text.
 * Source of paths and semantics: the Kubernetes API concepts and reference, version 1.26 and later.
 */
export interface KubeClient {
  /** What answers call it: the context's name, or `in-cluster`. */
  readonly cluster: string;
  /** The namespaces that may be read and changed; null for all. Paths outside are refused before any request. */
  readonly namespaces: readonly string[] | null;
  /** Shape-checked only as an object with metadata; undefined on 404. */
  get<T extends KubeObject>(path: string, context: CallContext): Promise<T | undefined>;
  /**
   * Pages of a list, one request each; a page that expired (410) begins anew once. With an allow-list a
   * list over all namespaces is asked namespace by namespace. Stop iterating to stop reading.
   */
  pages<T extends KubeObject>(
    path: string,
    query: ListQuery,
    context: CallContext,
  ): AsyncIterable<ListPage<T>>;
  /** Never repeated. Field manager is `devops-mcp`. */
  write<T extends KubeObject>(request: WriteRequest, context: CallContext): Promise<T>;
  /** Until the caller's signal aborts or iterating stops; begins anew from a list when the version is too old. */
  watch<T extends KubeObject>(
    path: string,
    query: ListQuery & { readonly resourceVersion?: string },
    context: CallContext,
  ): AsyncIterable<WatchEvent<T>>;
  /** A POST that changes nothing, such as a SelfSubjectAccessReview. */
  review(path: string, body: unknown, context: CallContext): Promise<Readonly<Record<string, unknown>>>;
  close(): void;
}

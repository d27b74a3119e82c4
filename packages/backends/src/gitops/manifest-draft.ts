import { asEntries, asText, type Located, type Place } from './document.js';

/** What a service's manifests say, each value with the place where it is set. Values are not masked. */
export interface Manifests {
  readonly image: Located<string> | undefined;
  readonly replicas: number | undefined;
  /** Where the number of replicas stands or would stand. */
  readonly replicasPlace: Place | undefined;
  readonly autoscaler: { readonly min: number; readonly max: number } | undefined;
  /** Where annotations of the pod template stand or would stand. */
  readonly podAnnotations: Place | undefined;
  /** Annotations whose change makes the cluster start the pods anew. */
  readonly restarts: Readonly<Record<string, string>>;
  readonly configuration: ReadonlyMap<string, Located<string>>;
  readonly flags: ReadonlyMap<string, Located<string>>;
  /** The map that takes a new key of configuration. */
  readonly configurationMap: Place | undefined;
  readonly resources: ReadonlyMap<string, string>;
  readonly secretReferences: ReadonlySet<string>;
  /** Files that are not valid YAML. */
  readonly unreadable: readonly string[];
}

/** The same while it is being gathered; later files outrank earlier ones. */
export type Draft = {
  -readonly [K in keyof Manifests]: Manifests[K] extends ReadonlyMap<infer A, infer B>
    ? Map<A, B>
    : Manifests[K] extends ReadonlySet<infer A>
      ? Set<A>
      : Manifests[K] extends Readonly<Record<string, string>>
        ? Record<string, string>
        : Manifests[K];
} & {
  readonly service: string;
  readonly workload: string | undefined;
  /** Which ConfigMap a key came from. */
  readonly owners: Map<string, string>;
};

export function emptyDraft(service: string, workload: string | undefined): Draft {
  return {
    service,
    workload,
    owners: new Map(),
    image: undefined,
    replicas: undefined,
    replicasPlace: undefined,
    autoscaler: undefined,
    podAnnotations: undefined,
    restarts: {},
    configuration: new Map(),
    flags: new Map(),
    configurationMap: undefined,
    resources: new Map(),
    secretReferences: new Set(),
    unreadable: [],
  };
}

/** Annotations that only exist to make pods start anew. */
export function restartAnnotations(annotations: unknown): Record<string, string> {
  return Object.fromEntries(
    asEntries(annotations).flatMap(([key, value]) => {
      const text = asText(value);
      return /restart/i.test(key) && text !== undefined ? [[key, text] as const] : [];
    }),
  );
}

/**
 * How lists of built-in kinds merge, as `x-kubernetes-patch-merge-key` and `x-kubernetes-list-map-keys` of the
 * API's published OpenAPI document say. A list without keys is replaced as a whole.
 */
export interface ListKeys {
  /** The key of a strategic merge patch. */
  readonly patch: string;
  /** The keys that tell items apart for server-side apply, with the default of a missing one. */
  readonly apply: Readonly<Record<string, string | undefined>>;
}

const named: ListKeys = { patch: 'name', apply: { name: undefined } };
const typed: ListKeys = { patch: 'type', apply: { type: undefined } };

const keys: Readonly<Record<string, ListKeys>> = {
  containers: named,
  initContainers: named,
  ephemeralContainers: named,
  env: named,
  volumes: named,
  imagePullSecrets: named,
  volumeMounts: { patch: 'mountPath', apply: { mountPath: undefined } },
  volumeDevices: { patch: 'devicePath', apply: { devicePath: undefined } },
  conditions: typed,
  ownerReferences: { patch: 'uid', apply: { uid: undefined } },
  hostAliases: { patch: 'ip', apply: { ip: undefined } },
  topologySpreadConstraints: {
    patch: 'topologyKey',
    apply: { topologyKey: undefined, whenUnsatisfiable: undefined },
  },
};

const servicePorts: ListKeys = { patch: 'port', apply: { port: undefined, protocol: 'TCP' } };
const containerPorts: ListKeys = {
  patch: 'containerPort',
  apply: { containerPort: undefined, protocol: 'TCP' },
};

/** The keys of the list in `field`; `parents` are the fields around it, the nearest last. */
export function listKeys(field: string, parents: readonly string[]): ListKeys | undefined {
  if (field === 'ports')
    return parents.includes('containers') || parents.includes('initContainers')
      ? containerPorts
      : servicePorts;
  // Conditions of an HPA's status merge too; its metrics do not.
  return keys[field];
}

/** Lists of single values that merge as sets. */
export function isSet(field: string): boolean {
  return field === 'finalizers';
}

/** Objects that server-side apply owns as one value: `x-kubernetes-map-type: atomic`. */
export function isAtomic(field: string): boolean {
  return (
    field === 'selector' ||
    field === 'nodeSelector' ||
    field.endsWith('KeyRef') ||
    field === 'fieldRef' ||
    field === 'resourceFieldRef'
  );
}

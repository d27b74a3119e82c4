import { type KubeObject, type ObjectMeta, withAt } from './object.js';
import { apiVersionOf, type Resource } from './resources.js';

export interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly key: string;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

/** Objects by resource with one counter of versions and the changes since some version, as etcd keeps them. */
export interface Store {
  version(): number;
  read(resource: Resource, key: string): KubeObject | undefined;
  /** In the order of their keys. */
  all(resource: Resource, namespace?: string | null): readonly KubeObject[];
  /** As they were at a version; undefined when its history is gone. */
  allAt(resource: Resource, version: number): readonly KubeObject[] | undefined;
  /** Keeps the object under a new version. */
  write(resource: Resource, object: KubeObject): KubeObject;
  remove(resource: Resource, key: string): KubeObject | undefined;
  /** Changes after a version; undefined when some of them are gone. */
  since(version: number): readonly Change[] | undefined;
  subscribe(listener: (change: Change) => void): () => void;
  /** Forgets the history: older versions answer `410 Expired` from now on. */
  compact(): void;
}

const historyKept = 20_000;
/** Room for a history before the first object, so that version 1 is never a real one. */
const firstVersion = 100;

export function keyOf(metadata: Pick<ObjectMeta, 'namespace' | 'name'>): string {
  return metadata.namespace === undefined
    ? (metadata.name ?? '')
    : `${metadata.namespace}/${metadata.name ?? ''}`;
}

export function createStore(): Store {
  const tables = new Map<string, Map<string, KubeObject>>();
  const sorted = new Map<string, readonly KubeObject[]>();
  const listeners = new Set<(change: Change) => void>();
  let history: Change[] = [];
  let version = firstVersion;
  let oldest = firstVersion;

  const tableOf = (resource: Resource) => {
    const name = tableName(resource);
    const table = tables.get(name) ?? new Map<string, KubeObject>();
    tables.set(name, table);
    return table;
  };
  const record = (change: Change) => {
    sorted.delete(tableName(change.resource));
    history.push(change);
    if (history.length > historyKept * 2) {
      history = history.slice(historyKept);
      oldest = (history[0]?.version ?? version) - 1;
    }
    for (const listener of listeners) listener(change);
  };
  const inOrder = (resource: Resource) => {
    const name = tableName(resource);
    const known = sorted.get(name) ?? ordered(tableOf(resource));
    sorted.set(name, known);
    return known;
  };
  return {
    version: () => version,
    read: (resource, key) => tableOf(resource).get(key),
    all: (resource, namespace) =>
      namespace === undefined || namespace === null
        ? inOrder(resource)
        : inOrder(resource).filter(({ metadata }) => metadata.namespace === namespace),
    allAt(resource, wanted) {
      if (wanted < oldest) return undefined;
      if (wanted >= (history.at(-1)?.version ?? version)) return inOrder(resource);
      return undone(tableOf(resource), resource, history, wanted);
    },
    write(resource, given) {
      version += 1;
      const key = keyOf(given.metadata);
      const previous = tableOf(resource).get(key);
      const object = withAt(given, ['metadata', 'resourceVersion'], String(version));
      tableOf(resource).set(key, object);
      record({ version, type: previous ? 'MODIFIED' : 'ADDED', resource, key, object, previous });
      return object;
    },
    remove(resource, key) {
      const previous = tableOf(resource).get(key);
      if (previous === undefined) return undefined;
      version += 1;
      tableOf(resource).delete(key);
      const object = withAt(previous, ['metadata', 'resourceVersion'], String(version));
      record({ version, type: 'DELETED', resource, key, object, previous });
      return object;
    },
    since: (wanted) => (wanted < oldest ? undefined : history.slice(firstAfter(history, wanted))),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    compact() {
      history = [];
      oldest = version;
    },
  };
}

function tableName(resource: Resource): string {
  return `${apiVersionOf(resource)}/${resource.plural}`;
}

function ordered(table: ReadonlyMap<string, KubeObject>): readonly KubeObject[] {
  return [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

function undone(
  present: ReadonlyMap<string, KubeObject>,
  resource: Resource,
  history: readonly Change[],
  wanted: number,
): readonly KubeObject[] {
  const table = new Map(present);
  for (const change of history.slice(firstAfter(history, wanted)).reverse()) {
    if (tableName(change.resource) !== tableName(resource)) continue;
    if (change.previous === undefined) table.delete(change.key);
    else table.set(change.key, change.previous);
  }
  return ordered(table);
}

/** Versions in a history only grow. */
function firstAfter(history: readonly Change[], wanted: number): number {
  let [low, high] = [0, history.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle]?.version ?? 0) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

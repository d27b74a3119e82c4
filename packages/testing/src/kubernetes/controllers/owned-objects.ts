import { randomUUID } from 'node:crypto';
import { withDefaults } from '../defaults.js';
import { updatedManagers } from '../managed-fields.js';
import { type KubeObject, type OwnerReference, sameJson, withAt } from '../object.js';
import { resourceOf, resourceOfKind } from '../resources.js';
import { keyOf, type Store } from '../store.js';
import { now, randomSuffix } from '../writes.js';

/** What belongs to whom, read once for each pass. */
export interface Owned {
  of(kind: string, owner: KubeObject): readonly KubeObject[];
}

export function readOwned(store: Store): Owned {
  const index = new Map<string, KubeObject[]>();
  for (const kind of ['Pod', 'ReplicaSet', 'Job'])
    for (const object of store.all(resourceOfKind(kind))) {
      const owner = object.metadata.ownerReferences?.find((each) => each.controller === true);
      if (owner === undefined) continue;
      const key = `${kind} ${owner.uid}`;
      const known = index.get(key) ?? [];
      known.push(object);
      index.set(key, known);
    }
  return { of: (kind, owner) => index.get(`${kind} ${owner.metadata.uid}`) ?? [] };
}

export function ownerOf({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  const { name = '', uid = '' } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** A new object of a controller, with its identity and the manager that controllers write as. */
export function createObject(store: Store, given: KubeObject): KubeObject {
  const metadata = { ...given.metadata, uid: randomUUID(), creationTimestamp: now() };
  const resource = resourceOf(given);
  const object = withDefaults({
    ...given,
    metadata: resource.generations ? { ...metadata, generation: 1 } : metadata,
  });
  const writer = {
    manager: 'kube-controller-manager',
    subresource: '',
    apiVersion: given.apiVersion,
    now: now(),
  };
  return store.write(
    resource,
    withAt(object, ['metadata', 'managedFields'], updatedManagers(undefined, object, writer)),
  );
}

/** Writes only what changed, so that a cluster at rest stays at rest. */
export function writeIfChanged(store: Store, before: KubeObject, after: KubeObject): KubeObject {
  const present = store.read(resourceOf(before), keyOf(before.metadata));
  if (present === undefined || sameJson(present, after)) return present ?? before;
  return store.write(resourceOf(after), after);
}

export function tellEvent(
  store: Store,
  about: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  const { name = '', namespace = 'default', uid } = about.metadata;
  const component = `${about.kind.toLowerCase()}-controller`;
  createObject(store, {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: `${name}.${randomSuffix(16)}`, namespace } },
    involvedObject: { kind: about.kind, namespace, name, uid, apiVersion: about.apiVersion },
    ...{ reason, message, type, source: { component }, count: 1 },
    ...{ firstTimestamp: now(), lastTimestamp: now(), eventTime: null },
    ...{ reportingComponent: component, reportingInstance: '' },
  });
}

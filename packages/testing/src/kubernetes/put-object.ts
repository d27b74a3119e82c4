import { randomUUID } from 'node:crypto';
import { withDefaults } from './defaults.js';
import { type KubeObject, sameJson } from './object.js';
import { resourceOf, resourceOfKind, storedResource } from './resources.js';
import { keyOf, type Store } from './store.js';
import { storedAs } from './versions.js';
import { now } from './writes.js';

/** Keeps an object of a test as it is, with what every object has: identity, age, version, and its namespace. */
export function putObject(store: Store, given: KubeObject): KubeObject {
  const resource = resourceOf(given);
  const stored = storedResource(resource);
  const object = withDefaults(storedAs(resource, stored, given));
  const { namespace } = object.metadata;
  if (resource.namespaced && namespace === undefined)
    return putObject(store, { ...given, metadata: { ...given.metadata, namespace: 'default' } });
  if (namespace !== undefined && store.read(resourceOfKind('Namespace'), namespace) === undefined)
    putObject(store, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
      status: { phase: 'Active' },
    });
  const before = store.read(stored, keyOf(object.metadata));
  const metadata = {
    ...object.metadata,
    uid: object.metadata.uid ?? before?.metadata.uid ?? randomUUID(),
    creationTimestamp: object.metadata.creationTimestamp ?? before?.metadata.creationTimestamp ?? now(),
  };
  if (!resource.generations) return store.write(stored, { ...object, metadata });
  const counted =
    (before?.metadata.generation ?? 0) + (before !== undefined && sameJson(before.spec, object.spec) ? 0 : 1);
  const given2 = object.metadata.generation;
  const generation =
    given2 !== undefined && given2 !== before?.metadata.generation ? given2 : Math.max(counted, given2 ?? 0);
  return store.write(stored, { ...object, metadata: { ...metadata, generation } });
}

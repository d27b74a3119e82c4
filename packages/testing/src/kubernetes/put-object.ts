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
  return store.write(stored, {
    ...object,
    metadata: { ...metadata, generation: generationOf(object, before) },
  });
}

/** What the test says, unless it left it out or handed back an object whose spec it changed. */
function generationOf({ metadata, spec }: KubeObject, before: KubeObject | undefined): number {
  const present = before?.metadata.generation ?? 0;
  const said = metadata.generation;
  if (said !== undefined && said !== present) return said;
  return sameJson(before?.spec, spec) && present > 0 ? present : present + 1;
}

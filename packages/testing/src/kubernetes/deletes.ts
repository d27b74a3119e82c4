import type { ApiRequest } from './api-request.js';
import { selection } from './list.js';
import { at, type Fields, type KubeObject, numberAt, textAt, withAt } from './object.js';
import { apiVersionOf, type Resource, resources, storedResource } from './resources.js';
import { ApiStatus, deleted, detailsOf, failure, type StatusBody } from './status.js';
import { keyOf, type Store } from './store.js';
import { shownAs } from './versions.js';
import { existing, isDryRun, now } from './writes.js';

export interface DeleteAnswer {
  readonly code: 200 | 202;
  readonly body: KubeObject | StatusBody;
}

/** With kubelets a deleted pod ends some time later; without them it goes at once. */
export interface Deletion {
  readonly graceful: boolean;
}

export function deleteOne(store: Store, request: ApiRequest, { graceful }: Deletion): DeleteAnswer {
  const { resource, name } = request;
  const object = existing(store, request);
  assertPreconditions(resource, object, request.body);
  const grace = gracePeriodOf(request, object);
  const isPod = resource.kind === 'Pod';
  const terminating = isPod && grace > 0 ? marked(object, grace) : object;
  if (isDryRun(request)) return answerOf(resource, terminating, isPod);
  if (isPod && graceful && grace > 0) {
    const known =
      object.metadata.deletionTimestamp === undefined
        ? store.write(storedResource(resource), terminating)
        : object;
    return answerOf(resource, known, true);
  }
  if ((object.metadata.finalizers ?? []).length > 0)
    return { code: 200, body: shownAs(resource, store.write(storedResource(resource), marked(object, 0))) };
  const gone = store.remove(storedResource(resource), keyOf(object.metadata)) ?? object;
  if (
    at(request.body, 'propagationPolicy') !== 'Orphan' &&
    request.query.get('propagationPolicy') !== 'Orphan'
  )
    collect(store, textAt(object, 'metadata', 'uid'));
  return isPod
    ? { code: 200, body: marked(gone, grace) }
    : { code: 200, body: deleted(resource, name, object.metadata.uid ?? '') };
}

export function deleteMany(store: Store, request: ApiRequest, deletion: Deletion): DeleteAnswer {
  const matches = selection(request);
  const found = store.all(storedResource(request.resource), request.namespace).filter(matches);
  for (const { metadata } of found)
    deleteOne(
      store,
      { ...request, name: metadata.name ?? '', namespace: metadata.namespace ?? null },
      deletion,
    );
  const items = found.map((each) => shownAs(request.resource, each));
  const body = {
    kind: `${request.resource.kind}List`,
    apiVersion: apiVersionOf(request.resource),
    metadata: { resourceVersion: String(store.version()) },
    items,
  };
  return { code: 200, body };
}

/** Everything an object owned goes with it, as the garbage collector sees to. */
export function collect(store: Store, uid: string): void {
  if (uid === '') return;
  for (const resource of resources.filter((each) => each.storedAs === undefined && each.review === undefined))
    for (const { metadata } of store.all(resource)) {
      if (!metadata.ownerReferences?.some((owner) => owner.uid === uid)) continue;
      store.remove(resource, keyOf(metadata));
      collect(store, metadata.uid ?? '');
    }
}

export function assertPreconditions(resource: Resource, object: KubeObject, options: unknown): void {
  const { uid, resourceVersion } = object.metadata;
  const [wantedUid, wantedVersion] = [
    textAt(options, 'preconditions', 'uid'),
    textAt(options, 'preconditions', 'resourceVersion'),
  ];
  if (wantedUid !== '' && wantedUid !== uid)
    throw preconditionFailed(
      resource,
      object,
      `the UID in the precondition (${wantedUid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  if (wantedVersion !== '' && wantedVersion !== resourceVersion)
    throw preconditionFailed(
      resource,
      object,
      `the ResourceVersion in the precondition (${wantedVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
}

/** This one conflict is worded with the kind where all others have the resource. */
function preconditionFailed(resource: Resource, { metadata }: KubeObject, why: string): ApiStatus {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const message = `Operation cannot be fulfilled on ${kind} "${metadata.name}": ${why}`;
  const details: Fields = { ...detailsOf(resource, metadata.name), kind: resource.kind };
  return new ApiStatus(failure(409, 'Conflict', message, details));
}

function gracePeriodOf({ query, body }: ApiRequest, object: KubeObject): number {
  const asked = query.get('gracePeriodSeconds');
  return (
    (asked === null ? numberAt(body, 'gracePeriodSeconds') : Number(asked)) ??
    numberAt(object, 'spec', 'terminationGracePeriodSeconds') ??
    30
  );
}

function marked(object: KubeObject, grace: number): KubeObject {
  const timed = withAt(object, ['metadata', 'deletionTimestamp'], now());
  return withAt(timed, ['metadata', 'deletionGracePeriodSeconds'], grace);
}

function answerOf(resource: Resource, object: KubeObject, isPod: boolean): DeleteAnswer {
  const { name = '', uid = '' } = object.metadata;
  return { code: 200, body: isPod ? shownAs(resource, object) : deleted(resource, name, uid) };
}

import { randomUUID } from 'node:crypto';
import type { ApiRequest } from './api-request.js';
import { applied } from './apply.js';
import { withAdmission, withDefaults } from './defaults.js';
import { updatedManagers, type Writer } from './managed-fields.js';
import { at, isKubeObject, isRecord, type KubeObject, type ObjectMeta, sameJson, withAt } from './object.js';
import { jsonPatch, mergePatch, strategicMerge } from './patches.js';
import { apiVersionOf, type Resource, resourceOfKind, storedResource } from './resources.js';
import {
  ApiStatus,
  alreadyExists,
  badRequest,
  conflict,
  failure,
  invalid,
  modified,
  notFound,
} from './status.js';
import { keyOf, type Store } from './store.js';
import { validate } from './validation.js';
import { shownAs, storedAs } from './versions.js';

export interface Written {
  readonly code: 200 | 201;
  readonly object: KubeObject;
}

export function create(store: Store, request: ApiRequest): Written {
  const { namespace, resource } = request;
  const given = bodyObject(request);
  const named = given.metadata.namespace;
  if (namespace !== null && named !== undefined && named !== namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  if (
    resource.namespaced &&
    namespace !== null &&
    store.read(resourceOfKind('Namespace'), namespace) === undefined
  )
    throw notFound(resourceOfKind('Namespace'), namespace);
  const object = created(resource, withAt(given, ['metadata', 'namespace'], namespace ?? undefined));
  validate(resource, object);
  if (store.read(storedResource(resource), keyOf(object.metadata)))
    throw alreadyExists(resource, object.metadata.name ?? '');
  const managed = withManagers(
    object,
    updatedManagers(undefined, withAt(object, ['status'], undefined), writerOf(request)),
  );
  return { code: 201, object: kept(store, request, managed) };
}

export function update(store: Store, request: ApiRequest): Written {
  const before = existing(store, request);
  return { code: 200, object: replaced(store, request, before, bodyObject(request)) };
}

export function patch(store: Store, request: ApiRequest): Written {
  const type = request.contentType.split(';')[0]?.trim();
  if (type === 'application/apply-patch+yaml') return apply(store, request);
  const before = existing(store, request);
  const shown = shownAs(request.resource, before);
  const after = patched(type ?? '', shown, request.body);
  if (!isKubeObject(after)) throw badRequest('the patched object is no object of the API');
  return { code: 200, object: replaced(store, request, before, after) };
}

/** The result of a patch of any of the three forms that change what is there. */
export function patched(type: string, target: unknown, body: unknown): unknown {
  if (type === 'application/strategic-merge-patch+json') return strategicMerge(target, body);
  if (type === 'application/merge-patch+json') return mergePatch(target, body);
  if (type === 'application/json-patch+json') return jsonPatch(target, body);
  const message = '415: Unsupported Media Type';
  throw new ApiStatus(failure(415, 'UnsupportedMediaType', message, {}));
}

function apply(store: Store, request: ApiRequest): Written {
  const { query, resource, name, namespace } = request;
  if ((query.get('fieldManager') ?? '') === '') throw managerRequired();
  const config = bodyObject(request);
  if (at(config, 'metadata', 'managedFields') !== undefined)
    throw badRequest('metadata.managedFields must be nil');
  const before = store.read(storedResource(resource), keyOf(place(request)));
  const force = query.get('force') === 'true';
  const merged = applied(
    before,
    withAt(withAt(config, ['metadata', 'name'], name), ['metadata', 'namespace'], namespace ?? undefined),
    writerOf(request),
    force,
  );
  if (before !== undefined) return { code: 200, object: replaced(store, request, before, merged, true) };
  const object = created(resource, merged);
  validate(resource, object);
  return { code: 201, object: kept(store, request, object) };
}

function managerRequired(): ApiStatus {
  const cause = {
    reason: 'FieldValueRequired',
    message: 'Required value: is required for apply patch',
    field: 'fieldManager',
  };
  const details = { group: 'meta.k8s.io', kind: 'PatchOptions', causes: [cause] };
  const message = `PatchOptions.meta.k8s.io "" is invalid: ${cause.field}: ${cause.message}`;
  return new ApiStatus(failure(422, 'Invalid', message, details));
}

/** The object that a path names. Throws 404. */
export function existing(
  store: Store,
  request: Pick<ApiRequest, 'resource' | 'namespace' | 'name'>,
): KubeObject {
  const found = store.read(storedResource(request.resource), keyOf(place(request)));
  if (found === undefined) throw notFound(request.resource, request.name);
  return found;
}

/** Puts an object in the place of another after every check of an update: version, identity, validity. */
export function replaced(
  store: Store,
  request: ApiRequest,
  before: KubeObject,
  given: KubeObject,
  isApply = false,
): KubeObject {
  const { resource, subresource, name } = request;
  if ((given.metadata.name ?? name) !== name)
    throw badRequest(
      `the name of the object (${given.metadata.name}) does not match the name on the URL (${name})`,
    );
  const { uid, resourceVersion } = given.metadata;
  if (uid !== undefined && uid !== '' && uid !== before.metadata.uid)
    throw otherIdentity(request, uid, before);
  if (
    resourceVersion !== undefined &&
    resourceVersion !== '' &&
    resourceVersion !== before.metadata.resourceVersion
  )
    throw modified(resource, name);
  const whole = storedAs(resource, storedResource(resource), given);
  const object = carriedOver(resource, before, withDefaults(partOf(resource, subresource, before, whole)));
  validate(resource, object, before);
  const managers = isApply
    ? given.metadata.managedFields
    : updatedManagers(before, object, writerOf(request));
  const managed = withManagers(object, managers ?? []);
  if (sameJson(timeless(managed), timeless(before))) return shownAs(resource, before);
  return kept(store, request, managed);
}

/** The API refuses a patch to another identity as invalid and an update as a conflict. */
function otherIdentity({ resource, name, verb }: ApiRequest, uid: string, before: KubeObject): ApiStatus {
  if (verb !== 'patch')
    return conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid}`,
    );
  const cause = {
    reason: 'FieldValueInvalid',
    message: `Invalid value: "${uid}": field is immutable`,
    field: 'metadata.uid',
  };
  return invalid(resource, name, [cause, cause]);
}

/** An update of the object keeps its status, and one of the status keeps everything else. */
function partOf(resource: Resource, subresource: string, before: KubeObject, given: KubeObject): KubeObject {
  if (!resource.subresources.includes('status')) return given;
  if (subresource === 'status') return withAt(before, ['status'], given.status);
  return withAt(given, ['status'], before.status);
}

function carriedOver(resource: Resource, before: KubeObject, given: KubeObject): KubeObject {
  const { uid, creationTimestamp, generation, deletionTimestamp, resourceVersion, name, namespace } =
    before.metadata;
  const changed =
    !sameJson(given.spec, before.spec) ||
    (resource.kind === 'Deployment' && !sameJson(given.metadata.annotations, before.metadata.annotations));
  const counted = resource.generations && changed ? (generation ?? 0) + 1 : generation;
  const metadata = dropUndefined({
    ...given.metadata,
    name,
    namespace,
    uid,
    creationTimestamp,
    deletionTimestamp,
    resourceVersion,
    generation: counted,
  });
  return { ...given, metadata };
}

/** Names, identity and defaults of a new object; a status is not for who creates it to set. */
export function created(resource: Resource, given: KubeObject): KubeObject {
  const stored = storedAs(resource, storedResource(resource), given);
  const { generateName, name = generateName && `${generateName}${randomSuffix()}` } = stored.metadata;
  const metadata = dropUndefined({
    ...stored.metadata,
    ...{ name, uid: randomUUID(), resourceVersion: undefined, creationTimestamp: now() },
    generation: resource.generations ? 1 : undefined,
  });
  const bare = resource.subresources.includes('status')
    ? withAt(stored, ['status'], resource.kind === 'Pod' ? { phase: 'Pending', qosClass: 'BestEffort' } : {})
    : stored;
  if (resource.kind === 'Pod') return withAdmission(withDefaults({ ...bare, metadata }));
  return withDefaults(resource.kind === 'Secret' ? encoded({ ...bare, metadata }) : { ...bare, metadata });
}

function encoded(secret: KubeObject): KubeObject {
  const { stringData, ...rest } = secret;
  if (!isRecord(stringData)) return { type: 'Opaque', ...secret };
  const data = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return {
    type: 'Opaque',
    ...rest,
    data: { ...(isRecord(secret.data) ? secret.data : {}), ...Object.fromEntries(data) },
  };
}

export function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

export function randomSuffix(length = 5): string {
  return Array.from({ length }, () => suffixLetters[Math.floor(Math.random() * suffixLetters.length)]).join(
    '',
  );
}

export function isDryRun(request: ApiRequest): boolean {
  const asked = request.query.getAll('dryRun').concat(textsOf(at(request.body, 'dryRun')));
  if (asked.some((each) => each !== 'All'))
    throw badRequest('dryRun: Unsupported value: supported values: "All"');
  return asked.length > 0;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : [];
}

/** Written unless it is a dry run, in which case it keeps the version it had. */
function kept(store: Store, request: ApiRequest, object: KubeObject): KubeObject {
  const stored = isDryRun(request) ? object : store.write(storedResource(request.resource), object);
  return shownAs(request.resource, stored);
}

export function writerOf({ query, userAgent, subresource, resource }: ApiRequest): Writer {
  const manager = query.get('fieldManager') ?? (userAgent.split('/')[0] || 'unknown');
  return { manager, subresource, apiVersion: apiVersionOf(resource), now: now() };
}

function bodyObject({ body, resource }: ApiRequest): KubeObject {
  if (!isRecord(body)) throw badRequest('the object provided is unrecognized (must be of type json)');
  const apiVersion = body.apiVersion ?? apiVersionOf(resource);
  if (apiVersion !== apiVersionOf(resource))
    throw badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${apiVersionOf(resource)})`,
    );
  const kind = body.kind ?? resource.kind;
  if (kind !== resource.kind)
    throw badRequest(
      `the kind in the data (${String(kind)}) does not match the expected kind (${resource.kind})`,
    );
  // Boundary: any JSON object with metadata is an object of the API until it is validated.
  const metadata = (isRecord(body.metadata) ? body.metadata : {}) as ObjectMeta;
  return { ...body, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata };
}

function place({
  namespace,
  name,
}: Pick<ApiRequest, 'namespace' | 'name'>): Pick<ObjectMeta, 'namespace' | 'name'> {
  return namespace === null ? { name } : { namespace, name };
}

function withManagers(object: KubeObject, managers: ObjectMeta['managedFields']): KubeObject {
  return withAt(object, ['metadata', 'managedFields'], managers?.length === 0 ? undefined : managers);
}

function timeless(object: KubeObject): KubeObject {
  const managers = object.metadata.managedFields?.map(({ time: _, ...rest }) => rest);
  return withAt(object, ['metadata', 'managedFields'], managers);
}

function dropUndefined(metadata: Readonly<Record<string, unknown>>): ObjectMeta {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
}

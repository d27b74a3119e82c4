import type { Fields } from './object.js';
import { qualifiedName, type Resource } from './resources.js';

/** A refusal in the form the API gives every refusal: a `Status` object with the HTTP code in it. */
export class ApiStatus extends Error {
  readonly status: StatusBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: StatusBody, headers: Readonly<Record<string, string>> = {}) {
    super(status.message);
    this.status = status;
    this.headers = headers;
  }
}

export interface StatusBody {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Fields;
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: Fields;
  readonly code?: number;
}

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

export function failure(
  code: number,
  reason: string,
  message: string,
  details?: Fields,
  metadata: Fields = {},
): StatusBody {
  return {
    ...({ kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure' } as const),
    ...{ message, reason, ...(details === undefined ? {} : { details }), code },
  };
}

export function unauthorized(): ApiStatus {
  return new ApiStatus(failure(401, 'Unauthorized', 'Unauthorized'));
}

export function badRequest(message: string): ApiStatus {
  return new ApiStatus(failure(400, 'BadRequest', message));
}

export function notFound(resource: Resource, name: string): ApiStatus {
  return new ApiStatus(
    failure(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`, detailsOf(resource, name)),
  );
}

export function noSuchPath(): ApiStatus {
  return new ApiStatus(failure(404, 'NotFound', 'the server could not find the requested resource', {}));
}

export function methodNotAllowed(): ApiStatus {
  const message = 'the server does not allow this method on the requested resource';
  return new ApiStatus(failure(405, 'MethodNotAllowed', message, {}));
}

export function alreadyExists(resource: Resource, name: string): ApiStatus {
  const message = `${qualifiedName(resource)} "${name}" already exists`;
  return new ApiStatus(failure(409, 'AlreadyExists', message, detailsOf(resource, name)));
}

export function conflict(resource: Resource, name: string, why: string): ApiStatus {
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`;
  return new ApiStatus(failure(409, 'Conflict', message, detailsOf(resource, name)));
}

export function modified(resource: Resource, name: string): ApiStatus {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

/** Two refusals of server-side apply differ from a plain conflict only in that they name the fields. */
export function applyConflict(causes: readonly Cause[]): ApiStatus {
  const [first] = causes;
  const many = causes.length === 1 ? '1 conflict' : `${causes.length} conflicts`;
  const message =
    causes.length === 1
      ? `Apply failed with ${many}: ${first?.message}: ${first?.field}`
      : `Apply failed with ${many}: ${first?.message}:\n${causes.map(({ field }) => `- ${field}`).join('\n')}`;
  return new ApiStatus(failure(409, 'Conflict', message, { causes }));
}

export function invalid(
  resource: Pick<Resource, 'kind' | 'group'>,
  name: string,
  causes: readonly Cause[],
): ApiStatus {
  const told = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const message = `${kind} "${name}" is invalid: ${told.length === 1 ? told[0] : `[${told.join(', ')}]`}`;
  const details = { ...(name === '' ? {} : { name }), ...groupOf(resource), kind: resource.kind, causes };
  return new ApiStatus(failure(422, 'Invalid', message, details));
}

export function disruptionBudget(message: string): ApiStatus {
  const causes: readonly Cause[] = [{ reason: 'DisruptionBudget', message }];
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  return new ApiStatus(failure(429, 'TooManyRequests', text, { causes }));
}

/** What a delete of anything but a pod answers. */
export function deleted(resource: Resource, name: string, uid: string): StatusBody {
  return {
    ...({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } as const),
    details: { name, ...groupOf(resource), kind: resource.plural, uid },
  };
}

export function detailsOf(resource: Resource, name?: string): Fields {
  return { ...(name === undefined ? {} : { name }), ...groupOf(resource), kind: resource.plural };
}

function groupOf({ group }: Pick<Resource, 'group'>): Fields {
  return group === '' ? {} : { group };
}

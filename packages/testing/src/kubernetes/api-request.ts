import { findResource, type Resource } from './resources.js';
import { methodNotAllowed, noSuchPath } from './status.js';

/** One HTTP request as the API reads it. */
export interface ApiRequest {
  readonly verb: Verb;
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string | null;
  /** Empty for a list or a create. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly accept: string;
  readonly user: string;
  readonly userAgent: string;
  readonly body: unknown;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export interface ResourcePath {
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly name: string;
  readonly subresource: string;
}

/** Reads `/api/v1/...` and `/apis/GROUP/VERSION/...`. Throws 404 for a path of no known resource. */
export function resourcePath(pathname: string): ResourcePath {
  const parts = pathname
    .split('/')
    .filter((each) => each !== '')
    .map(decodeURIComponent);
  const core = parts[0] === 'api';
  const apiVersion = core ? (parts[1] ?? '') : `${parts[1]}/${parts[2]}`;
  const rest = parts.slice(core ? 2 : 3);
  const inNamespace =
    rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '');
  const namespace = inNamespace ? (rest[1] ?? null) : null;
  const [plural = '', name = '', subresource = '', ...more] = inNamespace ? rest.slice(2) : rest;
  const resource = findResource(apiVersion, plural);
  if (resource === undefined || more.length > 0) throw noSuchPath();
  if (subresource !== '' && !resource.subresources.includes(subresource)) throw noSuchPath();
  if (!resource.namespaced && namespace !== null) throw noSuchPath();
  if (resource.namespaced && namespace === null && name !== '') throw noSuchPath();
  return { resource, namespace, name, subresource };
}

export function verbOf(
  method: string,
  { name, subresource }: Pick<ResourcePath, 'name' | 'subresource'>,
  query: URLSearchParams,
): Verb {
  if (method === 'GET' || method === 'HEAD') {
    if (name !== '') return 'get';
    return isTrue(query.get('watch')) ? 'watch' : 'list';
  }
  if (method === 'POST') {
    if (name !== '' && subresource === '') throw methodNotAllowed();
    return 'create';
  }
  if (method === 'DELETE') return name === '' ? 'deletecollection' : 'delete';
  if (name === '') throw methodNotAllowed();
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  throw methodNotAllowed();
}

export function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}

import type { ApiRequest } from './api-request.js';
import { at, type Fields, type KubeObject } from './object.js';
import { apiVersionOf, storedResource } from './resources.js';
import { fieldSelector, labelSelector, type Matches } from './selectors.js';
import { ApiStatus, badRequest, failure } from './status.js';
import { keyOf, type Store } from './store.js';
import { shownAs } from './versions.js';

export interface ListPage {
  readonly items: readonly KubeObject[];
  /** `resourceVersion`, and for more pages `continue` and `remainingItemCount`. */
  readonly metadata: Fields;
}

interface Token {
  /** 0 for a list that goes on with whatever there is now. */
  readonly version: number;
  readonly after: string;
}

/** Both selectors of a request. */
export function selection({ query, resource }: ApiRequest): Matches {
  const byLabel = labelSelector(query.get('labelSelector') ?? '');
  const byField = fieldSelector(query.get('fieldSelector') ?? '', storedResource(resource));
  return (object) => byLabel(object) && byField(object);
}

/**
 * A page of a list. A continue token names the version the list began at, and with its history gone the
 * answer is 410 with a token for the inconsistent rest, as in "Retrieving large results sets in chunks"
 * of the API concepts page.
 */
export function listPage(store: Store, request: ApiRequest): ListPage {
  const { query, namespace } = request;
  const resource = storedResource(request.resource);
  const matches = selection(request);
  const token = readToken(query.get('continue'));
  const limit = limitOf(query, token);
  const version = versionOf(query, token);
  const kept = version === undefined ? store.all(resource) : store.allAt(resource, version);
  if (kept === undefined) throw expired(token);
  const inScope = kept.filter((each) => namespace === null || each.metadata.namespace === namespace);
  const after = token === undefined ? inScope : inScope.filter((each) => keyOf(each.metadata) > token.after);
  const [items, left] = page(after, matches, limit);
  const listed = version ?? store.version();
  const last = items.at(-1);
  const more = left > 0 && last !== undefined;
  return {
    items: items.map((each) => shownAs(request.resource, each)),
    metadata: {
      resourceVersion: String(listed),
      ...(more ? { continue: writeToken({ version: listed, after: keyOf(last.metadata) }) } : {}),
      // With a selector the server does not know how many are left.
      ...(more && !hasSelector(query) ? { remainingItemCount: left } : {}),
    },
  };
}

function page(
  objects: readonly KubeObject[],
  matches: Matches,
  limit: number,
): [readonly KubeObject[], number] {
  const items: KubeObject[] = [];
  let seen = 0;
  for (const each of objects) {
    if (items.length === limit) break;
    seen += 1;
    if (matches(each)) items.push(each);
  }
  return [items, objects.length - seen];
}

function limitOf(query: URLSearchParams, token: Token | undefined): number {
  const limit = Number(query.get('limit') ?? 0);
  if (!Number.isInteger(limit) || limit < 0)
    throw badRequest(`strconv.ParseInt: parsing "${query.get('limit')}": invalid syntax`);
  // A list of "any version" is served from the watch cache, which does not page.
  const fromCache = query.get('resourceVersion') === '0' && token === undefined;
  return limit === 0 || fromCache ? Number.POSITIVE_INFINITY : limit;
}

function versionOf(query: URLSearchParams, token: Token | undefined): number | undefined {
  const wanted = query.get('resourceVersion') ?? '';
  if (token !== undefined) {
    if (wanted !== '' && wanted !== '0')
      throw badRequest('specifying resource version is not allowed when using continue');
    return token.version === 0 ? undefined : token.version;
  }
  const match = query.get('resourceVersionMatch');
  if (wanted !== '' && !/^\d+$/.test(wanted)) throw badRequest(`invalid resource version "${wanted}"`);
  return match === 'Exact' && wanted !== '' ? Number(wanted) : undefined;
}

function hasSelector(query: URLSearchParams): boolean {
  return (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '';
}

function readToken(text: string | null): Token | undefined {
  if (text === null || text === '') return undefined;
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    const [version, start] = [at(token, 'rv'), at(token, 'start')];
    if (at(token, 'v') !== 'meta.k8s.io/v1' || typeof start !== 'string') throw new Error('another form');
    return { version: version === -1 ? 0 : Number(version), after: start.replace(/\0$/, '') };
  } catch (error) {
    throw badRequest(
      `invalid continue token: continue key is not valid: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function writeToken({ version, after }: Token): string {
  const token = { v: 'meta.k8s.io/v1', rv: version === 0 ? -1 : version, start: `${after}\0` };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function expired(token: Token | undefined): ApiStatus {
  if (token === undefined)
    return new ApiStatus(failure(410, 'Expired', 'The resourceVersion for the provided list is too old.'));
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  const metadata = { continue: writeToken({ version: 0, after: token.after }) };
  return new ApiStatus(failure(410, 'Expired', message, undefined, metadata));
}

export function listHead(request: ApiRequest): Fields {
  return { kind: `${request.resource.kind}List`, apiVersion: apiVersionOf(request.resource) };
}

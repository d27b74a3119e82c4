import { type ApiRequest, isTrue } from './api-request.js';
import { selection } from './list.js';
import type { KubeObject } from './object.js';
import { apiVersionOf, type Resource, storedResource } from './resources.js';
import { badRequest, failure, type StatusBody } from './status.js';
import type { Change, Store } from './store.js';
import { shownAs } from './versions.js';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject | StatusBody;
}

export interface Watch {
  close(): void;
}

const defaultSeconds = 1_800;
const bookmarkEveryMs = 1_000;

/** Gives every event to `send` until the watch's time is over, which `end` tells. */
export function watch(
  store: Store,
  request: ApiRequest,
  send: (event: WatchEvent) => void,
  end: () => void,
): Watch {
  const { query } = request;
  const resource = storedResource(request.resource);
  const seconds = Number(query.get('timeoutSeconds') ?? defaultSeconds) || defaultSeconds;
  const since = query.get('resourceVersion') ?? '';
  const initial = since === '' || since === '0' || isTrue(query.get('sendInitialEvents'));
  const eventOf = eventsFor(request, resource);
  if (since !== '' && !/^\d+$/.test(since)) throw badRequest(`invalid resource version "${since}"`);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const missed = initial ? [] : store.since(Number(since));
  if (missed === undefined) {
    send({ type: 'ERROR', object: tooOld(since, store.version()) });
    end();
    return { close: () => {} };
  }
  if (initial) sendInitial(store, request, resource, send);
  if (isTrue(query.get('sendInitialEvents'))) send(bookmark(request.resource, store.version(), true));
  const tell = (change: Change) => {
    const event = eventOf(change);
    if (event) send(event);
  };
  for (const change of missed) tell(change);
  const unsubscribe = store.subscribe(tell);
  const ticking = bookmarks
    ? setInterval(() => send(bookmark(request.resource, store.version(), false)), bookmarkEveryMs)
    : undefined;
  const timer = setTimeout(() => {
    close();
    end();
  }, seconds * 1_000);
  const close = () => {
    unsubscribe();
    clearInterval(ticking);
    clearTimeout(timer);
  };
  return { close };
}

function sendInitial(
  store: Store,
  request: ApiRequest,
  resource: Resource,
  send: (event: WatchEvent) => void,
): void {
  const matches = selection(request);
  for (const object of store.all(resource, request.namespace))
    if (matches(object)) send({ type: 'ADDED', object: shownAs(request.resource, object) });
}

/** An object that begins or ceases to match a selector is added or deleted for who watches. */
function eventsFor(request: ApiRequest, resource: Resource): (change: Change) => WatchEvent | undefined {
  const matches = selection(request);
  const name = `${apiVersionOf(resource)}/${resource.plural}`;
  const show = (object: KubeObject) => shownAs(request.resource, object);
  return (change) => {
    if (`${apiVersionOf(change.resource)}/${change.resource.plural}` !== name) return undefined;
    if (request.namespace !== null && change.object.metadata.namespace !== request.namespace)
      return undefined;
    const before = change.previous !== undefined && matches(change.previous);
    const after = change.type !== 'DELETED' && matches(change.object);
    if (!before && !after) return undefined;
    if (before && after) return { type: 'MODIFIED', object: show(change.object) };
    return { type: after ? 'ADDED' : 'DELETED', object: show(change.object) };
  };
}

function bookmark(resource: Resource, version: number, initial: boolean): WatchEvent {
  const annotations = initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  const metadata = { resourceVersion: String(version), ...annotations };
  return { type: 'BOOKMARK', object: { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata } };
}

function tooOld(since: string, present: number): StatusBody {
  return failure(410, 'Expired', `too old resource version: ${since} (${present})`);
}

import type { ApiRequest } from './api-request.js';
import type { Rule } from './authorization.js';
import { type Deletion, deleteMany, deleteOne } from './deletes.js';
import { type ListPage, listHead, listPage } from './list.js';
import type { KubeObject } from './object.js';
import { review } from './reviews.js';
import { methodNotAllowed } from './status.js';
import type { Store } from './store.js';
import { evict, podLog, scale } from './subresources.js';
import { asTable, wantsTable } from './table.js';
import { shownAs } from './versions.js';
import { create, existing, patch, update } from './writes.js';

export interface JsonAnswer {
  readonly code: number;
  /** JSON text, or plain text of a log. */
  readonly text: string;
  readonly type: 'application/json' | 'text/plain';
}

/** Answers every request but a watch. Throws ApiStatus for a refusal. */
export function answerRequest(
  store: Store,
  request: ApiRequest,
  rules: readonly Rule[],
  deletion: Deletion,
): JsonAnswer {
  const { resource, subresource, verb } = request;
  if (resource.review) {
    if (verb !== 'create') throw methodNotAllowed();
    return json(201, review(request, rules));
  }
  if (subresource === 'log')
    return { code: 200, text: String(podLog(store, request).body), type: 'text/plain' };
  if (subresource === 'scale') return ofAnswer(scale(store, request));
  if (subresource === 'eviction') return ofAnswer(evict(store, request, deletion));
  if (verb === 'list') return listed(request, listPage(store, request));
  if (verb === 'get') return one(request, 200, shownAs(resource, existing(store, request)));
  if (verb === 'delete') return ofAnswer(deleteOne(store, request, deletion));
  if (verb === 'deletecollection') return ofAnswer(deleteMany(store, request, deletion));
  const written =
    verb === 'create'
      ? create(store, request)
      : verb === 'update'
        ? update(store, request)
        : patch(store, request);
  return one(request, written.code, written.object);
}

function ofAnswer({ code, body }: { readonly code: number; readonly body: unknown }): JsonAnswer {
  return json(code, body);
}

function one(request: ApiRequest, code: number, object: KubeObject): JsonAnswer {
  if (!wantsTable(request.accept)) return { code, text: textOf(object), type: 'application/json' };
  const { resourceVersion } = object.metadata;
  return json(code, asTable(request, [object], { resourceVersion }));
}

function listed(request: ApiRequest, { items, metadata }: ListPage): JsonAnswer {
  if (wantsTable(request.accept)) return json(200, asTable(request, items, metadata));
  const head = JSON.stringify({ ...listHead(request), metadata });
  return {
    code: 200,
    text: `${head.slice(0, -1)},"items":[${items.map(itemText).join(',')}]}`,
    type: 'application/json',
  };
}

const texts = new WeakMap<KubeObject, string>();
const itemTexts = new WeakMap<KubeObject, string>();

/** An object that never changes is written out once. */
export function textOf(object: KubeObject): string {
  const known = texts.get(object) ?? JSON.stringify(object);
  texts.set(object, known);
  return known;
}

/** Items of a list leave out what the list itself says, the kind and the version. */
function itemText(object: KubeObject): string {
  const known = itemTexts.get(object);
  if (known !== undefined) return known;
  const { apiVersion: _, kind: __, ...item } = object;
  const text = JSON.stringify(item);
  itemTexts.set(object, text);
  return text;
}

function json(code: number, body: unknown): JsonAnswer {
  return { code, text: JSON.stringify(body), type: 'application/json' };
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallContext } from '@devops-mcp/contract';
import { problemOf } from '../../http/http-errors.js';
import type { ClusterHttp } from './cluster-http.js';
import type { KubeObject, ListPage, ListQuery } from './kube-client.js';
import { asPage, continueToken, type RawPage } from './read-answer.js';

export const defaultPageSize = 50;
const longPage = 50;

/**
 * One list, page by page; the next is asked for when the one before was taken. A continue token lives a
 * few minutes: the list goes on from the present state with the token that the refusal carries, or
 * begins anew and leaves out what was given already. Once only.
 * Source: Kubernetes API concepts, "Retrieving large results sets in chunks" (410 Gone).
 */
export async function* listPages<T extends KubeObject>(
  cluster: ClusterHttp,
  path: string,
  query: ListQuery,
  asked: { readonly context: CallContext; readonly needs: string },
): AsyncGenerator<ListPage<T>> {
  let token: string | undefined;
  let expired = false;
  let last = '';
  let skipTo = '';
  do {
    let page: RawPage<T>;
    try {
      page = await onePage<T>(cluster, path, query, token, asked);
    } catch (error) {
      const problem = problemOf(error);
      if (problem?.status !== 410 || token === undefined || expired) throw error;
      expired = true;
      token = continueToken(problem.body);
      if (token === undefined) skipTo = last;
      page = await onePage<T>(cluster, path, query, token, asked);
    }
    const items = skipTo === '' ? page.items : page.items.filter((item) => keyOf(item) > skipTo);
    const final = page.items.at(-1);
    if (final !== undefined && keyOf(final) > last) last = keyOf(final);
    token = page.next;
    // Parsing a full page and reducing it are some milliseconds each; in between others have their turn.
    if (items.length >= longPage) await nextTurn();
    yield { items, remaining: page.remaining, resourceVersion: page.resourceVersion };
  } while (token !== '');
}

async function onePage<T extends KubeObject>(
  cluster: ClusterHttp,
  path: string,
  { labelSelector, fieldSelector, pageSize = defaultPageSize }: ListQuery,
  token: string | undefined,
  { context, needs }: { readonly context: CallContext; readonly needs: string },
): Promise<RawPage<T>> {
  const query = { labelSelector, fieldSelector, limit: pageSize, continue: token };
  const { signal } = context;
  const answer = await cluster.read((http) => http.json({ path, query, signal, needs }));
  return asPage<T>(answer.body);
}

/** Lists are in the order of their keys in the store. */
function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

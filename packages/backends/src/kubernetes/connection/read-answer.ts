import { ToolError } from '@devops-mcp/contract';
import type { KubeObject, ListPage } from './kube-client.js';

/** A page and the token of the next one; empty when it is the last. */
export interface RawPage<T extends KubeObject> extends ListPage<T> {
  readonly next: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Checks that an answer is an object of the API; what else it holds is checked by its readers. */
export function asObject<T extends KubeObject>(body: unknown): T {
  if (!isObject(body)) throw notKubernetes('an answer that is no object of its API');
  // Boundary: readers check the fields of their kind.
  return body as unknown as T;
}

export function asPage<T extends KubeObject>(body: unknown): RawPage<T> {
  const metadata = isFields(body) ? body.metadata : undefined;
  const items = isFields(body) ? (body.items ?? []) : undefined;
  if (!isFields(metadata) || !Array.isArray(items) || !items.every(isObject))
    throw notKubernetes('an answer that is no list of its API');
  const { continue: next, remainingItemCount, resourceVersion } = metadata;
  return {
    // Boundary: as above.
    items: items as unknown as readonly T[],
    remaining: typeof remainingItemCount === 'number' ? remainingItemCount : null,
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    next: typeof next === 'string' ? next : '',
  };
}

export function asFields(body: unknown): Fields {
  if (!isFields(body)) throw notKubernetes('an answer that is no object');
  return body;
}

/** The token with which a list that expired may be gone on with, from the present state. */
export function continueToken(body: string): string | undefined {
  try {
    const status: unknown = JSON.parse(body);
    const metadata = isFields(status) ? status.metadata : undefined;
    const token = isFields(metadata) ? metadata.continue : undefined;
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch {
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function notKubernetes(what: string, cause?: unknown): ToolError {
  return new ToolError('unavailable', `Kubernetes gave ${what}.`, {
    hint: 'Check that the address is a Kubernetes API server and not something before it.',
    cause,
  });
}

function isObject(value: unknown): boolean {
  return isFields(value) && isFields(value.metadata) && typeof value.metadata.name === 'string';
}

import type { Answer } from '@devops-mcp/domain';

/** An answer of a fake backend; an empty one says so. */
export function fakeAnswer<T>(backend: string, data: T, empty = false): Answer<T> {
  return { data, source: { backend }, ...(empty ? { hints: ['Nothing was found.'] } : {}) };
}

import { type CallContext, type PortPart, ToolError } from '@devops-mcp/contract';
import type { Answer } from '../../src/index.js';

export const now = new Date('2026-03-01T12:00:00Z');
export const window = { start: new Date('2026-03-01T11:00:00Z'), end: now };

export function context(signal = new AbortController().signal): CallContext {
  return { signal, progress: () => {}, now };
}

/** A backend that only answers the given methods; any other is a mistake of the test. */
export function part<Api>(backend: string, api: Partial<Api>, writes = false): PortPart<Api> {
  // Boundary: what is left out is never called, or the test fails.
  return { backend, api: api as Api, writes };
}

export function answer<T>(backend: string, data: T, more: Partial<Answer<T>> = {}): Answer<T> {
  return { data, source: { backend }, ...more };
}

export function failing(code: ConstructorParameters<typeof ToolError>[0], message: string = code) {
  return async () => {
    throw new ToolError(code, message, { cause: new Error('the vendor said: secret') });
  };
}

/** Minutes after 11:00. */
export function at(minutes: number): Date {
  return new Date(window.start.getTime() + minutes * 60_000);
}

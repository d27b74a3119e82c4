import { ToolError } from '@devops-mcp/contract';
import { type Answer, closestNames } from '@devops-mcp/domain';

/** As every backend does: rejects with `not_found` and the closest names. */
export function assertKnown(service: string | undefined, names: Iterable<string>): void {
  const known = new Set(names);
  if (service === undefined || known.has(service)) return;
  const closest = closestNames(service, known);
  throw new ToolError('not_found', `No telemetry knows the service ${service}.`, {
    hint: `Closest known: ${closest.join(', ')}.`,
    details: { known: closest },
  });
}

/** An answer of a fake backend; an empty one says so. */
export function fakeAnswer<T>(backend: string, data: T, empty = false): Answer<T> {
  return { data, source: { backend }, ...(empty ? { hints: ['Nothing was found.'] } : {}) };
}

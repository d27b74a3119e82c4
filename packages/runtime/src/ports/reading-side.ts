import type { Port, PortPart } from '@devops-mcp/contract';
import type { BackendBinding } from './backend-binding.js';
import { type FallbackCounter, withFallback } from './fallback.js';
import type { OpenedPort } from './open-port.js';
import { type PortGroup, writes } from './port-groups.js';
import { unavailablePort } from './port-objects.js';

export interface ReadingOptions {
  readonly open: (binding: BackendBinding) => Promise<OpenedPort>;
  readonly count: FallbackCounter | undefined;
}

/**
 * The reading side of several backends as one object: merged, or with a fallback behind the first. One
 * that cannot be opened fails at its use, so that the others still answer. What is made of the same
 * opened backends is made once.
 */
export function readingSides({
  open,
  count,
}: ReadingOptions): (port: Port, group: PortGroup) => Promise<object> {
  const made = new Map<string, { readonly apis: readonly object[]; readonly side: object }>();
  const openOrFail = (binding: BackendBinding) =>
    open(binding).then(
      ({ api }) => api,
      (error: unknown) => unavailablePort(error),
    );
  return async (port, group) => {
    const apis = await Promise.all(group.members.map(openOrFail));
    const key = JSON.stringify([group.port, group.environment]);
    const known = made.get(key);
    if (known && apis.every((api, place) => api === known.apis[place])) return known.side;
    const side = group.fallback ? standIn(group, apis, group.fallback) : merge(port, group, apis);
    made.set(key, { apis, side });
    return side;
  };

  function standIn(group: PortGroup, [api = {}]: readonly object[], fallback: BackendBinding): object {
    const { port, environment } = group;
    const names = { first: group.members[0]?.name ?? '', fallback: fallback.name };
    return withFallback(api, async () => (await open(fallback)).api, { port, environment, ...names, count });
  }
}

function merge(port: Port, { members }: PortGroup, apis: readonly object[]): object {
  const parts: readonly PortPart<unknown>[] = members.map((binding, place) => ({
    backend: binding.name,
    api: apis[place],
    writes: writes(binding),
  }));
  const merged = port.merge?.(parts);
  // Boundary: a reading side is an object of methods by declaration; the start refuses a list without merge.
  return merged as object;
}

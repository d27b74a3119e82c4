import type { ServicesApi } from '../services.js';

/** How many services depend on this one, directly and through others. */
export function countDependents(service: string, services: ServicesApi): number {
  const reached = new Set<string>();
  const open = [...services.dependents(service)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === service || reached.has(name)) continue;
    reached.add(name);
    open.push(...services.dependents(name));
  }
  return reached.size;
}

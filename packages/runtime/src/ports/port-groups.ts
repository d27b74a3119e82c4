import type { BackendBinding } from './backend-binding.js';

/** The backends behind one port in one environment. */
export interface PortGroup {
  readonly port: string;
  readonly environment: string;
  /** Asked together; the preferred one first. Never empty. */
  readonly members: readonly BackendBinding[];
  readonly fallback: BackendBinding | undefined;
}

export type FindGroup = (port: string, environment: string) => PortGroup | undefined;

export function groupBindings(bindings: readonly BackendBinding[]): FindGroup {
  const groups = new Map<string, BackendBinding[]>();
  for (const binding of bindings) {
    const key = keyOf(binding.port, binding.environment.name);
    groups.set(key, [...(groups.get(key) ?? []), binding]);
  }
  return (port, environment) => {
    const found = groups.get(keyOf(port, environment));
    if (!found) return undefined;
    return {
      port,
      environment,
      members: found.filter(({ fallbackFor }) => fallbackFor === null),
      fallback: found.find(({ fallbackFor }) => fallbackFor !== null),
    };
  };
}

/** The backend that carries the write side, configured or, for a message, the first that could. */
export function writerOf({ members }: PortGroup): BackendBinding | undefined {
  return members.find(writes) ?? members.find(({ implementation }) => implementation.openWrite !== undefined);
}

export function writes({ canWrite, implementation }: BackendBinding): boolean {
  return canWrite && implementation.openWrite !== undefined;
}

function keyOf(port: string, environment: string): string {
  return JSON.stringify([port, environment]);
}

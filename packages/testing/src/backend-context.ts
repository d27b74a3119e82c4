import { join } from 'node:path';
import type { BackendContext } from '@devops-mcp/contract';

/** What a backend is given, over one folder: production, no catalog, no proxy; `facts` replaces what differs. */
export function backendContext<Config>(
  facts: Pick<BackendContext<Config>, 'config'> &
    Partial<BackendContext<Config>> & { readonly folder: string },
): BackendContext<Config> {
  const { folder, ...given } = facts;
  return {
    environment: { name: 'production', class: 'production' },
    resolvePath: (path) => join(folder, path),
    stateDir: join(folder, 'state'),
    services: {
      telemetryName: (service) => service,
      serviceOf: (name) => name,
      setting: () => undefined,
      services: () => [],
    },
    network: { proxy: null, noProxy: [], caFile: null },
    leases: { acquire: async () => undefined },
    clock: () => new Date(),
    warn: () => undefined,
    ...given,
  };
}
